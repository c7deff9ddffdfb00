"""The counterparts of a query's words in other languages, from the texts of all translations.

Texts are read once for a build; the numbers of their distinct words are kept, about 1 KB a release.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from corpus.database.batches import chunks
from indexer.analysis.analyzer import STEM
from indexer.analysis.jit import Array, compiled
from indexer.engine.fields import TEXTS
from indexer.engine.results import TranslationSuggestion
from indexer.linguistics import translation_lexicon
from indexer.linguistics.alignment import MOST_DECLARING, Alignment, count_holders, number_works
from indexer.linguistics.spans import ranks_of
from indexer.opensearch_engine.index.mapping import Fetch, Stored
from indexer.opensearch_engine.tools.token_batches import SIZE, Vocabulary, batches
from indexer.query.proximity import distinct
from indexer.query.tree import Node, terms_asked

# A stem and a language -> the releases in the language with it, in title or body.
Holding = Callable[[str, str], int]


def translation_suggestions(
    texts: StoredTranslations, hits: Iterable[str], node: Node, most: int
) -> tuple[TranslationSuggestion, ...]:
    """The counterparts in each language of translations, the surest first; `hits` are the ids of
    all releases that a tree matches, or of the translations among them.
    """
    numbers = np.array(sorted(texts.numbers(hits)), np.int64)
    return translation_lexicon.translation_suggestions(texts, numbers, terms_asked(node), most)


@dataclass(frozen=True)
class Holdings:
    """The distinct forms of a field, release by release, and where each release begins."""

    starts: Array
    forms: Array


@dataclass(frozen=True)
class StoredTranslations(translation_lexicon.Translations):
    """All translations and originals, numbered in the order of their ids.

    `forms` and `stems` are words by number; stems ascend. `tables` has one row a language, the stem
    of each form.
    """

    ids: list[str]
    forms: list[str]
    stems: list[str]
    tables: Array
    fields: dict[str, Holdings]
    holding: Holding

    @classmethod
    def of(
        cls, releases: Iterable[Stored], fetch: Fetch, holding: Holding
    ) -> StoredTranslations | None:
        """Read all releases that declare translations, then declared ones; None without any."""
        reading = _TranslationReader()
        reading.take(releases)
        for ids in reading.missing():
            reading.take(fetch(ids))
        return reading.finished(holding) if reading.ids else None

    def numbers(self, ids: Iterable[str]) -> Iterator[int]:
        """The numbers of known ids."""
        known = self._numbers
        return (known[id_] for id_ in ids if id_ in known)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {id_: number for number, id_ in enumerate(self.ids)}

    def _holders(self, releases: Array, field: str, code: int) -> Array:
        held, counts = self.fields[field], np.zeros(len(self.stems), np.int32)
        seen = np.full(len(self.stems), -1, np.int32)
        same = np.arange(len(self.stems), dtype=np.int32)
        count_holders(releases, held.starts, held.forms, self.tables[code], same, seen, counts)
        return counts

    def stem(self, field: str, number: int) -> str:
        """Stems have the same numbers in all fields."""
        return self.stems[number]

    def standing(self, stems: Sequence[str], code: int) -> list[Array]:
        """Found in one pass over the language's releases."""
        wanted = np.full(len(self.stems), -1, np.int32)
        for place, stem in enumerate(stems):
            if (number := self._number(stem)) is not None:
                wanted[number] = place
        found = np.zeros((len(stems), self.alignment.size), bool)
        releases, table = self.alignment.every(code), self.tables[code]
        for held in self.fields.values():
            mark_standing(
                releases, self.alignment.works, held.starts, held.forms, table, wanted, found
            )
        return [*found]

    def form(self, stem: str, code: int) -> str:
        """Counted in the language's releases."""
        counts = np.zeros(len(self.forms), np.int64)
        is_form = self.tables[code] == self._number(stem)
        for held in self.fields.values():
            count_forms(self.alignment.every(code), held.starts, held.forms, is_form, counts)
        found = {self.forms[number]: int(counts[number]) for number in np.flatnonzero(counts)}
        return min(found, key=lambda form: (-found[form], form), default=stem.removeprefix(STEM))

    def releases(self, stem: str, code: int) -> int:
        """Counted by the cluster."""
        return self.holding(stem, self.alignment.languages[code])

    def _number(self, stem: str) -> int | None:
        at = bisect_left(self.stems, stem)
        return at if at < len(self.stems) and self.stems[at] == stem else None


