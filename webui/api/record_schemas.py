"""The shapes of what is held: releases, versions, offices."""

from __future__ import annotations

from marshmallow import fields

from webui.api.shapes import CountSchema, Shape, day, listed, moment, text, whole


class AttachmentSchema(Shape):
    """A file that a release links to."""

    url = text("where it is")
    title = text("what the release calls it")


class AlternateSchema(Shape):
    """The same release in another language."""

    url = text("where it is")
    language = text("its language")


class CitedSchema(Shape):
    """A statute that a release cites, and where."""

    key = text("the statute, to filter by its section or article, or to search for as statute:...")
    text = text("how the release writes it")
    paragraph = whole("the paragraph, from 1; 0 is the title")
    start = whole("where it begins there, in code points")
    end = whole("where it ends")


class AttestationSchema(Shape):
    """The record in the archive that says what is held of a version."""

    at = moment("when it was written")
    occasion = text("made with the version, revised with our reading of it, or later")
    warc_file = text("the file of the archive that holds it")
    warc_offset = whole("where in it, in bytes")
    statement_url = text("where what it says can be read")


class ProvenanceSchema(Shape):
    """Where an observation comes from, to check it against the archive."""

    url = text("the address that answered; a listing's where that carries whole releases")
    fetched_at = moment("when")
    sha256 = text("the digest of the response, content encodings undone")
    part_sha256 = text("the digest of this release's part of it", is_maybe=True)
    warc_file = text("the file of the archive that holds the response")
    warc_offset = whole("where in it, in bytes")
    reader = text("what read it: office/route, or office/route/layout")
    reader_version = whole("the reader's version")
    origin = text("whose observation it is; null: ours", is_maybe=True)
    certificate_exception = text(
        "why the server need not prove who it is by a known authority; null: it must", is_maybe=True
    )
    lost_at = moment("since when the response is known to be lost; null: it is there")
    attestation = fields.Nested(
        AttestationSchema,
        allow_none=True,
        metadata={"description": "what the archive attests of it; null: nothing yet"},
    )
    response_url = text("where the response can be downloaded as it came")


class ReleaseSchema(Shape):
    """A release as it stands now."""

    id = text("its id, for good")
    office = text("the office, by its name here")
    url = text("where the office published it")
    page_url = text("its page here")
    language = text("the language of its text")
    title = text("its title")
    published = day("when it is dated; null: its office does not say")
    body = listed(fields.String(), "its paragraphs")
    place = text("where it is dated from", is_maybe=True)
    signature = text("who signed it", is_maybe=True)
    number = text("the number that its office gave it", is_maybe=True)
    topics = listed(fields.String(), "as the office tags it")
    components = listed(fields.String(), "parts of the office that it names")
    kind = text("what the office calls it", is_maybe=True)
    statutes = listed(
        fields.Nested(CitedSchema),
        "in the order of the text; null: not looked for yet",
        is_maybe=True,
    )
    attachments = listed(
        fields.Nested(AttachmentSchema),
        "files that it links to; null: not told by what was fetched",
        is_maybe=True,
    )
    alternates = listed(fields.Nested(AlternateSchema), "the same in other languages")
    first_seen = moment("when we saw it first; null: others alone have seen it")
    last_seen = moment("when we saw it last")
    gone_since = moment("since when it is missing from its office's site; null: it is there")
    is_changed = fields.Boolean(metadata={"description": "changed after it was first seen"})
    version = whole("the number of this version")
    versions_url = text("where all its versions are")
    provenance = fields.Nested(ProvenanceSchema)


class FactsSchema(Shape):
    """What makes a version; null where what was fetched does not tell."""

    title = text("its title")
    published = day("its date")
    body = listed(fields.String(), "its paragraphs")
    number = text("its number", is_maybe=True)
    topics = listed(fields.String(), is_maybe=True)
    components = listed(fields.String(), is_maybe=True)
    attachments = listed(fields.Nested(AttachmentSchema), is_maybe=True)


class VersionSchema(Shape):
    """What the office stated, as it was observed at a time."""

    number = whole("its number, from 1, for good")
    observed_at = moment("when it was observed")
    facts = fields.Nested(FactsSchema)
    provenance = fields.Nested(ProvenanceSchema)


class VersionsSchema(Shape):
    """All versions of a release."""

    id = text("the release")
    versions = listed(fields.Nested(VersionSchema), "oldest first")


class PieceSchema(Shape):
    """Words that both versions have, or one of them."""

    kind = text("same, removed or added")
    text = text("the words")


class FactDifferenceSchema(Shape):
    """A fact other than the text that differs."""

    name = text("the fact")
    items = listed(listed(fields.Nested(PieceSchema)), "its values, each in pieces")


class DifferencesSchema(Shape):
    """What differs between two versions of a release."""

    id = text("the release")
    old = whole("the number of the older version")
    new = whole("the number of the newer version")
    facts = listed(fields.Nested(FactDifferenceSchema), "facts that differ")
    body = listed(listed(fields.Nested(PieceSchema)), "every paragraph of both, each in pieces")


class MonthSchema(Shape):
    """A month and how many releases are dated in it."""

    month = text("2018-04")
    count = whole("releases")


class CrawlSchema(Shape):
    """How an office's last crawl went."""

    started_at = moment("when it began")
    route = text("by which way in", is_maybe=True)
    new = whole("releases first seen", is_maybe=True)
    changed = whole("releases that were changed", is_maybe=True)
    missing = whole("listed, but not there", is_maybe=True)
    refused = whole("refused by a rule", is_maybe=True)
    failed = whole("without an answer", is_maybe=True)
    refused_by_rule = fields.Dict(keys=fields.String(), values=fields.Integer())
    cut_short = text("why it was cut short, where it was", is_maybe=True)
    quarantined = text("why nothing of it is published, where so", is_maybe=True)
    error = text("what ended it, where it failed", is_maybe=True)


class CertificateExceptionSchema(Shape):
    """A host that need not prove who it is by a known authority: its own was declared."""

    host = text("the host")
    reason = text("why")


class OfficeSchema(Shape):
    """What is held of an office: never take a gap for a silence of the prosecutor."""

    name = text("its name, to filter by")
    title = text("its title")
    releases = whole("releases held")
    earliest = day("the date of the first dated one")
    latest = day("the date of the last dated one")
    undated = whole("how many have no date")
    gone = whole("how many are gone from its site, and kept here")
    languages = listed(fields.Nested(CountSchema))
    months = listed(fields.Nested(MonthSchema), "months that have any")
    gaps = listed(fields.String(), "months between the first and the last that have none")
    certificate_exceptions = listed(fields.Nested(CertificateExceptionSchema))
    last_crawl = fields.Nested(CrawlSchema, allow_none=True)
    last_successful_crawl_at = moment(
        "when the last crawl began that was published without an error"
    )
    crawling_since = moment("when the crawl began that is not over; null: none is going on")


class IndexSchema(Shape):
    """The state of the index."""

    build = text("the build that answers", is_maybe=True)
    releases = whole("releases in it")
    is_current = fields.Boolean(metadata={"description": "it has all that the catalog has"})
    problem = text("why it cannot answer, if so", is_maybe=True)


class OfficesSchema(Shape):
    """All offices that anything is held of."""

    offices = listed(fields.Nested(OfficeSchema), "by name")
    index = fields.Nested(IndexSchema)
    withheld = whole("releases out of sight")
