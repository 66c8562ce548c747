"""Data package: the book as a folder of CSV tables and a JSON Lines file with a Frictionless `datapackage.json`.

The folder has one state of the ledger. `datapackage.json` names it by seq, hash and time, so that it can be cited and
written again byte for byte. The tables omit retracted records; `book.jsonl` includes them, and `pledgebook load` reads
it.
"""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection

from app import __version__
from app.exchange.book_files import export
from app.exchange.csv_columns import (
    MEETING_COLUMNS,
    PLEDGE_COLUMNS,
    CsvColumn,
    MeetingRow,
    PledgeRow,
    cell,
    header,
    row_values,
)
from app.records.pledges import pledge_id
from app.schemas import vocabulary as words
from app.schemas.vocabulary import Entity
from app.store.ledger import Head, read_documents

DESCRIPTOR = "datapackage.json"
# The data consists of facts and our own summaries. The key and the fields are those of the Frictionless standard.
_LICENCES = [
    {
        "name": "CC0-1.0",
        "path": "https://creativecommons.org/publicdomain/zero/1.0/",
        "title": "Creative Commons CC0 1.0 Universal",
    }
]
BOOK = "book.jsonl"


@dataclass(frozen=True)
class Table:
    """A table of the package. `foreign_keys` maps a column to the `table.column` that it refers to."""

    name: str
    description: str
    columns: Sequence[CsvColumn]
    primary_key: Sequence[str]
    foreign_keys: Mapping[str, str]


def _column(name: str, description: str, type: str = "string", words: Any = ()) -> CsvColumn:
    return CsvColumn(name, description, lambda row: row[name], type, words)


_SOURCE_COLUMNS = (
    _column("id", "The id of the source."),
    _column("type", "The kind of source.", words=words.SourceType),
    _column("issued_by", "Codes of the parties that published the text or whose announcement it reports."),
    _column("publisher", "The publisher, such as a newspaper."),
    _column("title", "The title of the text."),
    _column("language", "The language tag of the text."),
    _column("published_on", "The day of publication.", "date"),
    _column("url", "The web address."),
    _column("sha256", "The SHA-256 hash of the text in UTF-8."),
    _column("length", "The number of Unicode code points of the text.", "integer"),
)
_ASSESSMENT_COLUMNS = (
    _column("pledge", "The id of the pledge."),
    _column("number", "The number of the assessment among those of the pledge.", "integer"),
    _column("party", "The code of the party assessed."),
    _column("fulfilment", "How far the party has fulfilled the pledge.", words=words.Fulfilment),
    _column("effective_on", "The day from which the assessment applies.", "date"),
    _column("assessor", "The person or organisation that made the assessment."),
    _column("note", "A comment of the assessor."),
    _column("disputes", "The number of the earlier assessment that this one contradicts.", "integer"),
    CsvColumn("evidence", "The titles of the evidence.", lambda row: [item["title"] for item in row["evidence"]]),
)

