"""Book files: load document lines from YAML and JSON Lines files into the book, and export the book as such lines.

An export that is loaded into an empty book and exported again has the same bytes. Each line is written completely or
not at all. Each fault names the file, the line and the field.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from app.errors import Fault
from app.exchange.check_texts import Quotation, Texts, meeting_faults, new_sources, quotations
from app.exchange.load import batches, merge_index, put_batch, weight
from app.records.assessments import ASSESSMENTS
from app.records.kinds import REGISTERS
from app.records.meetings import generated_id
from app.records.pledges import PLEDGES
from app.records.upsert import Outcome
from app.schemas.canonical_json import BadText, ReadItem, canonical_json, read_json_lines
from app.schemas.faults import faults_of
from app.schemas.meetings import Line, MeetingLine
from app.schemas.records import SourceCreate, SourceLine
from app.schemas.vocabulary import Entity
from app.store import models
from app.store.database import Database, in_parts
from app.store.ledger import read_documents, read_head
from app.store.models import columns

LINE: TypeAdapter[Line] = TypeAdapter(Line)
_CHUNK = 200  # documents in memory at a time
_ORDER = [Entity.party, Entity.topic, Entity.instrument, Entity.participant, Entity.source, Entity.meeting]


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LocatedLine:
    """A document line with its place in a file. If it is not valid, `line` is None and `faults` say why."""

    file: Path
    item: ReadItem
    line: Line | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class FileFault:
    """A fault with its file and line number."""

    file: Path
    line: int
    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        field = ".".join(str(step) for step in self.path)
        return f"{self.file}:{self.line}: {field + ' ' if field else ''}{self.message}"


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files among `paths`, and all YAML and JSON Lines files in the folders among them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(item for item in path.rglob("*") if item.suffix in (".yaml", ".yml", ".jsonl"))
        else:
            found.append(path)
    return found


def read_lines(paths: Iterable[Path]) -> Iterator[LocatedLine]:
    """The lines of all files: first those of YAML files, sorted by kind, then those of JSON Lines files as a stream."""
    files = files_of(paths)
    written = [located for file in files if file.suffix != ".jsonl" for located in _read_file(file)]
    yield from sorted(written, key=_book_order)
    for file in files:
        if file.suffix == ".jsonl":
            yield from _read_file(file)


def located_export(connection: Connection) -> Iterator[LocatedLine]:
    """The lines of an export of the book, as if they were read from a file named `book`."""
    for number, text in enumerate(export(connection), start=1):
        yield LocatedLine(Path("book"), ReadItem(None, number), LINE.validate_json(text))


def _read_file(file: Path) -> Iterator[LocatedLine]:
    try:
        for item in read_json_lines(file) if file.suffix == ".jsonl" else _read_yaml(file):
            try:
                yield LocatedLine(file, item, LINE.validate_python(item.value))
            except ValidationError as error:
                yield LocatedLine(file, item, None, tuple(faults_of(error, skip=_kind_step(item.value))))
    except BadText as error:
        yield LocatedLine(file, ReadItem(None, error.line or 1), None, (Fault((), str(error)),))
    except OSError as error:
        yield LocatedLine(file, ReadItem(None, 1), None, (Fault((), f"cannot be read: {error.strerror}"),))


def _read_yaml(file: Path) -> list[ReadItem]:
    from app.exchange.yaml_files import read_yaml  # imported here because it loads slowly, and a server reads no YAML

    return read_yaml(file)


def _kind_step(value: Any) -> int:
    """1 if an error location starts with the kind of line (a known kind), else 0."""
    return 1 if isinstance(value, dict) and value.get("kind") in list(_ORDER) else 0


def _book_order(located: LocatedLine) -> tuple[int, bool, str, str]:
    value = located.item.value if isinstance(located.item.value, dict) else {}
    kind = value.get("kind")
    rank = _ORDER.index(kind) if kind in list(_ORDER) else -1
    return rank, value.get("parent") is not None, str(value.get("held_on", "")), str(value.get("id", ""))


# Loading --------------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """The result of a load: the number of records by outcome, faults, and messages for the user."""

    created: int = 0
    changed: int = 0
    left: int = 0  # unchanged
    faults: list[FileFault] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not self.faults and not self.skipped

    def count(self, outcome: Outcome) -> None:
        self.created += outcome.created
        self.changed += outcome.changed
        self.left += outcome.left
        self.skipped += outcome.skipped
        self.remarks += outcome.remarks


def load(
    database: Database,
    paths: Iterable[Path],
    *,
    overwrite: bool = False,
    texts: Texts | None = None,
    on_line: Callable[[], None] = lambda: None,
) -> Report:
    """Write every valid line of the files to the book, and report the others.

    With `texts`, citations are checked too. `on_line` is called after each line.
    """
    report = Report()
    checker = Checker(texts, _source_hashes(database)) if texts else None
    loaded_ids: set[str] = set()
    for batch in batches(read_lines(paths), lambda located: weight(located.line)):
        faults = [
            located.faults or [*_duplicate_id(located.line, loaded_ids), *(checker.faults(located) if checker else ())]
            for located in batch
        ]
        valid = [located.line for located, found in zip(batch, faults, strict=True) if located.line and not found]
        outcomes = iter(put_batch(database, valid, overwrite=overwrite))
        for located, found in zip(batch, faults, strict=True):
            on_line()
            if found or located.line is None:
                report.faults += file_faults(located, found)
                continue
            outcome = next(outcomes)
            if isinstance(outcome, Outcome):
                report.count(outcome)
            else:
                report.faults += file_faults(located, outcome.faults or [Fault((), outcome.detail)])
    merge_index(database, report.created)
    return report


def _duplicate_id(line: Line | None, loaded_ids: set[str]) -> Iterator[Fault]:
    """A fault if an earlier meeting of this load has the generated id, because it would be overwritten.

    Adds the id of the meeting to `loaded_ids`.
    """
    if isinstance(line, MeetingLine):
        id = line.id or generated_id(line)
        if line.id is None and id in loaded_ids:
            yield Fault(("id",), f"is required, because the generated id {id} is that of an earlier meeting")
        loaded_ids.add(id)


def _source_hashes(database: Database) -> list[tuple[str, str]]:
    source = columns(models.Source)
    with database.reading() as connection:
        return [(id, sha256) for id, sha256 in connection.execute(select(source.c.id, source.c.sha256))]


def file_faults(located: LocatedLine, faults: Iterable[Fault]) -> list[FileFault]:
    """The faults of a line, each with its file and line number."""
    return [FileFault(located.file, located.item.line_at(fault.path), fault.path, fault.message) for fault in faults]


class Checker:
    """Checks lines against source texts. The line of a source must come before the meetings that cite it.

    `known` are ids and hashes of sources that are in the book already.
    """

    def __init__(self, texts: Texts, known: Iterable[tuple[str, str]] = ()) -> None:
        self.texts = texts
        self.by_source = {id: texts.by_hash[sha] for id, sha in known if sha in texts.by_hash}

    def faults(self, located: LocatedLine) -> list[Fault]:
        """The faults of a line that concern the texts. Remembers the source of a line for later calls."""
        line = located.line
        if isinstance(line, SourceLine):
            return list(self._source_faults(line))
        if not isinstance(line, MeetingLine):
            return []
        found = [fault.under(*path) for path, source in new_sources(line) for fault in self._source_faults(source)]
        return [*found, *meeting_faults(line, self.by_source)]

    def _source_faults(self, source: SourceCreate) -> Iterator[Fault]:
        if text := self.texts.text_of(source):
            self.by_source[source.id] = text
        return self.texts.source_faults(source)

    def quotations(self, line: MeetingLine) -> Iterator[Quotation]:
        """The quotations of a meeting's citations."""
        return quotations(line, self.by_source)


