"""Conditions, and purposes that are none (codebook 7)."""

import pytest

from tests.drafting.conftest import Found


@pytest.mark.parametrize(
    ("sentence", "kind", "words"),
    [
        ("Both sides will consult closely in case of provocations.", "trigger", "in case of provocations"),
        ("Should the truce fail, both sides will consult.", "trigger", "Should the truce fail"),
        ("Any attack on Japan will be met with an overwhelming response.", "trigger", "Any attack on Japan"),
        ("Both sides will share the data as appropriate.", "qualifier", "as appropriate"),
        (
            "Japan will fund the work, subject to approval by its parliament.",
            "contingency",
            "subject to approval by its parliament",
        ),
        (
            "Both sides will hand over command consistent with the Conditions-Based Plan.",
            "conditions-based",
            "consistent with the Conditions-Based Plan",
        ),
    ],
)
def test_a_condition_is_kept_in_its_words(found: Found, sentence: str, kind: str, words: str) -> None:
    condition = found(sentence)[0].condition
    assert condition is not None
    assert (condition.kind, condition.text) == (kind, words)
    assert sentence[condition.start : condition.end] == words


@pytest.mark.parametrize(
    "sentence",
    [
        "Both sides will consult to respond to changes in threats.",
        "We will act as one.",
        "We will act as if nothing had happened.",
        "We will act in line with the plan.",
    ],
)
def test_a_purpose_is_no_condition(found: Found, sentence: str) -> None:
    assert found(sentence)[0].condition is None
