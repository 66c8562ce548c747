"""Due times (codebook 6), normalised against 10 April 2024."""

import pytest

from tests.drafting.conftest import Found


@pytest.mark.parametrize(
    ("words", "kind", "until"),
    [
        ("by 2030", "deadline", "2030-12-31"),
        ("before the year's end", "deadline", "2024-12-31"),
        ("by the end of next year", "deadline", "2025-12-31"),
        ("no later than September 1", "deadline", "2024-09-01"),
        ("no later than February 1", "deadline", "2025-02-01"),
        ("within two years", "deadline", "2026-04-10"),
        ("within two (2) weeks", "deadline", "2024-04-24"),
        ("by the end of the decade", "deadline", "2029-12-31"),
        ("by the end of March", "deadline", "2025-03-31"),
        ("by fiscal year 2026", "deadline", "2026-12-31"),
        ("by 11 February", "deadline", "2025-02-11"),
        ("before March 2025", "deadline", "2025-03-01"),
        ("before this year's summit", "deadline-event", "2024-12-31"),
        ("ahead of the next summit", "deadline-event", None),
        ("in May", "window", "2024-05-31"),
        ("before 2026", "deadline", "2025-12-31"),
        ("before the end of 2025", "deadline", "2025-12-31"),
        ("prior to the next 2+2", "deadline-event", None),
        ("in February", "window", "2025-02-28"),
        ("this year", "window", "2024-12-31"),
        ("later this year", "window", "2024-12-31"),
        ("next month", "window", "2024-05-31"),
        ("this decade", "window", "2029-12-31"),
        ("at COP30", "deadline-event", None),
        ("next summer", "window", "2025-08-31"),
        ("in the 2020s", "window", "2029-12-31"),
        ("in 2024-2027", "window", "2027-12-31"),
        ("in the first half of 2025", "window", "2025-06-30"),
        ("in early 2026", "window", "2026-04-30"),
        ("over the next five years", "window", "2029-04-10"),
        ("beginning in 2025", "window", None),
        ("annually", "recurring", None),
        ("on a regular basis", "recurring", None),
        ("at the earliest opportunity", "open", None),
        ("in the coming years", "open", None),
        ("once the talks are done", "event-relative", None),
    ],
)
def test_a_time_is_found_and_normalised(found: Found, words: str, kind: str, until: str | None) -> None:
    text = f"Both sides will expand joint exercises {words}."
    due = found(text)[0].due
    assert due is not None
    assert (due.kind, due.until.isoformat() if due.until else None) == (kind, until)
    assert (text[due.start : due.end] == due.text and due.text in words) or words in due.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Both sides will build on the talks held in May 2022.",  # past
        "We will follow the 2030 Agenda.",  # part of a name
        "We will build on the plan agreed in 2019.",
        "We will do what we may.",
        "We will act once again.",
        "We will act by the summit.",
    ],
)
def test_past_times_and_names_are_no_deadline(found: Found, sentence: str) -> None:
    assert found(sentence)[0].due is None


def test_the_time_of_a_position_is_nobodys_deadline(found: Found) -> None:
    assert found("We welcome the conference that Japan hosts in May.")[0].due is None


def test_a_time_that_qualifies_a_noun_is_inferred(found: Found) -> None:
    due = found("We will expand this year's joint exercises.")[0].due
    assert due is not None
    assert due.kind == "window"
    assert due.inferred


def test_an_opening_time_counts(found: Found) -> None:
    due = found("By the end of 2025, both sides will expand joint exercises.")[0].due
    assert due is not None
    assert due.until is not None
    assert due.until.isoformat() == "2025-12-31"