# Exporting ------------------------------------------------------------------------------------------------------------


def export(connection: Connection, as_of: int | None = None) -> Iterator[str]:
    """The document lines of the book as JSON, without line ends: the current state, or the state at the seq `as_of`."""
    if as_of is None:
        as_of = read_head(connection).seq
    for entity, register in REGISTERS.items():
        key = columns(register.kind.table).c[register.kind.key]
        ids = connection.execute(select(key).order_by(key)).scalars().all()
        if entity is Entity.topic:
            documents = read_documents(connection, entity, ids, as_of).values()
            yield from (_register_line(entity, document) for document in sorted(documents, key=_parents_first))
            continue
        for chunk in in_parts(ids, _CHUNK):
            found = read_documents(connection, entity, chunk, as_of)
            yield from (_register_line(entity, found[id]) for id in chunk if id in found)
    yield from _export_meetings(connection, as_of)


def _parents_first(document: str) -> tuple[bool, str]:
    topic = json.loads(document)
    return topic["parent"] is not None, topic["slug"]


def _register_line(entity: Entity, document: str) -> str:
    line = json.loads(document)
    del line["version"]
    return canonical_json({"kind": entity, **line})


def _export_meetings(connection: Connection, as_of: int) -> Iterator[str]:
    for ids in in_parts(_meetings_in_order(connection, as_of), _CHUNK):
        yield from meeting_lines(connection, ids, as_of)


