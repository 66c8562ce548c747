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
class Column:
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
    Column("id", "The pledge's id: its meeting's id, a hyphen and its number.", _own("id"),
           constraints={"required": True, "unique": True}),
    Column("held_on", "The day it was made: that of its meeting.", _own("held_on"), "date"),
    Column("year", "The year it was made in.", lambda row: row.pledge["held_on"][:4], "year"),
    Column("kind", "Whether it binds (pledge: commit, agree, reaffirm) or not (position: support, condemn, urge).",
           _kind, words=("pledge", "position")),
    Column("act", "The speech act.", _own("act"), words=words.Act),
    Column("summary", "What is promised, in the coder's own words.", _own("summary")),
    Column("pledgors", "Who is bound: codes of parties.", _own("pledgors")),
    Column("towards", "To whom it is owed: codes of parties, or one word; empty for positions.", _own("towards")),
    Column("about", "Whom it concerns without owing them anything: codes of parties.", _own("about")),
    Column("topic", "The first of its topics.", _topic),
    Column("parent_topic", "The parent of the first topic; the topic itself if it has none.",
           lambda row: row.parents.get(_topic(row), _topic(row))),
    Column("topics", "All its topics, the first one first.", _own("topics")),
    Column("instruments", "The treaties, plans, bodies and exercises it names.", _own("instruments")),
    Column("speakers", "Persons who voiced it for themselves.", _own("speakers")),
    Column("specificity", "How specific it is.", _own("specificity"), words=words.Specificity),
    Column("due_kind", "In which way a time is named.", _inner("due", "kind"), words=words.DueKind),
    Column("due_text", "The words that name it.", _inner("due", "text")),
    Column("due_from", "Its first day.", _inner("due", "from"), "date"),
    Column("due_to", "Its last day.", _inner("due", "to"), "date"),
    Column("condition_kind", "Under which kind of condition.", _inner("condition", "kind"), words=words.ConditionKind),
    Column("condition_text", "The words of the condition.", _inner("condition", "text")),
    Column("formula", "Fragments the field watches, as said.", _own("formula")),
    Column("attested", "On whose account it stands.", _own("attested"), words=words.Attested),
    Column("fulfilment", "How it stands by the latest assessment of each party: `KOR: in-progress`.",
           _own("fulfilment")),
    Column("disputed", "Whether one assessment contradicts another.", _own("disputed"), "boolean"),
    Column("is_new", "Whether it continues nothing and is no mere reaffirmation.", lambda row: is_new(row.pledge),
           "boolean"),
    Column("undertaking", "The first pledge of the thread it belongs to: count these to count promises once.",
           lambda row: row.undertaking),
    Column("continues", "The pledge it continues, and undertakings outside the book.", _continued),
    Column("sources", "The sources cited, the canonical one first.",
           lambda row: list(dict.fromkeys(citation["source"] for citation in row.pledge["citations"]))),
    Column("borderline", "Why its coding is arguable, where it is.", _own("borderline")),
    Column("note", "What a reader should know besides.", _own("note")),
    Column("meeting", "The id of its meeting.", _own("meeting")),
    Column("meeting_title", "The meeting's title.", _met("title")),
    Column("meeting_type", "The meeting's type.", _met("type"), words=words.MeetingType),
    Column("level", "At which level the parties met.", _met("level"), words=words.Level),
    Column("series", "The row of meetings it belongs to.", _met("series")),
    Column("version", "Counts the accepted writes of this record.", _own("version"), "integer"),
)  # fmt: skip


# Meetings -------------------------------------------------------------------------------------------------------------


def _of(name: str) -> Callable[[MeetingRow], Any]:
    return lambda row: row.meeting[name]


MEETING_COLUMNS = (
    Column("id", "The meeting's id.", _of("id"), constraints={"required": True, "unique": True}),
    Column("held_on", "The day it was held, or its first.", _of("held_on"), "date"),
    Column("ended_on", "Its last day, where it took more than one.", _of("ended_on"), "date"),
    Column("year", "The year it was held in.", lambda row: row.meeting["held_on"][:4], "year"),
    Column("title", "Its title.", _of("title")),
    Column("type", "Its type.", _of("type"), words=words.MeetingType),
    Column("level", "At which level the parties met.", _of("level"), words=words.Level),
    Column("series", "The row of meetings it belongs to.", _of("series")),
    Column("ordinal", "Its number in the series.", _of("ordinal"), "integer"),
    Column("city", "Where.", _of("city")),
    Column("venue", "In which house.", _of("venue")),
    Column("parties", "Whose meeting it was: codes of parties.", _of("parties")),
    Column("participants", "Who attended, with party and office of that day.", lambda row: [
        f"{one['participant']} ({one['party']}, {one['office']})" for one in row.meeting["participants"]
    ]),
    Column("coverage", "How it is known: from the full text, or from reports alone.", _of("coverage"),
           words=words.Coverage),
    Column("inferred", "The fields that the sources do not state outright.", lambda row: list(row.meeting["inferred"])),
    Column("sources", "The sources it is known from.", _of("sources")),
    Column("pledges", "How many pledges it has in the book.", lambda row: row.pledges, "integer"),
    Column("positions", "How many positions.", lambda row: row.positions, "integer"),
    Column("version", "Counts the accepted writes of this record.", _of("version"), "integer"),
)  # fmt: skip


def header(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]


def flat(columns: Sequence[Column], record: Any) -> list[Any]:
    """The cells of a record, not yet as text."""
    return [column.take(record) for column in columns]
