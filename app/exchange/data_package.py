"""The data package: the book as a folder of CSV tables and JSON Lines with a Frictionless `datapackage.json`.

What always holds: the folder is one state of the ledger, which `datapackage.json` names by seq, hash and time, so that
it can be cited and made again, byte for byte. Tables hold what stands; `book.jsonl` holds everything, retracted records
too, and is what `pledgebook load` reads.
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
    flat,
    header,
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
    """A table of the package: what a row is, its columns, its key, and which columns refer to which table's column."""

    name: str
    about: str
    columns: Sequence[CsvColumn]
    key: Sequence[str]
    refers: Mapping[str, str]


def _column(name: str, about: str, kind: str = "string", words: Any = ()) -> CsvColumn:
    return CsvColumn(name, about, lambda row: row[name], kind, words)


_SOURCE_COLUMNS = (
    _column("id", "The source's id."),
    _column("type", "Its type.", words=words.SourceType),
    _column("issued_by", "Whose organ published it: codes of parties."),
    _column("publisher", "Who published it."),
    _column("title", "Its title."),
    _column("language", "Its language tag."),
    _column("published_on", "When it was published.", "date"),
    _column("url", "Where it stood."),
    _column("sha256", "SHA-256 of the text's UTF-8."),
    _column("length", "Unicode code points of the text.", "integer"),
)
_ASSESSMENT_COLUMNS = (
    _column("pledge", "The pledge's id."),
    _column("number", "Counts the pledge's assessments.", "integer"),
    _column("party", "On whose side."),
    _column("fulfilment", "How it stands.", words=words.Fulfilment),
    _column("effective_on", "From which day.", "date"),
    _column("assessor", "Who judged."),
    _column("note", "Why."),
    _column("disputes", "The number of the assessment it contradicts.", "integer"),
    CsvColumn("evidence", "The evidence, as titles.", lambda row: [one["title"] for one in row["evidence"]]),
)

TABLES = (
    Table("parties", "States, organisations and groups of states.", (
        _column("code", "ISO 3166-1 alpha-3 of a state, else a code of the book."),
        _column("type", "Its type.", words=words.PartyType),
        _column("name", "Its name."),
        _column("names", "Its names in other languages."),
        _column("aliases", "Other names in use."),
    ), ["code"], {}),
    Table("topics", "What pledges are about, in two levels.", (
        _column("slug", "The topic's slug."),
        _column("parent", "The topic above it."),
        _column("name", "Its name."),
        _column("names", "Its names in other languages."),
        _column("definition", "What belongs to it."),
        _column("cues", "Words that point to it."),
    ), ["slug"], {"parent": "topics.slug"}),
    Table("instruments", "Named treaties, declarations, plans, bodies and exercises.", (
        _column("slug", "The instrument's slug."),
        _column("type", "Its type.", words=words.InstrumentType),
        _column("name", "Its name."),
        _column("aliases", "Abbreviations and other names."),
    ), ["slug"], {}),
    Table("participants", "Persons who attended or spoke.", (
        _column("slug", "The person's slug."),
        _column("name", "The name."),
        _column("names", "The name in other languages."),
        CsvColumn("aliases", "Every spelling met.", lambda row: [one["name"] for one in row["aliases"]]),
    ), ["slug"], {}),
    Table("sources", "The texts that pledges are cited from.", _SOURCE_COLUMNS, ["id"], {}),
    Table("meetings", "Who met when, where and on what grounds it is known.", MEETING_COLUMNS, ["id"], {}),
    Table("attendances", "A person at a meeting, in that day's office.", (
        _column("meeting", "The meeting's id."),
        _column("participant", "The person's slug."),
        _column("party", "For which party."),
        _column("office", "The office on that day."),
        _column("role", "The role.", words=words.AttendanceRole),
    ), ["meeting", "participant"],
        {"meeting": "meetings.id", "participant": "participants.slug", "party": "parties.code"}),
    Table("pledges", "Pledges and positions, one a row.", PLEDGE_COLUMNS, ["id"],
          {"meeting": "meetings.id", "topic": "topics.slug", "parent_topic": "topics.slug",
           "undertaking": "pledges.id"}),
    Table("pledge_parties", "Who is bound, to whom, about whom, a party a row.", (
        _column("pledge", "The pledge's id."),
        _column("role", "pledgor, towards or about.", words=words.PartyRole),
        _column("party", "The party's code."),
        _column("derived", "Whether it follows from `each-other`, by which every pledgor is owed too.", "boolean"),
    ), ["pledge", "role", "party"], {"pledge": "pledges.id", "party": "parties.code"}),
    Table("pledge_topics", "The topics of pledges, a topic a row.", (
        _column("pledge", "The pledge's id."),
        _column("rank", "0 for the first topic, then rising.", "integer"),
        _column("topic", "The topic's slug."),
    ), ["pledge", "topic"], {"pledge": "pledges.id", "topic": "topics.slug"}),
    Table("pledge_instruments", "What pledges name, an instrument a row.", (
        _column("pledge", "The pledge's id."),
        _column("instrument", "The instrument's slug."),
    ), ["pledge", "instrument"], {"pledge": "pledges.id", "instrument": "instruments.slug"}),
    Table("citations", "Where the words stand: spans of Unicode code points, end exclusive.", (
        _column("pledge", "The pledge's id."),
        _column("position", "0 for the canonical one, then rising.", "integer"),
        _column("source", "The source's id."),
        _column("zone", "In which part of it.", words=words.Zone),
        _column("start", "The first code point.", "integer"),
        _column("end", "The one after the last.", "integer"),
    ), ["pledge", "position"], {"pledge": "pledges.id", "source": "sources.id"}),
    Table("links", "To earlier pledges, and to undertakings outside the book.", (
        _column("pledge", "The pledge's id."),
        _column("position", "Counts the pledge's links, from 0.", "integer"),
        _column("type", "How it relates.", words=words.LinkType),
        _column("target", "The earlier pledge."),
        _column("external", "The undertaking outside the book."),
        _column("partial", "Whether only in part.", "boolean"),
    ), ["pledge", "position"], {"pledge": "pledges.id", "target": "pledges.id"}),
    Table("assessments", "What came of pledges, as somebody judged it, with evidence.", _ASSESSMENT_COLUMNS,
          ["pledge", "number"], {"pledge": "pledges.id", "party": "parties.code"}),
)  # fmt: skip
_BY_NAME = {table.name: table for table in TABLES}