def meeting_lines(connection: Connection, ids: Sequence[str], as_of: int | None = None) -> Iterator[str]:
    """The document lines of some meetings as JSON, with their pledges, in the order of `ids`."""
    documents = read_documents(connection, Entity.meeting, ids, as_of)
    pledge = columns(models.Pledge)
    pledge_ids: dict[str, list[str]] = {}
    query = select(pledge.c.meeting, pledge.c.id).where(pledge.c.meeting.in_(ids)).order_by(pledge.c.number)
    for meeting, id in connection.execute(query):
        pledge_ids.setdefault(meeting, []).append(id)
    for id in (id for id in ids if id in documents):
        line = json.loads(documents[id])
        del line["version"]
        retracted = line.pop("retracted")
        pledges = list(pledge_lines(connection, pledge_ids.get(id, []), as_of))
        yield canonical_json({"kind": "meeting", **line, "pledges": pledges, "retracted": retracted})


def _meetings_in_order(connection: Connection, as_of: int) -> list[str]:
    """The ids of all meetings, sorted by their day at `as_of`: a later change of a day changes no older export."""
    ids = connection.execute(select(columns(models.Meeting).c.id)).scalars().all()
    days: list[tuple[str, str]] = []
    for chunk in in_parts(ids, _CHUNK):
        documents = read_documents(connection, Entity.meeting, chunk, as_of)
        days += [(json.loads(document)["held_on"], id) for id, document in documents.items()]
    return [id for _, id in sorted(days)]


def pledge_lines(connection: Connection, ids: Sequence[str], as_of: int | None = None) -> Iterator[dict[str, Any]]:
    """The lines of some pledges as JSON objects, with their assessments, in the order of `ids`."""
    documents = read_documents(connection, Entity.pledge, ids, as_of)
    assessed = _assessment_lines(connection, list(documents), as_of)
    for id in ids:
        if id in documents:
            line = PLEDGES.line_of(json.loads(documents[id]))
            retracted = line.pop("retracted")
            yield {**line, "assessments": assessed.get(id, []), "retracted": retracted}


def _assessment_lines(connection: Connection, ids: Sequence[str], as_of: int | None) -> dict[str, list[dict[str, Any]]]:
    table, pledge = columns(models.Assessment), columns(models.Pledge)
    query = select(table.c.id).join(pledge, pledge.c.key == table.c.pledge).where(pledge.c.id.in_(ids))
    query = query.order_by(table.c.pledge, table.c.number)
    ids_in_order = list(connection.execute(query).scalars())
    documents = read_documents(connection, Entity.assessment, ids_in_order, as_of)
    found: dict[str, list[dict[str, Any]]] = {}
    for id in ids_in_order:
        if id in documents:
            document = json.loads(documents[id])
            found.setdefault(document["pledge"], []).append(ASSESSMENTS.line_of(document))
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of a seed file: a document line, or a list of document lines."""
    line = LINE.json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = line.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Pledgebook seed file",
        "description": "A document line, or a list of document lines. Generated by `pledgebook schema`.",
        "anyOf": [{"$ref": "#/$defs/Line"}, {"type": "array", "items": {"$ref": "#/$defs/Line"}}],
        "$defs": {"Line": line, **definitions},
    }