class _TranslationReader:
    """The releases read so far, in their order of arrival."""

    def __init__(self) -> None:
        self.vocabulary = Vocabulary()
        self.ids: list[str] = []
        self.alternates: list[tuple[str, ...]] = []
        self.codes: list[int] = []
        self.pieces: dict[str, list[Array]] = {field: [] for field in TEXTS}

    def take(self, releases: Iterable[Stored]) -> None:
        """Read releases: their ids and declarations, and the distinct forms of each text."""
        for some in chunks(releases, SIZE):
            self.ids += [each.id for each in some]
            self.alternates += [each.alternates for each in some]
            for field in TEXTS:
                [batch] = batches(some, self.vocabulary, field)
                self.vocabulary.stem_tables(batch.forms, batch.token_languages)
                own = np.repeat(np.arange(len(some), dtype=np.int64), batch.lengths)
                pairs = distinct(own << np.int64(32) | batch.forms)
                forms = (pairs & np.int64(0xFFFFFFFF)).astype(np.int32)
                ends = np.searchsorted(pairs >> np.int64(32), np.arange(1, len(some)))
                self.pieces[field] += np.split(forms, ends)
            self.codes += batch.languages.tolist()

    def missing(self) -> Iterator[list[str]]:
        """Batches of declared ids that were not read, apart from those that too many declare."""
        often = Counter(chain.from_iterable(self.alternates))
        held = {*self.ids}
        wanted = (id_ for id_ in often if id_ not in held and often[id_] <= MOST_DECLARING)
        return chunks(wanted, SIZE)

    def finished(self, holding: Holding) -> StoredTranslations:
        """All releases, by the order of ids, languages and stems."""
        vocabulary = self.vocabulary
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        languages, codes = _sorted(vocabulary.languages)
        stems, numbers = _sorted(vocabulary.stem_numbers)
        tables = np.append(numbers, -1)[vocabulary.every_table]  # -1 remains -1
        return StoredTranslations(
            ids=[self.ids[at] for at in order],
            alignment=self._alignment(order, languages, codes),
            forms=vocabulary.forms,
            stems=stems,
            tables=tables[np.argsort(codes)].astype(np.int32),
            fields={field: _holdings(pieces, order) for field, pieces in self.pieces.items()},
            holding=holding,
        )

    def _alignment(self, order: list[int], languages: list[str], codes: Array) -> Alignment:
        names: dict[str, int] = {}
        ranks, declared, own, named = [array("q") for _ in range(4)]
        for rank, at in enumerate(order):
            for name in self.alternates[at]:
                ranks.append(rank)
                declared.append(names.setdefault(name, len(names)))
        for rank, at in enumerate(order):
            if self.ids[at] in names:
                own.append(rank)
                named.append(names[self.ids[at]])
        pairs = [np.array(each, np.int64) for each in (ranks, declared, own, named)]
        works, size = number_works(pairs[0], pairs[1], pairs[2], pairs[3], len(order))
        return Alignment(works, size, languages, codes[np.array(self.codes)[order]])


def _sorted(numbers: dict[str, int]) -> tuple[list[str], Array]:
    """Names in alphabetical order, and the new number for each old one."""
    names = sorted(numbers)
    return names, ranks_of([numbers[name] for name in names])


def _holdings(pieces: list[Array], order: list[int]) -> Holdings:
    lengths = np.array([len(pieces[at]) for at in order], np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    return Holdings(starts, np.concatenate([pieces[at] for at in order]))


@compiled
def mark_standing(
    releases: Array,
    works: Array,
    starts: Array,
    forms: Array,
    stems: Array,
    wanted: Array,
    found: Array,
) -> None:
    """Mark the works of releases with a stem, in its row of `wanted`, which is -1 for none; `stems`
    leads from forms to stems.
    """
    for release in releases:
        for place in range(starts[release], starts[release + 1]):
            stem = stems[forms[place]]
            if stem >= 0 and wanted[stem] >= 0:
                found[wanted[stem], works[release]] = True


@compiled
def count_forms(
    releases: Array, starts: Array, forms: Array, is_form: Array, counts: Array
) -> None:
    """Count the releases that contain each of some forms."""
    for release in releases:
        for place in range(starts[release], starts[release + 1]):
            if is_form[forms[place]]:
                counts[forms[place]] += 1
