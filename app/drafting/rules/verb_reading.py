"""Verb reading: the result of the rules that read a governing verb."""

from dataclasses import dataclass
from typing import Literal

from app.drafting.rules.complements import after
from app.drafting.rules.draft_model import SpeechAct
from app.drafting.rules.sentence_view import SentenceView
from app.schemas.vocabulary import Act

VerbReadingForm = Literal["to", "ing", "noun", "list"]


@dataclass(frozen=True, slots=True)
class VerbReading:
    """How a governing verb reads.

    `cue` is its words, which end before `cue_end`; a clause after "that" begins there. What is undertaken begins at
    `complement`. `governs` is the act of a pledge in the clause below, if there may be one. `owners` are the parties
    that possess the commitment. `certainty` is 0 to 1.
    """

    act: SpeechAct
    cue: str
    cue_end: int
    complement: int
    form: VerbReadingForm = "noun"
    borderline: str | None = None
    governs: Act | None = None
    is_that: bool = False
    nominal: bool = False
    owners: tuple[str, ...] = ()
    certainty: float = 0.9


def that_after(view: SentenceView, i: int) -> int:
    """The index after "that", if it follows the verb at `i`; else 0."""
    j = after(view, i + 1)
    return j + 1 if view.key(j) == "that" else 0
