"""The arrays of a segment as Whoosh's readers and matchers see them, so that these judge ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching import ListMatcher
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from indexer.engine.fields import LENGTHS_OF, PARAGRAPH_GAP
from indexer.whoosh_engine.index.codec import ArraySegment
from indexer.whoosh_engine.index.postings import FieldPostings
from indexer.whoosh_engine.index.segment import SegmentArrays


class ArrayCodec(base.Codec):
    """Reads segments; only the engine writes them."""

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTerms:
        return ArrayTerms(segment.open(Path(storage.folder)))

    def per_document_reader(self, storage: Any, segment: Any) -> ArrayDocuments:
        return ArrayDocuments(segment.open(Path(storage.folder)), segment)


class ArrayDocuments(base.PerDocumentReader):
    """Whoosh's view of a segment's documents."""

    def __init__(self, arrays: SegmentArrays, segment: ArraySegment) -> None:
        self.arrays, self.segment = arrays, segment

    def doc_count(self) -> int:
        return self.segment.size - len(self.segment.deleted)

    def doc_count_all(self) -> int:
        return self.segment.size

    def has_deletions(self) -> bool:
        return bool(self.segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.segment.deleted

    def deleted_docs(self) -> set[int]:
        return self.segment.deleted

    def supports_columns(self) -> bool:
        return False

    def has_column(self, fieldname: str) -> bool:
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        return int(self.arrays.lengths(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        return int(self.arrays.lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        return int(self.arrays.lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        return int(self.arrays.lengths(fieldname).max(initial=0))

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return {}


class ArrayTerms(base.TermsReader):
    """Whoosh's view of a segment's terms."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self.arrays, self.fields = arrays, arrays.fields

    def _number(self, fieldname: str, text: bytes) -> int:
        number = self.fields[fieldname].number(text) if fieldname in self.fields else None
        if number is None:
            raise KeyError(text)
        return number

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self.fields and self.fields[name].number(text) is not None

    def indexed_field_names(self) -> Iterable[str]:
        return self.fields.keys()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in sorted(self.fields):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        postings = self.fields[fieldname]
        for text in postings.terms(range(postings.lower(prefix), len(postings))):
            yield fieldname, text

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        postings = self.fields[fieldname]
        extent = postings.extent(self._number(fieldname, text))
        documents, freqs = postings.documents[extent], postings.frequencies(extent)
        weights = np.ones(len(documents)) if freqs is None else freqs
        lengths = self.arrays.lengths(fieldname)[documents]
        return TermInfo(
            weight=float(weights.sum()),
            df=len(documents),
            minlength=int(lengths.min()),
            maxlength=int(lengths.max()),
            maxweight=float(weights.max()),
            minid=int(documents[0]),
            maxid=int(documents[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return self.fields[fieldname].count(self._number(fieldname, text))

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        return ArrayCursor(self.fields[fieldname])

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ArrayMatcher:
        try:
            number = self._number(fieldname, text)
        except KeyError:
            raise TermNotFound(f"No term {fieldname}:{text!r}") from None
        return ArrayMatcher(self, fieldname, number, text, format_, scorer)

    def close(self) -> None:
        """The map is let go of with the last view of it."""


class ArrayCursor(base.FieldCursor):
    """A place in the sorted terms, for Whoosh's spelling automata."""

    def __init__(self, postings: FieldPostings) -> None:
        self.postings, self.at = postings, 0

    def text(self) -> str | None:
        return self.postings.term(self.at).decode() if self.is_valid() else None

    def first(self) -> str | None:
        self.at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        self.at = self.postings.lower(string if isinstance(string, bytes) else string.encode())
        return self.text()

    def next(self) -> str | None:
        self.at += 1
        return self.text()

    def is_valid(self) -> bool:
        return self.at < len(self.postings)


class ArrayMatcher(ListMatcher):
    """Whoosh's matcher of one term over our arrays. It hands out Python numbers, as Whoosh needs
    them.
    """

    def __init__(
        self, terms: ArrayTerms, field: str, number: int, text: bytes, format_: Any, scorer: Any
    ) -> None:
        self.terms, self.field, self.number = terms, field, number
        postings = terms.fields[field]
        self.extent = postings.extent(number)
        freqs = postings.frequencies(self.extent)
        super().__init__(
            postings.documents[self.extent].tolist(),
            weights=None if freqs is None else freqs.astype(float).tolist(),
            format=format_,
            scorer=scorer,
            term=(field, text),
            terminfo=terms.term_info(field, text),
        )

    def copy(self) -> ArrayMatcher:
        field, text = self._term
        made = ArrayMatcher(self.terms, field, self.number, text, self._format, self._scorer)
        made._i = self._i
        return made

    def value_as(self, astype: str) -> Any:
        if astype == "positions":
            arrays, index = self.terms.arrays, self.extent.start + self._i
            return positions(arrays, self.field, self.number, index)
        return self.weight()

    def spans(self) -> list[Any]:
        return [Span(position) for position in self.value_as("positions")]


def positions(arrays: SegmentArrays, field: str, number: int, index: int) -> list[int]:
    """Where a term stands in the document of one of its postings, the field's number `index`; with
    a gap after each paragraph.
    """
    postings, text = arrays.fields[field], LENGTHS_OF.get(field, field)
    document = int(postings.documents[index])
    if field in LENGTHS_OF:  # only the forward column tells the positions of stems
        language = int(arrays.arrays["language/forward"][document])
        stems = arrays.stem_tables(text)[language][arrays.forward(text, document)]
        own = np.flatnonzero(stems == number)
    else:
        assert postings.freqs is not None
        before = int(postings.freqs[postings.firsts[number] : index].sum(dtype=np.int64))
        own = postings.positions_of(number)[before : before + int(postings.freqs[index])]
    start, begins = arrays.starts(text)[document], arrays.paragraph_starts(text)
    paragraphs = np.searchsorted(begins, start + own.astype(np.int64), "right")
    gaps = PARAGRAPH_GAP * (paragraphs - np.searchsorted(begins, start, "right"))
    return (own + gaps).tolist()
