"""Two meetings side by side, and threads told several at a time: they agree with the lists and threads of the API."""

from typing import Any

import pytest

from app.errors import BadQuery
from app.query.compare import compare_meetings
from app.query.threads import read_strands
from tests.building import Desk, meeting, pledge, renewal, topic
from tests.conftest import Client

SPRING, WINTER, AUTUMN = (
    "2021-03-18-kor-usa-2plus2",
    "2023-01-31-kor-usa-defense-ministers",
    "2024-10-31-kor-usa-2plus2",
)


@pytest.fixture
def seeds(book: Client) -> Desk:
    return Desk(book)


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over an empty book with a topic."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    return desk


def ids(groups: list[list[dict[str, Any]]]) -> list[str]:
    return [pledge["id"] for group in groups for pledge in group]


@pytest.mark.parametrize(("a", "b"), [(SPRING, AUTUMN), (AUTUMN, WINTER)])
def test_a_comparison_agrees_with_the_lists_of_undertakings(seeds: Desk, a: str, b: str) -> None:
    def roots(**asked: Any) -> set[str]:
        return set(seeds.ids("/undertakings", **asked))

    with seeds.database.reading() as connection:
        found = compare_meetings(connection, a, b)
        strands = read_strands(connection, seeds.ids("/undertakings"))
    root = {pledge["id"]: strand.id for strand in strands for pledge in strand.pledges}
    assert {root[shared.in_a[0]["id"]] for shared in found.both} == roots(meeting=a, in_meeting=b)
    assert {root[group[0]["id"]] for group in found.only_a} == roots(in_meeting=a, not_in_meeting=b)
    assert {root[group[0]["id"]] for group in found.only_b} == roots(in_meeting=b, not_in_meeting=a)
    every = [*ids([shared.in_a for shared in found.both]), *ids(found.only_a)]
    assert sorted(every) == sorted(seeds.ids("/pledges", meeting=a)), "each pledge stands in one place"


def test_what_changed_between_two_meetings_is_told_field_by_field(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2), pledge(3, act="support", towards=[])))
    changed = renewal(1, "2021-01-01-a-01", act="reaffirm", specificity="measurable")
    desk.post("/meetings", meeting("2022-01-01-b", changed, renewal(2, "2021-01-01-a-01"), pledge(3)))
    with desk.database.reading() as connection:
        found = compare_meetings(connection, "2021-01-01-a", "2022-01-01-b")
    (shared,) = found.both
    assert [one["number"] if "number" in one else one["id"][-2:] for one in shared.in_b] == ["01", "02"]
    assert list(shared.differences()) == [("act", "agree", "reaffirm"), ("specificity", "general", "measurable")]
    assert ids(found.only_a) == ["2021-01-01-a-02"], "a position is not compared"
    assert ids(found.only_b) == ["2022-01-01-b-03"]


def test_a_retracted_pledge_is_not_compared(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2)))
    desk.post("/meetings", meeting("2022-01-01-b", pledge(1)))
    desk.retract("/pledges/2021-01-01-a-02")
    with desk.database.reading() as connection:
        assert ids(compare_meetings(connection, "2021-01-01-a", "2022-01-01-b").only_a) == ["2021-01-01-a-01"]


def test_a_meeting_that_is_not_in_the_book_is_named(seeds: Desk) -> None:
    with seeds.database.reading() as connection, pytest.raises(BadQuery) as refused:
        compare_meetings(connection, SPRING, "2024-10-31-kor-usa-2plus3")
    (fault,) = refused.value.faults
    assert fault.path[-1] == "b"
    assert AUTUMN in fault.message


def test_strands_tell_what_the_threads_tell(seeds: Desk) -> None:
    wanted = seeds.ids("/undertakings")
    with seeds.database.reading() as connection:
        strands = read_strands(connection, wanted)
    assert [strand.id for strand in strands] == wanted
    for strand in strands[::6]:
        told = seeds.get(f"/pledges/{strand.id}/thread")
        assert strand.pledges == told["pledges"]
        assert (strand.silent, strand.unreported) == (told["silent_meetings"], told["unreported_meetings"])


def test_strands_of_nothing_are_none(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    desk.retract("/pledges/2021-01-01-a-01")
    with desk.database.reading() as connection:
        assert read_strands(connection, []) == []
        assert read_strands(connection, ["2021-01-01-a-01", "2021-01-01-a-77"]) == []