TABLES = (
    Table("parties", "States, organisations and groups of states.", (
        _column("code", "The ISO 3166-1 alpha-3 code of a state, or the book's code of another party."),
        _column("type", "Whether it is a state, an organisation or a group.", words=words.PartyType),
        _column("name", "The name in English."),
        _column("names", "The names in other languages."),
        _column("aliases", "Other names."),
    ), ["code"], {}),
    Table("topics", "The topics of pledges, in two levels.", (
        _column("slug", "The slug of the topic."),
        _column("parent", "The slug of the parent topic."),
        _column("name", "The name in English."),
        _column("names", "The names in other languages."),
        _column("definition", "What the topic covers."),
        _column("cues", "Words of a text that suggest the topic."),
    ), ["slug"], {"parent": "topics.slug"}),
    Table("instruments", "Named treaties, declarations, plans, bodies and exercises.", (
        _column("slug", "The slug of the instrument."),
        _column("type", "The type of the instrument.", words=words.InstrumentType),
        _column("name", "The name in English."),
        _column("aliases", "Abbreviations and other names."),
    ), ["slug"], {}),
    Table("participants", "Persons who attended or spoke.", (
        _column("slug", "The slug of the participant."),
        _column("name", "The name in Latin script."),
        _column("names", "The names in other languages."),
        CsvColumn("aliases", "Other spellings.", lambda row: [alias["name"] for alias in row["aliases"]]),
    ), ["slug"], {}),
    Table("sources", "The texts that pledges cite.", _SOURCE_COLUMNS, ["id"], {}),
    Table("meetings", "Meetings, with their date, place, parties and sources.", MEETING_COLUMNS, ["id"], {}),
    Table("attendances", "Persons at meetings, one row for each person and meeting.", (
        _column("meeting", "The id of the meeting."),
        _column("participant", "The slug of the participant."),
        _column("party", "The code of the party that the person represented."),
        _column("office", "The office of the person on that day."),
        _column("role", "The role of the person at the meeting.", words=words.AttendanceRole),
    ), ["meeting", "participant"],
        {"meeting": "meetings.id", "participant": "participants.slug", "party": "parties.code"}),
    Table("pledges", "Pledges and positions, one in each row.", PLEDGE_COLUMNS, ["id"],
          {"meeting": "meetings.id", "topic": "topics.slug", "parent_topic": "topics.slug",
           "undertaking": "pledges.id"}),
    Table("pledge_parties", "Parties of pledges, one row for each pledge, role and party.", (
        _column("pledge", "The id of the pledge."),
        _column("role", "The role of the party: pledgor, towards or about.", words=words.PartyRole),
        _column("party", "The code of the party."),
        _column("derived", "true if `towards` is `each-other`: the pledge is owed to every pledgor.", "boolean"),
    ), ["pledge", "role", "party"], {"pledge": "pledges.id", "party": "parties.code"}),
    Table("pledge_topics", "Topics of pledges, one row for each pledge and topic.", (
        _column("pledge", "The id of the pledge."),
        _column("rank", "The rank of the topic, from 0 for the primary topic.", "integer"),
        _column("topic", "The slug of the topic."),
    ), ["pledge", "topic"], {"pledge": "pledges.id", "topic": "topics.slug"}),
    Table("pledge_instruments", "Instruments that pledges name, one row for each pledge and instrument.", (
        _column("pledge", "The id of the pledge."),
        _column("instrument", "The slug of the instrument."),
    ), ["pledge", "instrument"], {"pledge": "pledges.id", "instrument": "instruments.slug"}),
    Table("citations", "Citations of pledges: spans of the text of a source, in Unicode code points.", (
        _column("pledge", "The id of the pledge."),
        _column("position", "The position of the citation, from 0 for the canonical one.", "integer"),
        _column("source", "The id of the source."),
        _column("zone", "The part of the source that the span is in.", words=words.Zone),
        _column("start", "The offset of the span's first code point.", "integer"),
        _column("end", "The offset after the span's last code point.", "integer"),
    ), ["pledge", "position"], {"pledge": "pledges.id", "source": "sources.id"}),
    Table("links", "Links of pledges to earlier pledges, and to undertakings outside the book.", (
        _column("pledge", "The id of the pledge."),
        _column("position", "The position of the link among those of the pledge, from 0.", "integer"),
        _column("type", "How the pledge relates to the earlier one.", words=words.LinkType),
        _column("target", "The id of the earlier pledge."),
        _column("external", "The name of the undertaking outside the book."),
        _column("partial", "true if the link concerns a part of the earlier pledge only.", "boolean"),
    ), ["pledge", "position"], {"pledge": "pledges.id", "target": "pledges.id"}),
    Table("assessments", "Assessments of how far a party has fulfilled a pledge, with evidence.", _ASSESSMENT_COLUMNS,
          ["pledge", "number"], {"pledge": "pledges.id", "party": "parties.code"}),
)  # fmt: skip
_BY_NAME = {table.name: table for table in TABLES}


# Writing --------------------------------------------------------------------------------------------------------------


