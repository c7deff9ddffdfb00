"""The shapes of answers to searches and of researchers' tools."""

from __future__ import annotations

from marshmallow import fields

from webui.api.shapes import CountSchema, Shape, day, listed, text, whole


class PassageSchema(Shape):
    """A piece of a text."""

    text = text("the piece, as plain text")
    matches = listed(
        listed(fields.Integer()), "beginning and end of each match in it, in code points"
    )
    truncated_start = fields.Boolean(metadata={"description": "the sentence began before it"})
    truncated_end = fields.Boolean(metadata={"description": "the sentence goes on"})


class HitSchema(Shape):
    """A release that matches."""

    id = text("its id, for good")
    office = text("the office, by its name here")
    language = text("the language of its text")
    published = day("when it is dated; null: its office does not say")
    url = text("where the office published it")
    page_url = text("its page here")
    score = fields.Float(
        metadata={"description": "its relevance (BM25F); below 0 where other spellings alone match"}
    )
    title = fields.Nested(PassageSchema)
    passages = listed(fields.Nested(PassageSchema), "those of its text that match best")
    variants = listed(fields.String(), "where it holds nothing as typed: other spellings it holds")


class FacetSchema(Shape):
    """A facet's values among the hits; its own filter does not narrow them."""

    name = text("the name of its filter")
    counts = listed(fields.Nested(CountSchema), "most first")


class ClauseSchema(Shape):
    """A part of the query, as it was read."""

    label = text("the part in words")
    count = whole("how many releases it matched, before the filters", is_maybe=True)
    expansions = listed(fields.Nested(CountSchema), "the commonest words that it stood for")
    variants = listed(fields.Nested(CountSchema), "other spellings, as of a name in other scripts")
    parts = fields.List(fields.Nested(lambda: ClauseSchema()))


class SearchSchema(Shape):
    """A page of hits."""

    query = text("the words as they were asked for")
    sort = text("the order")
    total = whole("how many releases match, exactly")
    variant_total = whole("how many of them hold other spellings alone")
    build = text("the build of the index that answered")
    warnings = listed(fields.String(), "what of the query was repaired, cut short or in vain")
    explanation = fields.Nested(ClauseSchema, allow_none=True)
    facets = listed(fields.Nested(FacetSchema))
    hits = listed(fields.Nested(HitSchema))
    next = text(
        "the address of the next page; null where no hits follow, or by relevance", is_maybe=True
    )


class PeriodSchema(Shape):
    """A period and how many hits are dated in it."""

    period = text("its name in ISO 8601")
    since = day("its first day, to filter by")
    until = day("its last day, to filter by")
    releases = whole("hits")
    mentions = whole("how often the query's words stand in their texts")
    tokens = whole("all words of their texts")


class TimelineSchema(Shape):
    """Hits by the periods that they are dated in."""

    total = whole("how many releases match, exactly")
    undated = whole("how many of them have no date")
    step = text("what the periods are")
    build = text("the build of the index that answered")
    warnings = listed(fields.String(), "what of the query was repaired, cut short or in vain")
    periods = listed(fields.Nested(PeriodSchema), "in order; those without a hit are left out")


class MentionSchema(Shape):
    """A mention with the text on both sides of it."""

    id = text("the release")
    office = text("its office")
    language = text("its language")
    published = day("its date")
    url = text("where the office published it")
    title = text("its title")
    left = text("the text before")
    keyword = text("what matched")
    right = text("the text after")
    paragraph = whole("the paragraph, from 0")
    offset = whole("characters from the paragraph's beginning to the keyword")


class ConcordanceSchema(Shape):
    """A page of mentions."""

    total = whole("mentions, exactly")
    releases = whole("releases that they stand in")
    build = text("the build of the index that answered")
    warnings = listed(fields.String(), "what of the query was repaired, cut short or in vain")
    mentions = listed(fields.Nested(MentionSchema))


class CollocateSchema(Shape):
    """A word near mentions."""

    word = text("the word, or stem")
    observed = whole("how often it stands near mentions")
    expected = fields.Float(metadata={"description": "how often it would by chance"})
    frequency = whole("how often it stands in all releases")
    score = fields.Float(metadata={"description": "its score by the measure"})


class CollocatesSchema(Shape):
    """The words around mentions."""

    mentions = whole("mentions")
    window_tokens = whole("words near them")
    corpus_tokens = whole("words in all releases")
    build = text("the build of the index that answered")
    warnings = listed(fields.String(), "what of the query was repaired, cut short or in vain")
    collocates = listed(fields.Nested(CollocateSchema), "the most marked first")
