"""Renewals of earlier pledges, and doubles within one text (codebook 8)."""

from dataclasses import replace
from datetime import date

from app.drafting.rules import EarlierPledge, Hints, draft
from tests.drafting.conftest import BOOK

EARLIER = (
    EarlierPledge(
        "a-01",
        date(2022, 1, 1),
        ("JPN", "USA"),
        ("combined-exercises",),
        "Expand the scale of joint exercises",
        ("JPN", "USA"),
    ),
    EarlierPledge(
        "a-02", date(2022, 1, 1), ("JPN", "USA"), ("climate",), "Build offshore wind and curb emissions", ("JPN", "USA")
    ),
    EarlierPledge("b-01", date(2021, 1, 1), ("DEU", "FRA"), ("climate",), "Plant trees", ("DEU", "FRA")),
)


def test_the_likeliest_earlier_pledge_comes_first() -> None:
    book = replace(BOOK, pledges=EARLIER)
    drafts = draft(
        "We will further expand joint exercises. We will curb emissions.", book, Hints(parties=("JPN", "USA"))
    ).pledges
    assert [d.renewals[0].pledge for d in drafts] == ["a-01", "a-02"]
    assert all(0 <= r.score <= 1 for d in drafts for r in d.renewals)


def test_positions_renew_nothing() -> None:
    book = replace(BOOK, pledges=EARLIER)
    assert draft("We welcome joint exercises.", book, Hints(parties=("JPN", "USA"))).pledges[0].renewals == ()


def test_the_same_said_twice_is_a_probable_double() -> None:
    body = "Both sides agreed to expand the joint exercises. They agreed to curb emissions."
    text = f"Will expand the joint exercises\n\n{body}"
    drafts = draft(text, BOOK, Hints(parties=("JPN", "USA"))).pledges
    assert [d.doubles for d in drafts] == [(2,), (1,), ()]
    assert drafts[0].citations[0].zone == "headline"
