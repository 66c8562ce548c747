"""How a verb reads: the one shape that the codebook's tables give back."""

from dataclasses import dataclass
from typing import Literal

from app.drafting.rules.complements import after
from app.drafting.rules.draft_model import Act
from app.drafting.rules.sentence_view import View

ReadingForm = Literal["to", "ing", "noun", "list"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a verb reads. What is undertaken begins at `complement`; a clause after "that" begins at `cue_end`."""

    act: Act
    cue: str
    cue_end: int
    complement: int
    form: ReadingForm = "noun"
    borderline: str | None = None
    governs: Act | None = None
    is_that: bool = False
    nominal: bool = False
    owners: tuple[str, ...] = ()
    certainty: float = 0.9


def said(view: View, start: int, end: int) -> str:
    return " ".join(w.text for w in view.words[start:end])


def that_after(view: View, i: int) -> int:
    """Where the clause after "that" begins, adverbs passed, or 0."""
    j = after(view, i + 1)
    return j + 1 if view.key(j) == "that" else 0