# Writing --------------------------------------------------------------------------------------------------------------


def write_package(connection: Connection, head: Head, folder: Path) -> None:
    """Write the book as it stood at `head` into a folder. The descriptor comes last: with it the package is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DESCRIPTOR).unlink(missing_ok=True)
    with ExitStack() as opened:
        book = opened.enter_context((folder / BOOK).open("w", encoding="utf-8", newline="\n"))
        writers = {}
        for table in TABLES:
            file = opened.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
            writers[table.name] = csv.writer(file)
            writers[table.name].writerow(header(table.columns))
        for table_name, row in _rows(connection, head, book):
            values = flat(_BY_NAME[table_name].columns, row)
            writers[table_name].writerow([cell(value) for value in values])
    made = json.dumps(descriptor(head, folder), ensure_ascii=False, indent=2)
    (folder / DESCRIPTOR).write_text(f"{made}\n", encoding="utf-8")


def _rows(connection: Connection, head: Head, book: TextIO) -> Iterator[tuple[str, Any]]:
    """Every row of every table, as the lines of the book come by; each line is written down too."""
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
    ids = [pledge_id(line["id"], one["number"]) for one in line["pledges"] if one["retracted"] is None]
    documents = read_documents(connection, Entity.pledge, ids, head.seq)
    pledges = [json.loads(documents[id]) for id in ids]
    binding = sum(one["act"] in words.PLEDGE_ACTS for one in pledges)
    yield "meetings", MeetingRow(meeting, binding, len(pledges) - binding)
    for one in meeting["participants"]:
        yield "attendances", {"meeting": meeting["id"], **one}
    for pledge in pledges:
        # Lines come by day and links lead to earlier days: the root of a target is known.
        root = next(
            (roots.get(link["target"], link["target"]) for link in pledge["links"] if _continues(link)), pledge["id"]
        )
        roots[pledge["id"]] = root
        yield "pledges", PledgeRow(pledge, meeting, root, parents)
        yield from _parts(pledge)
    for id, one in zip(ids, (one for one in line["pledges"] if one["retracted"] is None), strict=True):
        for assessment in one["assessments"]:
            yield "assessments", {"pledge": id, **assessment}


def _continues(link: Mapping[str, Any]) -> bool:
    return link["target"] is not None and link["type"] in words.CONTINUATIONS


def _parts(pledge: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    own = {"pledge": pledge["id"]}
    is_mutual = words.TowardsWord.each_other in pledge["towards"]
    owed = pledge["pledgors"] if is_mutual else [one for one in pledge["towards"] if one not in words.TOWARDS_WORDS]
    for role, parties in (("pledgor", pledge["pledgors"]), ("towards", owed), ("about", pledge["about"])):
        for party in parties:
            yield "pledge_parties", {**own, "role": role, "party": party, "derived": is_mutual and role == "towards"}
    for rank, topic in enumerate(pledge["topics"]):
        yield "pledge_topics", {**own, "rank": rank, "topic": topic}
    for instrument in pledge["instruments"]:
        yield "pledge_instruments", {**own, "instrument": instrument}
    for table in ("citations", "links"):
        for position, part in enumerate(pledge[table]):
            yield table, {**own, "position": position, **part}


# The descriptor -------------------------------------------------------------------------------------------------------


def descriptor(head: Head, folder: Path) -> dict[str, Any]:
    """What `datapackage.json` says of the files in a folder."""
    return {
        "profile": "data-package",
        "name": "pledgebook",
        "title": "Pledgebook: what states promise each other",
        "description": "Pledges and positions from joint statements, each with who made it, to whom, on which topic, "
        "in which words of which source, by when, and what became of it. Several values in a cell are apart by `; `. "
        f"A cell that a spreadsheet would take for a formula begins with an apostrophe; {BOOK} loses nothing.",
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
                "description": "The whole book as JSON Lines, retracted records too: what `pledgebook load` reads.",
                "profile": "data-resource",
                "type": "file",  # its lines are of several kinds: no table
                **_file(folder / BOOK, "jsonl", "application/jsonl"),
            },
        ],
    }


def _table_resource(table: Table, folder: Path) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": table.about,
        "profile": "tabular-data-resource",
        "type": "table",
        **_file(folder / f"{table.name}.csv", "csv", "text/csv"),
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "foreignKeys": [_foreign_key(table, name, to) for name, to in table.refers.items()],
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
    made: dict[str, Any] = {"name": column.name, "type": column.kind, "description": column.about}
    constraints = {**column.constraints, **({"enum": [str(word) for word in column.words]} if column.words else {})}
    return {**made, "constraints": constraints} if constraints else made


def _foreign_key(table: Table, name: str, to: str) -> dict[str, Any]:
    resource, _, field = to.partition(".")
    return {"fields": [name], "reference": {"resource": "" if resource == table.name else resource, "fields": [field]}}
