"""The layout of undertakings over time: pledges go in, places come out."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from app.pages.charts.timeline import TONES, axis_labels, draw_timeline, place_across, spaced, tone_of
from app.query.threads import Strand
from app.schemas.vocabulary import Fulfilment


def days(*written: str) -> list[date]:
    return [date.fromisoformat(day) for day in written]


def said(meeting: str, act: str = "agree", **fulfilment: str) -> dict[str, Any]:
    return {"meeting": meeting, "act": act, "fulfilment": fulfilment}


MEETINGS = {
    id: {"id": id, "held_on": id[:10]} for id in ("2021-03-18-a", "2023-01-31-b", "2024-10-31-c", "2024-10-31-d")
}


def test_meetings_stand_where_their_day_is() -> None:
    first, middle, last = place_across(days("2020-01-01", "2021-01-01", "2024-01-01"))
    assert (first, last) == (5.5, 94.5)
    assert middle == pytest.approx(5.5 + 89 * 366 / 1461, abs=0.01)


def test_meetings_of_one_day_stand_beside_each_other() -> None:
    places = place_across(days("2021-03-18", "2024-10-31", "2024-10-31", "2024-10-31"))
    assert places == sorted(set(places))
    assert places[-1] == 94.5
    assert min(after - before for before, after in pairwise(places)) >= 7.39


@pytest.mark.parametrize("count", [1, 2, 13, 50, 400])
def test_however_many_meetings_there_are_they_stay_on_the_chart_and_in_order(count: int) -> None:
    places = place_across(days(*["2024-01-01"] * (count // 2), *["2024-12-31"] * (count - count // 2)))
    assert len(set(places)) == count
    assert places == sorted(places)
    assert 5.49 <= places[0] <= places[-1] <= 94.5


def test_no_meeting_needs_no_place() -> None:
    assert place_across([]) == []
    assert draw_timeline([], {}).lines == []


def test_labels_of_the_axis_do_not_touch() -> None:
    places = place_across(days(*[f"{year}-{month:02}-01" for year in (2021, 2022, 2023) for month in range(1, 13)]))
    kept = spaced(places, 17)
    assert (kept[0], kept[-1]) == (0, len(places) - 1)
    assert all(places[after] - places[before] >= 17 for before, after in pairwise(kept))


def test_meetings_of_one_month_share_a_label_above_their_middle() -> None:
    held = days("2021-03-18", "2024-10-31", "2024-10-31", "2025-06-01")
    places = place_across(held)
    labels = axis_labels(held, places, 1)
    assert [(label.month, label.year) for label in labels] == [("Mar", "2021"), ("Oct", "2024"), ("Jun", "2025")]
    assert labels[1].x == pytest.approx((places[1] + places[2]) / 2, abs=0.01)


def test_a_narrow_screen_gets_fewer_labels_than_a_wide_one() -> None:
    held = days("2024-01-01", "2024-02-01", "2024-03-01", "2024-12-01")
    labels = axis_labels(held, place_across(held), 1)
    assert [label.month for label in labels] == ["Jan", "Feb", "Mar", "Dec"]
    assert [label.month for label in labels if label.is_narrow] == ["Jan", "Mar", "Dec"]


@pytest.mark.parametrize(
    ("fulfilment", "tone"),
    [
        ({}, "none"),
        ({"KOR": "upheld"}, "kept"),
        ({"KOR": "upheld", "USA": "fulfilled"}, "kept"),
        ({"KOR": "upheld", "USA": "stalled"}, "mixed"),
        ({"KOR": "renounced"}, "broken"),
        ({"KOR": "not-started"}, "resting"),
    ],
)
def test_the_colour_is_that_of_all_parties_or_mixed(fulfilment: dict[str, str], tone: str) -> None:
    assert tone_of(fulfilment) == tone


def test_every_word_of_fulfilment_has_one_colour() -> None:
    assert sorted(word for words in TONES.values() for word in words) == sorted(Fulfilment)


def test_a_line_has_a_mark_for_each_meeting_and_tells_silence_from_what_is_not_reported() -> None:
    strand = Strand(
        "2021-03-18-a-01",
        [said("2021-03-18-a", "commit"), said("2023-01-31-b", "reaffirm", KOR="upheld")],
        silent=["2024-10-31-c"],
        unreported=["2024-10-31-d"],
    )
    drawn = draw_timeline([strand], MEETINGS)
    (line,) = drawn.lines
    kinds = [(mark.kind, mark.tone, mark.meeting["id"]) for mark in line.marks]
    assert kinds == [
        ("commit", "none", "2021-03-18-a"),
        ("reaffirm", "kept", "2023-01-31-b"),
        ("silent", "none", "2024-10-31-c"),
        ("unreported", "none", "2024-10-31-d"),
    ]
    assert [column.x for column in drawn.columns] == [mark.x for mark in line.marks]
    assert line.start < line.end < line.faint_end
    assert line.end == drawn.columns[1].x, "the line is drawn in full to the last meeting that said it, no farther"
    assert (drawn.span, line.latest["meeting"]) == (1, "2023-01-31-b")
    assert [meeting["id"] for meeting in (*line.silent, *line.unreported)] == ["2024-10-31-c", "2024-10-31-d"]


def test_two_pledges_of_one_meeting_stand_above_each_other_within_the_strip() -> None:
    (line,) = draw_timeline([Strand("x", [said("2021-03-18-a"), said("2021-03-18-a")], [], [])], MEETINGS).lines
    upper, lower = line.marks
    assert upper.x == lower.x
    assert 0 < upper.y < line.middle < lower.y < line.height
    assert lower.y - upper.y == 24


@pytest.mark.parametrize(("count", "span"), [(1, 1), (13, 1), (14, 2), (40, 4), (200, 8)])
def test_the_chart_is_as_wide_as_its_meetings_need(count: int, span: int) -> None:
    known = {f"2024-01-01-{n:03}": {"id": str(n), "held_on": "2024-01-01"} for n in range(count)}
    drawn = draw_timeline([Strand("x", [said(id) for id in known], [], [])], known)
    assert drawn.span == span
