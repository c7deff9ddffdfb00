"""How a query is interpreted, and what is told of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from indexer.query.message import Message
from indexer.query.written_forms import Attested


@dataclass
class Context:
    """How a query is interpreted: the languages whose stems count (none: those of each word's
    script), whether names match in other scripts, whether the part is negated and whether it has
    variants, the warnings so far. `is_literal` requires function words too and looks for no other
    written forms; else `function_words` has those not required, and `written_forms` what was typed,
    by its folded text, its other form, and whether it is negated.
    `attested` is what the corpus attests of the words; None: unknown. Numbers that are `cited` have
    no other form.
    """

    languages: tuple[str, ...]
    match_scripts: bool = True
    is_negated: bool = False
    has_variants: bool = True
    is_literal: bool = False
    warnings: list[Message] = field(default_factory=list)
    function_words: list[str] = field(default_factory=list)
    written_forms: dict[tuple[str, str, bool], str] = field(default_factory=dict)
    attested: Mapping[str, Attested] | None = None
    cited: Collection[str] = ()

    def warn(self, message: Message) -> None:
        """Add a warning, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def note_form(self, typed: str, form: str) -> None:
        """Note the other form of what was typed, once."""
        self.written_forms.setdefault((typed.casefold(), form, self.is_negated), typed)
