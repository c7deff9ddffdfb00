"""The index's arrays as a Whoosh codec: every query of Whoosh's, and its own matchers, read them.

Whoosh's table of contents is a pickle that names ArraySegment and ArrayCodec: this module's path
and their names are part of the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.matching import ListMatcher
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from corpus.errors import IndexUnusableError
from indexer.engine.retry import REBUILD
from indexer.whoosh_engine.index.postings import FieldPostings
from indexer.whoosh_engine.index.segment import SegmentArrays

EXTENSION = ".arrays"
# The index's name in Whoosh's files.
NAME = "MAIN"


class ArraySegment(base.Segment):
    """What the table of contents knows of a segment: its name, its size, and which documents are
    deleted.
    """

    def __init__(self, indexname: str, size: int = 0, n_tokens: int = 0) -> None:
        super().__init__(indexname)
        self.size, self.n_tokens = size, n_tokens
        self.deleted: set[int] = set()

    def codec(self) -> ArrayCodec:
        """What reads it."""
        return ArrayCodec()

    def should_assemble(self) -> bool:
        """Its one file stays as it is, so that it can be mapped."""
        return False

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return self.size

    def set_doc_count(self, doccount: int) -> None:
        """Part of Whoosh's contract."""
        self.size = doccount

    def deleted_count(self) -> int:
        """How many are deleted."""
        return len(self.deleted)

    def deleted_docs(self) -> Iterable[int]:
        """Which are deleted."""
        return self.deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Mark a document as deleted, or not any more."""
        (self.deleted.add if delete else self.deleted.discard)(docnum)

    def is_deleted(self, docnum: int) -> bool:
        """Whether it is deleted."""
        return docnum in self.deleted

    def path(self, folder: Path) -> Path:
        """Its file."""
        return folder / str(self.make_filename(EXTENSION))

    def open(self, folder: Path, *, is_trusted: bool = False) -> SegmentArrays:
        """Its file, opened; `is_trusted` as SegmentArrays has it."""
        return SegmentArrays(self.path(folder), self.size, self.deleted, is_trusted=is_trusted)


class ArrayCodec(base.Codec):
    """Reads; segments are written by `writer` alone, in bulk."""

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTerms:
        """Terms and postings of a segment."""
        return ArrayTerms(_arrays(storage, segment))

    def per_document_reader(self, storage: Any, segment: Any) -> ArrayDocuments:
        """Lengths of a segment's documents."""
        return ArrayDocuments(_arrays(storage, segment), segment)


def _arrays(storage: Any, segment: Any) -> SegmentArrays:
    if not isinstance(segment, ArraySegment):
        raise IndexUnusableError(
            f"The index holds a segment that this program did not write; {REBUILD}."
        )
    return segment.open(Path(storage.folder))


class ArrayDocuments(base.PerDocumentReader):
    """Whoosh's view of a segment's documents."""

    def __init__(self, arrays: SegmentArrays, segment: ArraySegment) -> None:
        self.arrays, self.segment = arrays, segment

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return int(self.segment.doc_count())

    def doc_count_all(self) -> int:
        """Documents, deleted ones too."""
        return self.segment.size

    def has_deletions(self) -> bool:
        """Whether any is deleted."""
        return bool(self.segment.deleted)

    def is_deleted(self, docnum: int) -> bool:
        """Whether it is deleted."""
        return docnum in self.segment.deleted

    def deleted_docs(self) -> set[int]:
        """Which are deleted."""
        return self.segment.deleted

    def supports_columns(self) -> bool:
        """Not through Whoosh."""
        return False

    def has_column(self, fieldname: str) -> bool:
        """Not through Whoosh."""
        return False

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """The exact number of tokens."""
        return int(self.arrays.lengths(fieldname)[docnum])

    def field_length(self, fieldname: str) -> int:
        """Tokens of all documents together."""
        return int(self.arrays.lengths(fieldname).sum())

    def min_field_length(self, fieldname: str) -> int:
        """The shortest."""
        return int(self.arrays.lengths(fieldname).min(initial=0))

    def max_field_length(self, fieldname: str) -> int:
        """The longest."""
        return int(self.arrays.lengths(fieldname).max(initial=0))

    def has_vector(self, docnum: int, fieldname: str) -> bool:
        """There are none; the forward column serves."""
        return False

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Whoosh need not know them."""
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
        """All fields."""
        return self.fields.keys()

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms, field by field in their order."""
        for name in sorted(self.fields):
            yield from self.terms_from(name, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms of a field from a text on."""
        postings = self.fields[fieldname]
        for text in postings.terms(range(postings.lower(prefix), len(postings))):
            yield fieldname, text

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms and what is known of them."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The same from a text on."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Statistics of a term, over deleted documents too."""
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
        """How often a term occurs."""
        return float(self.term_info(fieldname, text).weight())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents. KeyError for a term that does not occur, as Whoosh expects."""
        return self.fields[fieldname].count(self._number(fieldname, text))

    def cursor(self, fieldname: str, fieldobj: Any) -> ArrayCursor:
        """A place in a field's terms."""
        return ArrayCursor(self.fields[fieldname])

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ArrayMatcher:
        """A term's postings."""
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
        """The term here, None at the end."""
        return self.postings.term(self.at).decode() if self.is_valid() else None

    def first(self) -> str | None:
        """Go to the first term."""
        self.at = 0
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term not before a text."""
        self.at = self.postings.lower(string if isinstance(string, bytes) else string.encode())
        return self.text()

    def next(self) -> str | None:
        """Go on by one."""
        self.at += 1
        return self.text()

    def is_valid(self) -> bool:
        """Whether there is a term here."""
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
        """Another matcher at the same place."""
        field, text = self._term
        made = ArrayMatcher(self.terms, field, self.number, text, self._format, self._scorer)
        made._i = self._i
        return made

    def value_as(self, astype: str) -> Any:
        """Positions and frequencies, from the arrays."""
        if astype == "positions":
            return self.terms.arrays.positions(self.field, self.number, self.extent.start + self._i)
        return self.weight()

    def spans(self) -> list[Any]:
        """Positions as Whoosh's spans."""
        return [Span(position) for position in self.value_as("positions")]
