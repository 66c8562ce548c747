"""What a text tells of its meeting, and whether it is a statement at all (codebook 1 and 9)."""

from datetime import date

import pytest

from app.drafting.rules import Hints, KnownBook, draft
from tests.drafting.conftest import BOOK

REPORT = """Tokyo and Canberra to deepen ties

Foreign Minister Aiko Mori of Japan and Australian Foreign Minister Jane Hill met in Canberra on March 4, 2024, for the
third Foreign Ministers' Meeting.

Both ministers agreed to expand joint exercises. Mori pledged to host the next meeting.

Post a Comment
"""


def test_day_place_parties_and_persons_are_told() -> None:
    meeting = draft(REPORT, BOOK).meeting
    assert meeting.held_on == date(2024, 3, 4)
    assert meeting.city == "Canberra"
    assert meeting.parties == ("AUS", "JPN")
    assert meeting.ordinal == 3
    assert meeting.type == "foreign-ministers"
    assert meeting.level == "ministers"
    assert {(p.name, p.party) for p in meeting.participants} == {("Aiko Mori", "JPN"), ("Jane Hill", "AUS")}


def test_a_surname_alone_binds_its_party() -> None:
    assert draft(REPORT, BOOK).pledges[-1].pledgors == ("JPN",)


def test_hints_win_and_aliases_lead_to_codes() -> None:
    meeting = draft(REPORT, BOOK, Hints(date(2023, 1, 2), ("ROK", "USA"), "A title")).meeting
    assert (meeting.held_on, meeting.parties, meeting.title) == (date(2023, 1, 2), ("KOR", "USA"), "A title")


def test_a_persons_slug_is_the_books() -> None:
    meeting = draft("Secretary of State Mara Lindqvist met the ministers of Japan.", BOOK).meeting
    assert meeting.participants[0].participant == "mara-lindqvist"


def test_a_weekday_counts_from_the_date_above_it() -> None:
    assert draft("Tokyo, May 3, 2024\n\nThe two ministers met on Monday in Oslo.", BOOK).meeting.held_on == date(
        2024, 4, 29
    )
    assert draft("The two ministers met on Monday in Oslo.", BOOK).meeting.held_on is None


def test_a_date_of_numbers_is_read_as_month_and_day() -> None:
    assert draft("The two ministers held talks on 3/14/2024.", BOOK).meeting.held_on == date(2024, 3, 14)
    assert draft("The two ministers held talks on 14/14/2024.", BOOK).meeting.held_on is None


def test_the_name_of_a_group_means_its_members() -> None:
    parties = ("AUS", "IND", "JPN", "USA")
    assert (
        draft("Leaders of the Quad met. The Quad will curb emissions. The Quad met.", BOOK).meeting.parties == parties
    )
    assert draft("The ministers met.", BOOK).meeting.parties == ()


def test_a_name_between_commas_after_a_title_is_a_person() -> None:
    meeting = draft("The Foreign Minister of Japan, Jane Hill, met in Oslo.", BOOK).meeting
    assert [person.name for person in meeting.participants] == ["Jane Hill"]


@pytest.mark.parametrize(
    "text",
    [
        "The county clerk will mail ballots to residents in May. Applicants will register by June.",
        "A judge sentenced the defendant. Prosecutors will appeal, and the court will hold a hearing.",
        "The agency will reimburse survivors. Homeowners can apply. It is committed to helping residents.",
        "",
        "123 !!! ...",
    ],
)
def test_administrative_news_has_no_pledges(text: str) -> None:
    assert draft(text, KnownBook()).pledges == ()
