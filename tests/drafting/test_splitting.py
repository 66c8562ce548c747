"""One draft an undertaking (codebook 3)."""

import pytest

from app.drafting.rules import DraftPledge
from tests.drafting.conftest import Found


def said(text: str, drafts: list[DraftPledge]) -> list[str]:
    return [text[d.citations[0].start : d.citations[0].end] for d in drafts]


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        (  # different topics
            "They agreed to curb emissions and to expand joint exercises.",
            ["They agreed to curb emissions", "expand joint exercises"],
        ),
        (  # only the second is dated
            "They agreed to expand joint exercises and to conduct a large joint exercise this year.",
            ["They agreed to expand joint exercises", "conduct a large joint exercise this year"],
        ),
        (  # a same-topic pair of verbs
            "They agreed to watch emissions and report emissions.",
            ["They agreed to watch emissions and report emissions"],
        ),
        (  # nouns under one verb
            "They agreed to cooperate on trade, health and climate.",
            ["They agreed to cooperate on trade, health and climate"],
        ),
        (  # verbs that share an object
            "They agreed to widen and deepen the dialogue.",
            ["They agreed to widen and deepen the dialogue"],
        ),
        (  # what a purpose lists stays in the purpose
            "They agreed to deepen their dialogue to curb emissions and secure supply chains.",
            ["They agreed to deepen their dialogue to curb emissions and secure supply chains"],
        ),
        (  # a comparative after "with"
            "They agreed to curb emissions with increased joint exercises.",
            ["They agreed to curb emissions", "with increased joint exercises"],
        ),
        (  # an infinitive between commas is an aside
            "They agreed to curb emissions, to begin soon, in Oslo.",
            ["They agreed to curb emissions, to begin soon, in Oslo"],
        ),
        (  # different acts
            "We condemn the coup and pledge to curb emissions.",
            ["We condemn the coup", "pledge to curb emissions"],
        ),
        (  # an opening adverbial is no part of it
            "To this end, the two sides will expand joint exercises.",
            ["the two sides will expand joint exercises"],
        ),
    ],
)
def test_pieces(found: Found, sentence: str, pieces: list[str]) -> None:
    assert said(sentence, found(sentence)) == pieces


def test_a_line_break_belongs_to_the_span(found: Found) -> None:
    text = "Both sides will expand joint exer\ncises, and joint exercises will grow."
    assert said(text, found(text))[0] == "Both sides will expand joint exer\ncises"


def test_a_nominal_pledge_joined_by_with_is_one(found: Found) -> None:
    drafts = found("The two sides reviewed the dialogue, with plans to hold it regularly.")
    assert [d.act for d in drafts] == ["commit"]
    assert drafts[0].due is not None
    assert drafts[0].due.kind == "recurring"