def write_package(connection: Connection, head: Head, folder: Path) -> None:
    """Write the book at the state `head` into a folder.

    The descriptor is written last, so that a folder with a descriptor is always complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTOR).unlink(missing_ok=True)
    with ExitStack() as files:
        book = files.enter_context((folder / BOOK).open("w", encoding="utf-8", newline="\n"))
        writers = {}
        for table in TABLES:
            file = files.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
            writers[table.name] = csv.writer(file)
            writers[table.name].writerow(header(table.columns))
        for table_name, row in _rows(connection, head, book):
            values = row_values(_BY_NAME[table_name].columns, row)
            writers[table_name].writerow([cell(value) for value in values])
    text = json.dumps(descriptor(head, folder), ensure_ascii=False, indent=2)
    (folder / DESCRIPTOR).write_text(f"{text}\n", encoding="utf-8")


def _rows(connection: Connection, head: Head, book: TextIO) -> Iterator[tuple[str, Any]]:
    """Every row of every table, with the name of its table. Also writes every document line to `book`."""
    parents: dict[str, str] = {}
    roots: dict[str, str] = {}
    for text in export(connection, head.seq):
        book.write(f"{text}\n")
        line = json.loads(text)
        if line["kind"] == "topic" and line["parent"]:
            parents[line["slug"]] = line["parent"]
        if line["retracted"] is not None:
            continue
        if line["kind"] == "meeting":
            yield from _meeting_rows(connection, head, line, parents, roots)
        else:
            yield "parties" if line["kind"] == "party" else f"{line['kind']}s", line


def _meeting_rows(
    connection: Connection, head: Head, line: dict[str, Any], parents: Mapping[str, str], roots: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    meeting = json.loads(read_documents(connection, Entity.meeting, [line["id"]], head.seq)[line["id"]])
    lines = [pledge for pledge in line["pledges"] if pledge["retracted"] is None]
    ids = [pledge_id(line["id"], pledge["number"]) for pledge in lines]
    documents = read_documents(connection, Entity.pledge, ids, head.seq)
    pledges = [json.loads(documents[id]) for id in ids]
    count = sum(pledge["act"] in words.PLEDGE_ACTS for pledge in pledges)
    yield "meetings", MeetingRow(meeting, count, len(pledges) - count)
    for attendance in meeting["participants"]:
        yield "attendances", {"meeting": meeting["id"], **attendance}
    for pledge in pledges:
        # Meetings are sorted by day and links lead to earlier days, so that the root of the target is known already.
        root = next(
            (roots.get(link["target"], link["target"]) for link in pledge["links"] if _continues(link)), pledge["id"]
        )
        roots[pledge["id"]] = root
        yield "pledges", PledgeRow(pledge, meeting, root, parents)
        yield from _child_rows(pledge)
    for id, pledge_line in zip(ids, lines, strict=True):
        for assessment in pledge_line["assessments"]:
            yield "assessments", {"pledge": id, **assessment}


def _continues(link: Mapping[str, Any]) -> bool:
    return link["target"] is not None and link["type"] in words.CONTINUATIONS


def _child_rows(pledge: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    key = {"pledge": pledge["id"]}
    is_mutual = words.TowardsWord.each_other in pledge["towards"]
    owed = pledge["pledgors"] if is_mutual else [code for code in pledge["towards"] if code not in words.TOWARDS_WORDS]
    for role, parties in (("pledgor", pledge["pledgors"]), ("towards", owed), ("about", pledge["about"])):
        for party in parties:
            yield "pledge_parties", {**key, "role": role, "party": party, "derived": is_mutual and role == "towards"}
    for rank, topic in enumerate(pledge["topics"]):
        yield "pledge_topics", {**key, "rank": rank, "topic": topic}
    for instrument in pledge["instruments"]:
        yield "pledge_instruments", {**key, "instrument": instrument}
    for table in ("citations", "links"):
        for position, child in enumerate(pledge[table]):
            yield table, {**key, "position": position, **child}


# The descriptor -------------------------------------------------------------------------------------------------------


def descriptor(head: Head, folder: Path) -> dict[str, Any]:
    """The content of `datapackage.json` for the files in a folder."""
    return {
        "profile": "data-package",
        "name": "pledgebook",
        "title": "Pledgebook: what states promise each other",
        "description": "Pledges and positions from joint statements, each with parties, topics, citations, deadline "
        "and assessments. Several values in a cell are separated by `; `. A value that a spreadsheet would read as a "
        f"formula has an apostrophe in front; {BOOK} has the unchanged values.",
        "licenses": _LICENCES,
        "version": str(head.seq),
        "created": head.at,
        "citation": f"Pledgebook, ledger seq {head.seq} of {head.at}, SHA-256 {head.hash}.",
        "ledger": {"seq": head.seq, "hash": head.hash, "at": head.at},
        "generator": f"pledgebook {__version__}",
        "resources": [
            *(_table_resource(table, folder) for table in TABLES),
            {
                "name": "book",
                "description": "The whole book as document lines, with retracted records. `pledgebook load` reads it.",
                "profile": "data-resource",
                "type": "file",  # not a table, because its lines have several kinds
                **_file(folder / BOOK, "jsonl", "application/jsonl"),
            },
        ],
    }


def _table_resource(table: Table, folder: Path) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": table.description,
        "profile": "tabular-data-resource",
        "type": "table",
        **_file(folder / f"{table.name}.csv", "csv", "text/csv"),
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.primary_key),
            "foreignKeys": [_foreign_key(table, name, to) for name, to in table.foreign_keys.items()],
        },
    }


def _file(path: Path, format: str, media_type: str) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "path": path.name,
        "format": format,
        "mediatype": media_type,
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
    }


def _field(column: CsvColumn) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.description}
    constraints = {**column.constraints, **({"enum": [str(word) for word in column.words]} if column.words else {})}
    return {**field, "constraints": constraints} if constraints else field


def _foreign_key(table: Table, name: str, to: str) -> dict[str, Any]:
    resource, _, field = to.partition(".")
    return {"fields": [name], "reference": {"resource": "" if resource == table.name else resource, "fields": [field]}}
