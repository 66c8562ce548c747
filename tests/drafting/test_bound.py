"""Who pledges, to whom, and who speaks (codebook 4)."""

import pytest

from tests.drafting.conftest import Found


@pytest.mark.parametrize(
    ("sentence", "pledgors"),
    [
        ("Both sides pledged to curb emissions.", {"JPN", "USA"}),
        ("They restated the American commitment to shield Japan.", {"USA"}),  # content beats grammar
        ("They reiterated their commitment to defend Japan.", {"JPN", "USA"}),
        ("American officials pledged to curb emissions.", {"USA"}),
        ("Secretary Lindqvist pledged to curb emissions.", {"USA"}),
        ("The Japanese Ministry of Defense will host the joint exercise.", {"JPN"}),
        ("The next meeting will be hosted by Japan.", {"JPN"}),
        ("The next meeting will be held in May.", {"JPN", "USA"}),  # agentless: all
        ("They agreed to deploy U.S. bombers.", {"JPN", "USA"}),  # a possessed object narrows nothing
        ("The Alliance will adapt to new threats.", {"JPN", "USA"}),
        ("Japan underscores that it will curb emissions.", {"JPN"}),
    ],
)
def test_pledgors(found: Found, sentence: str, pledgors: set[str]) -> None:
    assert set(found(sentence)[0].pledgors) == pledgors


@pytest.mark.parametrize(
    "sentence",
    [
        "China will expand its fleet.",  # no party of the meeting
        "The report will appear in May.",
        "Other countries will follow suit.",
        "The new fund will curb emissions.",
    ],
)
def test_what_others_will_do_is_no_pledge(found: Found, sentence: str) -> None:
    assert not [d for d in found(f"We met today. {sentence}") if d.is_pledge]


def test_towards_is_the_other_party_each_other_or_a_third(found: Found) -> None:
    assert found("The United States reaffirmed its commitment to extended deterrence.")[0].towards == ("JPN",)
    assert found("We will deepen our dialogue.")[0].towards == ("each-other",)
    assert found("We commit to supporting Moldova's recovery.")[0].towards == ("MDA",)
    assert found("We remain committed to our obligations under the NPT.")[0].towards == ("international-community",)


def test_a_position_is_owed_to_nobody_but_concerns_somebody(found: Found) -> None:
    position = found("We condemn the attack by North Korea.")[0]
    assert position.act == "condemn"
    assert position.towards == ()
    assert position.about == ("PRK",)


def test_a_quoted_we_binds_all_and_its_speaker_speaks(found: Found) -> None:
    quoted = found('Secretary Mara Lindqvist said, "We agreed to expand joint exercises."')[0]
    assert set(quoted.pledgors) == {"JPN", "USA"}
    assert quoted.citations[0].zone == "quote"
    assert quoted.speakers == ("mara-lindqvist",)


def test_the_speaker_alone_is_bound_by_i(found: Found) -> None:
    assert found('Secretary Mara Lindqvist said she was pleased, and "I will do my part."')[-1].pledgors == ("USA",)


def test_a_group_of_exactly_the_parties_means_all(found: Found) -> None:
    quad = ("AUS", "IND", "JPN", "USA")
    assert set(found("The Quad will curb emissions.", *quad)[0].pledgors) == set(quad)
    assert not [d for d in found("We met. The G7 will curb emissions.", *quad) if d.is_pledge]
