"""Pledges and meetings as flat rows: one row a record, stable columns, for spreadsheets and pivot tables.

What always holds: columns keep their names and their order, new ones come last. Several values stand in one cell, apart
by `; `. Days are `YYYY-MM-DD`, yes and no `true` and `false`, and what is not known is an empty cell. A cell that a
spreadsheet would take for a formula begins with an apostrophe; JSON Lines is the form that loses nothing.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.schemas import vocabulary as words
from app.schemas.pledges import is_new

Document = Mapping[str, Any]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class CsvColumn:
    """A column: its name, what stands in it, of which kind (in Frictionless words), where it is taken from."""

    name: str
    about: str
    take: Callable[[Any], Any]
    kind: str = "string"
    words: Iterable[str] = ()
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PledgeRow:
    """What a row of pledges is made of: the document, its meeting's, and the id of its undertaking's first pledge."""

    pledge: Document
    meeting: Document
    undertaking: str
    parents: Mapping[str, str]


@dataclass(frozen=True)
class MeetingRow:
    """What a row of meetings is made of: the document, and how many pledges and positions stand."""

    meeting: Document
    pledges: int
    positions: int


def cell(value: Any) -> str:
    """A value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        value = [f"{key}: {item}" for key, item in value.items()]
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV (RFC 4180: commas, CRLF, quotes where needed)."""
    made = io.StringIO()
    csv.writer(made).writerows([[cell(value) for value in row] for row in rows])
    return made.getvalue()


# Pledges --------------------------------------------------------------------------------------------------------------


def _own(name: str) -> Callable[[PledgeRow], Any]:
    return lambda row: row.pledge[name]


def _met(name: str) -> Callable[[PledgeRow], Any]:
    return lambda row: row.meeting[name]


def _inner(name: str, key: str) -> Callable[[PledgeRow], Any]:
    return lambda row: (row.pledge[name] or {}).get(key)


def _continued(row: PledgeRow) -> list[str]:
    return [link["target"] or link["external"] for link in row.pledge["links"] if link["type"] in words.CONTINUATIONS]


def _kind(row: PledgeRow) -> str:
    return "pledge" if row.pledge["act"] in words.PLEDGE_ACTS else "position"


def _topic(row: PledgeRow) -> str:
    return str(row.pledge["topics"][0])


PLEDGE_COLUMNS = (
    CsvColumn("id", "The pledge's id: its meeting's id, a hyphen and its number.", _own("id"),
           constraints={"required": True, "unique": True}),
    CsvColumn("held_on", "The day it was made: that of its meeting.", _own("held_on"), "date"),
    CsvColumn("year", "The year it was made in.", lambda row: row.pledge["held_on"][:4], "year"),
    CsvColumn("kind", "Whether it binds (pledge: commit, agree, reaffirm) or not (position: support, condemn, urge).",
           _kind, words=("pledge", "position")),
    CsvColumn("act", "The speech act.", _own("act"), words=words.Act),
    CsvColumn("summary", "What is promised, in the coder's own words.", _own("summary")),
    CsvColumn("pledgors", "Who is bound: codes of parties.", _own("pledgors")),
    CsvColumn("towards", "To whom it is owed: codes of parties, or one word; empty for positions.", _own("towards")),
    CsvColumn("about", "Whom it concerns without owing them anything: codes of parties.", _own("about")),
    CsvColumn("topic", "The first of its topics.", _topic),
    CsvColumn("parent_topic", "The parent of the first topic; the topic itself if it has none.",
           lambda row: row.parents.get(_topic(row), _topic(row))),
    CsvColumn("topics", "All its topics, the first one first.", _own("topics")),
    CsvColumn("instruments", "The treaties, plans, bodies and exercises it names.", _own("instruments")),
    CsvColumn("speakers", "Persons who voiced it for themselves.", _own("speakers")),
    CsvColumn("specificity", "How specific it is.", _own("specificity"), words=words.Specificity),
    CsvColumn("due_kind", "In which way a time is named.", _inner("due", "kind"), words=words.DueKind),
    CsvColumn("due_text", "The words that name it.", _inner("due", "text")),
    CsvColumn("due_from", "Its first day.", _inner("due", "from"), "date"),
    CsvColumn("due_to", "Its last day.", _inner("due", "to"), "date"),
    CsvColumn(
        "condition_kind", "Under which kind of condition.", _inner("condition", "kind"), words=words.ConditionKind
    ),
    CsvColumn("condition_text", "The words of the condition.", _inner("condition", "text")),
    CsvColumn("formula", "Fragments the field watches, as said.", _own("formula")),
    CsvColumn("attested", "On whose account it stands.", _own("attested"), words=words.Attested),
    CsvColumn("fulfilment", "How it stands by the latest assessment of each party: `KOR: in-progress`.",
           _own("fulfilment")),
    CsvColumn("disputed", "Whether one assessment contradicts another.", _own("disputed"), "boolean"),
    CsvColumn("is_new", "Whether it continues nothing and is no mere reaffirmation.", lambda row: is_new(row.pledge),
           "boolean"),
    CsvColumn("undertaking", "The first pledge of the thread it belongs to: count these to count promises once.",
           lambda row: row.undertaking),
    CsvColumn("continues", "The pledge it continues, and undertakings outside the book.", _continued),
    CsvColumn("sources", "The sources cited, the canonical one first.",
           lambda row: list(dict.fromkeys(citation["source"] for citation in row.pledge["citations"]))),
    CsvColumn("borderline", "Why its coding is arguable, where it is.", _own("borderline")),
    CsvColumn("note", "What a reader should know besides.", _own("note")),
    CsvColumn("meeting", "The id of its meeting.", _own("meeting")),
    CsvColumn("meeting_title", "The meeting's title.", _met("title")),
    CsvColumn("meeting_type", "The meeting's type.", _met("type"), words=words.MeetingType),
    CsvColumn("level", "At which level the parties met.", _met("level"), words=words.Level),
    CsvColumn("series", "The row of meetings it belongs to.", _met("series")),
    CsvColumn("version", "Counts the accepted writes of this record.", _own("version"), "integer"),
)  # fmt: skip


# Meetings -------------------------------------------------------------------------------------------------------------


def _of(name: str) -> Callable[[MeetingRow], Any]:
    return lambda row: row.meeting[name]


MEETING_COLUMNS = (
    CsvColumn("id", "The meeting's id.", _of("id"), constraints={"required": True, "unique": True}),
    CsvColumn("held_on", "The day it was held, or its first.", _of("held_on"), "date"),
    CsvColumn("ended_on", "Its last day, where it took more than one.", _of("ended_on"), "date"),
    CsvColumn("year", "The year it was held in.", lambda row: row.meeting["held_on"][:4], "year"),
    CsvColumn("title", "Its title.", _of("title")),
    CsvColumn("type", "Its type.", _of("type"), words=words.MeetingType),
    CsvColumn("level", "At which level the parties met.", _of("level"), words=words.Level),
    CsvColumn("series", "The row of meetings it belongs to.", _of("series")),
    CsvColumn("ordinal", "Its number in the series.", _of("ordinal"), "integer"),
    CsvColumn("city", "Where.", _of("city")),
    CsvColumn("venue", "In which house.", _of("venue")),
    CsvColumn("parties", "Whose meeting it was: codes of parties.", _of("parties")),
    CsvColumn("participants", "Who attended, with party and office of that day.", lambda row: [
        f"{one['participant']} ({one['party']}, {one['office']})" for one in row.meeting["participants"]
    ]),
    CsvColumn("coverage", "How it is known: from the full text, or from reports alone.", _of("coverage"),
           words=words.Coverage),
    CsvColumn(
        "inferred", "The fields that the sources do not state outright.", lambda row: list(row.meeting["inferred"])
    ),
    CsvColumn("sources", "The sources it is known from.", _of("sources")),
    CsvColumn("pledges", "How many pledges it has in the book.", lambda row: row.pledges, "integer"),
    CsvColumn("positions", "How many positions.", lambda row: row.positions, "integer"),
    CsvColumn("version", "Counts the accepted writes of this record.", _of("version"), "integer"),
)  # fmt: skip


def header(columns: Sequence[CsvColumn]) -> list[str]:
    return [column.name for column in columns]


def flat(columns: Sequence[CsvColumn], record: Any) -> list[Any]:
    """The cells of a record, not yet as text."""
    return [column.take(record) for column in columns]
