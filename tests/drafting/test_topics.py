"""Topics by cues that belong to the topics (codebook 5)."""

import pytest

from app.drafting.rules import Hints, KnownBook, KnownTopic, draft
from app.drafting.rules.lexicon_files import word_lists
from tests.drafting.conftest import Found


@pytest.mark.parametrize(
    ("sentence", "primary"),
    [
        ("We will curb emissions.", "climate"),
        ("We will build nuclear energy together.", "economic-security"),  # the longer cue wins
        ("We will keep our nuclear obligations.", "nonproliferation"),
        ("We will expand joint exercises to secure supply chains.", "combined-exercises"),  # a purpose counts for less
        ("We will hold consultations on net-zero.", "climate"),  # where one consults is not what it is about
        (
            "We will cooperate in areas including trade, climate, emissions and net-zero.",
            "economic-security",
        ),  # the first example
    ],
)
def test_the_primary_topic(found: Found, sentence: str, primary: str) -> None:
    assert found(sentence)[0].topics[0] == primary


def test_what_refers_back_has_the_last_topic(found: Found) -> None:
    drafts = found("Japan will curb emissions. The United States will support these efforts.")
    assert [d.topics[0] for d in drafts] == ["climate", "climate"]


def test_topics_are_data() -> None:
    book = KnownBook(topics=(KnownTopic("beekeeping", ("bees",)),))
    drafts = draft("We will protect bees.", book, Hints(parties=("JPN", "USA"))).pledges
    assert drafts[0].topics == ("beekeeping",)


def test_without_topics_nothing_is_invented() -> None:
    assert draft("We will protect bees.", KnownBook(), Hints(parties=("JPN", "USA"))).pledges[0].topics == ()


def test_instruments_of_the_book_have_their_slug_whatever_the_spelling(found: Found) -> None:
    assert found("We will implement the Harbour Accord.")[0].instruments == ("harbour-accord",)
    assert found("We will implement the HAC.")[0].instruments == ("harbour-accord",)
    assert found("We will implement the Three Lakes Treaty.")[0].instruments == ("three-lakes-treaty",)


def test_a_further_cue_of_the_lexicon_counts_beside_those_a_topic_keeps(found: Found) -> None:
    further = word_lists("topics", "further_cues")["alliance-strengthening"]
    assert "special relationship" in further
    book = KnownBook(topics=(KnownTopic("alliance-strengthening", ("alliance",)),))
    said = "We will deepen our special relationship."
    drafts = draft(said, book, Hints(parties=("JPN", "USA"))).pledges
    assert drafts[0].topics == ("alliance-strengthening",)
