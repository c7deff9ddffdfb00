"""A release as the readers of facts see it: its sentences, and which tell what is past."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from corpus.facts.sentences import LONGEST, Sentence, sentences
from corpus.facts.wording import wordings

MONTHS = [
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
]
_MONTH = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
MONTH = rf"(?:(?:{_MONTH}|sept)(?![a-z])\.?)"
# Jan. 31, 2012; May 5; May 2011; in 2009
DATE = re.compile(
    rf"\b(?P<month>{MONTH})\s*(?:(?P<day>\d{{1,2}})(?!\d)(?:,\s*(?P<year>\d{{4}}))?"
    r"|,?\s*(?:of\s+)?(?P<alone>\d{4}))"
    rf"|\b(?:in|since|until|from|of)\s+(?:{MONTH}(?!\w)|(?:early|late|mid-?)?\s*(?:19|20)\d\d\b)",
    re.IGNORECASE,
)
NEWS = wordings("""
    today|todays|today[’']s|yesterday|tonight
    this week|morning|afternoon|evening
    late|on|earlier monday|tuesday|wednesday|thursday|friday|yesterday
    earlier this week
""")
EARLIER = wordings("""
    previously !residing|resided|lived|of
    already
    earlier !today|this_week
    to date
    had been
    last week|month|year
    prior to
    in a related|separate
    so far
    in recent
""")
# Titles of one person have none of these before "sentenced".
SEVERAL = wordings("""
    #
    men|women|couple|family|others|brothers|siblings|defendants|members|owners|leaders|officers
    officials|executives|employees|residents|nationals|preparers|operators|recruiters|soldiers
    traffickers|dealers|conspirators|companies|firms|attorneys|doctors|therapists|agents
""")
WERE_SENTENCED = wordings("""
    were|both|each [\\w+] [\\w+] sentenced
    sentenced [\\w+] [\\w+] [\\w+] both|each|and
""")
NEAR = timedelta(days=12)


@dataclass(frozen=True)
class Text:
    """Title and body of a release, and when it was published."""

    title: str
    body: Sequence[str]
    published: date | None = None

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The title, which is one sentence, and the sentences of the body."""
        return [self.head, *(each for each in sentences(["", *self.body]) if each.paragraph)]

    @property
    def head(self) -> Sentence:
        """The title."""
        return Sentence(0, 0, self.title[:LONGEST])

    def lead(self, paragraphs: int) -> Iterator[Sentence]:
        """The sentences of the first paragraphs after the title."""
        return (each for each in self.sentences if 0 < each.paragraph <= paragraphs)

    @cached_property
    def is_of_one(self) -> bool:
        """Whether a release on a sentence tells of one person's, by its title and beginning."""
        who, *_ = re.split("sentenc", self.head.text, maxsplit=1, flags=re.IGNORECASE)
        return not SEVERAL.search(who) and not any(
            WERE_SENTENCED.search(each.text) for each in self.lead(2)
        )

    def is_of_others(self, sentence: Sentence, known: int) -> bool:
        """Whether a sentence tells what others got: in a release on one person, what stands behind
        the paragraph of the first term or amount and is no news.
        """
        is_later = known and sentence.paragraph > known and not NEWS.search(sentence.text)
        return bool(is_later and self.is_of_one)

    def is_past(self, sentence: Sentence) -> bool:
        """Whether a sentence tells only what was before the release."""
        text = sentence.text
        if sentence.paragraph == 0 or NEWS.search(text):
            return False
        return bool(EARLIER.search(text)) or any(map(self._is_past_date, DATE.finditer(text)))

    def _is_past_date(self, match: re.Match[str]) -> bool:
        if not match["month"] or not self.published or match["alone"]:
            return True
        month = 1 + [each[:3] for each in MONTHS].index(match["month"][:3].lower())
        year = int(match["year"] or self.published.year)
        try:
            day = date(year, month, int(match["day"]))
        except ValueError:
            return True
        return not self.published - NEAR <= day <= self.published + NEAR
