"""What always holds: any text is taken, every span slices to the draft's words, work grows only with the text."""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.drafting.rules import Draft, Hints, draft
from tests.drafting.conftest import BOOK, HELD_ON

PIECES = [
    "We",
    "will",
    "reaffirm",
    "our commitment to",
    "that",
    ",",
    ";",
    "and",
    "(",
    ")",
    '"',
    "“",
    "by 2030",
    "the U.S.",
    "Japan",
    "\n",
    "\n\n",
    "1. ",
    "Secretary",
    "J.",
    "to",
    "expand",
    "joint exercises",
    "which",
    "Should",
    ":",
    "agreed",
    "-",
    "’s",
    "May",
    "31",
    "pledged",
    "within",
    "\xa0",
    "next year",
    "is",
    "ironclad",
]
HINTS = Hints(HELD_ON, ("JPN", "USA"))
texts = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))


def holds(text: str, result: Draft) -> None:
    """Every offset lies in the text and slices to the words the draft gives."""
    for n, pledge in enumerate(result.pledges, 1):
        assert pledge.number == n
        assert pledge.summary
        assert len(pledge.summary) <= 200
        assert 0 <= pledge.confidence <= 1
        assert len(pledge.formula) <= 3
        assert len(pledge.topics) <= 6
        for citation in pledge.citations:
            assert 0 <= citation.start < citation.end <= len(text)
            assert text[citation.start : citation.end].strip()
        for part in (pledge.due, pledge.condition):
            assert part is None or text[part.start : part.end] == part.text
        if pledge.due and pledge.due.since and pledge.due.until:
            assert pledge.due.since <= pledge.due.until
        assert all(len(f.split()) <= 6 for f in pledge.formula)
        assert pledge.is_pledge or not pledge.towards


@settings(deadline=None, max_examples=120)
@given(texts)
def test_no_text_raises_and_every_span_slices(text: str) -> None:
    holds(text, draft(text, BOOK, HINTS))
    holds(text, draft(text, BOOK))


def calls(text: str) -> int:
    """How many functions a draft calls: work that does not depend on the clock."""
    count = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counted)
    try:
        draft(text, BOOK, HINTS)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        ",",
        "(",
        ")",
        "and ",
        "we will and ",
        '"',
        "that ",
        "commitment to ",
        "by 2030 ",
        "a-",
        "President ",
        "U.S.",
        "1. We will act\n",
        "\n",
        " ",
        "We reaffirm that ",
        "support and strengthen, ",
        "We pledge to work, and to ",
        "Should we, ",
        "in case of ",
    ],
)
def test_hostile_texts_cost_in_proportion(piece: str) -> None:
    draft("We will act.", BOOK, HINTS)
    small, large = calls(piece * 200), calls(piece * 800)
    assert large <= 6 * small + 5000


def test_a_long_statement_costs_in_proportion() -> None:
    paragraph = (
        "Both sides agreed to expand joint exercises, and will curb emissions by 2030. The dialogue was useful.\n\n"
    )
    small, large = calls(paragraph * 15), calls(paragraph * 60)
    assert large <= 5 * small
