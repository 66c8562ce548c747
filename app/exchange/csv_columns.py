"""CSV columns: pledges and meetings as rows with stable columns, for spreadsheets and pivot tables.

Each row is one record. Columns keep their names and their order; new columns are added at the end. Several values in a
cell are separated by `; `. Days are `YYYY-MM-DD`, booleans are `true` and `false`, and an unknown value is an empty
cell. A value that a spreadsheet would read as a formula has an apostrophe in front. JSON Lines has the unchanged
values.
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
    """A column. `value` returns its value for a row; `type` is a Frictionless field type.

    `words` are the allowed values; empty if there is no fixed list.
    """

    name: str
    description: str
    value: Callable[[Any], Any]
    type: str = "string"
    words: Iterable[str] = ()
    constraints: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PledgeRow:
    """The data of a pledge's row: its document, that of its meeting, and the id of its undertaking's first pledge.

    `parents` are the parent topics, keyed by topic.
    """

    pledge: Document
    meeting: Document
    undertaking: str
    parents: Mapping[str, str]


@dataclass(frozen=True)
class MeetingRow:
    """The data of a meeting's row: its document, and the number of its pledges and positions that are not retracted."""

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
    """Rows as CSV (RFC 4180), with CRLF line ends."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[cell(value) for value in row] for row in rows])
    return buffer.getvalue()


# Pledges --------------------------------------------------------------------------------------------------------------


def _field(name: str) -> Callable[[PledgeRow], Any]:
    return lambda row: row.pledge[name]


def _meeting_field(name: str) -> Callable[[PledgeRow | MeetingRow], Any]:
    return lambda row: row.meeting[name]


def _nested_field(name: str, key: str) -> Callable[[PledgeRow], Any]:
    return lambda row: (row.pledge[name] or {}).get(key)


def _continues(row: PledgeRow) -> list[str]:
    return [link["target"] or link["external"] for link in row.pledge["links"] if link["type"] in words.CONTINUATIONS]


def _kind(row: PledgeRow) -> str:
    return "pledge" if row.pledge["act"] in words.PLEDGE_ACTS else "position"


def _topic(row: PledgeRow) -> str:
    return str(row.pledge["topics"][0])


PLEDGE_COLUMNS = (
    CsvColumn("id", "The id of the pledge: the meeting's id, a hyphen and the number.", _field("id"),
              constraints={"required": True, "unique": True}),
    CsvColumn("held_on", "The day of the meeting, the first one if it lasted longer.", _field("held_on"), "date"),
    CsvColumn("year", "The year of that day.", lambda row: row.pledge["held_on"][:4], "year"),
    CsvColumn("kind", "pledge (act commit, agree or reaffirm) or position (act support, condemn or urge).", _kind,
              words=("pledge", "position")),
    CsvColumn("act", "The speech act.", _field("act"), words=words.Act),
    CsvColumn("summary", "What the parties undertake or support, in the coder's own words.", _field("summary")),
    CsvColumn("pledgors", "Codes of the parties that the pledge binds, or that take the position.",
              _field("pledgors")),
    CsvColumn("towards", "Codes of the parties to which it is owed, or one word; empty for a position.",
              _field("towards")),
    CsvColumn("about", "Codes of the parties that it concerns and to which nothing is owed.", _field("about")),
    CsvColumn("topic", "The slug of the primary topic.", _topic),
    CsvColumn("parent_topic", "The slug of the primary topic's parent; the topic itself if it has none.",
              lambda row: row.parents.get(_topic(row), _topic(row))),
    CsvColumn("topics", "Slugs of all topics, the primary topic first.", _field("topics")),
    CsvColumn("instruments", "Slugs of the instruments that it names.", _field("instruments")),
    CsvColumn("speakers", "Slugs of the persons who said it on their own behalf.", _field("speakers")),
    CsvColumn("specificity", "How specific it is.", _field("specificity"), words=words.Specificity),
    CsvColumn("due_kind", "How the source states the time when it is due.", _nested_field("due", "kind"),
              words=words.DueKind),
    CsvColumn("due_text", "The words of the source that state the time.", _nested_field("due", "text")),
    CsvColumn("due_from", "The first day when it is due.", _nested_field("due", "from"), "date"),
    CsvColumn("due_to", "The last day when it is due, which is the deadline.", _nested_field("due", "to"), "date"),
    CsvColumn("condition_kind", "The kind of condition.", _nested_field("condition", "kind"),
              words=words.ConditionKind),
    CsvColumn("condition_text", "The words of the source that state the condition.",
              _nested_field("condition", "text")),
    CsvColumn("formula", "Key wording: fragments of the source's words.", _field("formula")),
    CsvColumn("attested", "Whose sources support it.", _field("attested"), words=words.Attested),
    CsvColumn("fulfilment", "The latest assessment of each party assessed: `KOR: in-progress`.", _field("fulfilment")),
    CsvColumn("disputed", "true if one assessment disputes another.", _field("disputed"), "boolean"),
    CsvColumn("is_new", "true if it continues no other pledge and is not a reaffirmation.",
              lambda row: is_new(row.pledge), "boolean"),
    CsvColumn("undertaking", "The id of the undertaking; count the distinct values to count each undertaking once.",
              lambda row: row.undertaking),
    CsvColumn("continues", "The id of the pledge that it continues, and names of such undertakings outside the book.",
              _continues),
    CsvColumn("sources", "Ids of the sources cited, that of the canonical citation first.",
              lambda row: list(dict.fromkeys(citation["source"] for citation in row.pledge["citations"]))),
    CsvColumn("borderline", "Why the coding is open to argument; empty if it is not.", _field("borderline")),
    CsvColumn("note", "A note of the coder.", _field("note")),
    CsvColumn("meeting", "The id of the meeting.", _field("meeting")),
    CsvColumn("meeting_title", "The title of the meeting.", _meeting_field("title")),
    CsvColumn("meeting_type", "The kind of meeting.", _meeting_field("type"), words=words.MeetingType),
    CsvColumn("level", "The rank of the persons who represented the parties.", _meeting_field("level"),
              words=words.Level),
    CsvColumn("series", "The slug of the series of meetings it belongs to.", _meeting_field("series")),
    CsvColumn("version", "The number of the record's version.", _field("version"), "integer"),
)  # fmt: skip


# Meetings -------------------------------------------------------------------------------------------------------------


MEETING_COLUMNS = (
    CsvColumn("id", "The id of the meeting.", _meeting_field("id"), constraints={"required": True, "unique": True}),
    CsvColumn("held_on", "The day of the meeting, the first one if it lasted longer.", _meeting_field("held_on"),
              "date"),
    CsvColumn("ended_on", "The last day of a meeting of several days.", _meeting_field("ended_on"), "date"),
    CsvColumn("year", "The year of the first day.", lambda row: row.meeting["held_on"][:4], "year"),
    CsvColumn("title", "The title of the meeting.", _meeting_field("title")),
    CsvColumn("type", "The kind of meeting.", _meeting_field("type"), words=words.MeetingType),
    CsvColumn("level", "The rank of the persons who represented the parties.", _meeting_field("level"),
              words=words.Level),
    CsvColumn("series", "The slug of the series of meetings it belongs to.", _meeting_field("series")),
    CsvColumn("ordinal", "The number of the meeting in its series.", _meeting_field("ordinal"), "integer"),
    CsvColumn("city", "The city.", _meeting_field("city")),
    CsvColumn("venue", "The building or place in the city.", _meeting_field("venue")),
    CsvColumn("parties", "Codes of the parties that met or made the statement.", _meeting_field("parties")),
    CsvColumn("participants", "Slugs of the persons who attended, each with party and office.", lambda row: [
        f"{one['participant']} ({one['party']}, {one['office']})" for one in row.meeting["participants"]
    ]),
    CsvColumn("coverage", "Whether the sources include the statement's own text or only reports.",
              _meeting_field("coverage"), words=words.Coverage),
    CsvColumn("inferred", "Names of the fields that the sources do not state.",
              lambda row: list(row.meeting["inferred"])),
    CsvColumn("sources", "Ids of the sources.", _meeting_field("sources")),
    CsvColumn("pledges", "The number of pledges in the book.", lambda row: row.pledges, "integer"),
    CsvColumn("positions", "The number of positions in the book.", lambda row: row.positions, "integer"),
    CsvColumn("version", "The number of the record's version.", _meeting_field("version"), "integer"),
)  # fmt: skip


def header(columns: Sequence[CsvColumn]) -> list[str]:
    """The names of the columns."""
    return [column.name for column in columns]


def row_values(columns: Sequence[CsvColumn], row: Any) -> list[Any]:
    """The values of a row in the order of the columns, before their conversion to text."""
    return [column.value(row) for column in columns]
