"""Books as files: lines read from YAML or JSON Lines and put into the book, and the book written out again.

Export, load into an empty book and export again: the same bytes. A line is put whole or not at all, and each fault is
told with the file, the line and the field it stands at.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from app.errors import Fault
from app.exchange.check_texts import CitedWords, Texts, cited_words, given_sources, meeting_faults
from app.exchange.load import batches, merge_index, put_batch, weight
from app.records import assessments, pledges
from app.records.kinds import REGISTERS
from app.records.meetings import generated_id
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
_AT_ONCE = 200  # documents held in memory
_ORDER = [Entity.party, Entity.topic, Entity.instrument, Entity.participant, Entity.source, Entity.meeting]


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """A line of a book, or what kept it from being one, and where it was read."""

    file: Path
    item: ReadItem
    line: Line | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class FileFault:
    """A fault with the place in a file that it stands at."""

    file: Path
    line: int
    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        at = ".".join(str(step) for step in self.path)
        return f"{self.file}:{self.line}: {at + ' ' if at else ''}{self.message}"


def files_of(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and all YAML and JSON Lines files of the folders named."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(item for item in path.rglob("*") if item.suffix in (".yaml", ".yml", ".jsonl"))
        else:
            found.append(path)
    return found


def read_lines(paths: Iterable[Path]) -> Iterator[Placed]:
    """The lines of all files. YAML is put into a book's order first; JSON Lines stream as they stand, behind it."""
    files = files_of(paths)
    written = [placed for file in files if file.suffix != ".jsonl" for placed in _read_file(file)]
    yield from sorted(written, key=_book_order)
    for file in files:
        if file.suffix == ".jsonl":
            yield from _read_file(file)


def placed_export(connection: Connection) -> Iterator[Placed]:
    """The lines of the book itself, as if they had been read from a file."""
    for number, text in enumerate(export(connection), start=1):
        yield Placed(Path("book"), ReadItem(None, number), LINE.validate_json(text))


def _read_file(file: Path) -> Iterator[Placed]:
    try:
        for item in read_json_lines(file) if file.suffix == ".jsonl" else _read_yaml(file):
            try:
                yield Placed(file, item, LINE.validate_python(item.value))
            except ValidationError as error:
                yield Placed(file, item, None, tuple(faults_of(error, skip=_kind_step(item.value))))
    except BadText as error:
        yield Placed(file, ReadItem(None, error.line or 1), None, (Fault((), str(error)),))
    except OSError as error:
        yield Placed(file, ReadItem(None, 1), None, (Fault((), f"cannot be read: {error.strerror}"),))


def _read_yaml(file: Path) -> list[ReadItem]:
    from app.exchange.yaml_files import read_yaml  # late: a server reads no YAML, and it takes a while to load

    return read_yaml(file)


def _kind_step(value: Any) -> int:
    """Locations begin with the kind of line once that is known."""
    return 1 if isinstance(value, dict) and value.get("kind") in list(_ORDER) else 0


def _book_order(placed: Placed) -> tuple[int, bool, str, str]:
    value = placed.item.value if isinstance(placed.item.value, dict) else {}
    kind = value.get("kind")
    rank = _ORDER.index(kind) if kind in list(_ORDER) else -1
    return rank, value.get("parent") is not None, str(value.get("held_on", "")), str(value.get("id", ""))


# Loading --------------------------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What a load came to."""

    created: int = 0
    changed: int = 0
    left: int = 0
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
    """Put every line of the files into the book, each whole or not at all."""
    report = Report()
    checker = Checker(texts, _hashes_of_sources(database)) if texts else None
    taken: set[str] = set()
    for batch in batches(read_lines(paths), lambda placed: weight(placed.line)):
        faults = [
            placed.faults or [*_taken(placed.line, taken), *(checker.faults(placed) if checker else ())]
            for placed in batch
        ]
        sound = [placed.line for placed, found in zip(batch, faults, strict=True) if placed.line and not found]
        outcomes = iter(put_batch(database, sound, overwrite=overwrite))
        for placed, found in zip(batch, faults, strict=True):
            on_line()
            if found or placed.line is None:
                report.faults += file_faults(placed, found)
                continue
            outcome = next(outcomes)
            if isinstance(outcome, Outcome):
                report.count(outcome)
            else:
                report.faults += file_faults(placed, outcome.faults or [Fault((), outcome.detail)])
    merge_index(database, report.created)
    return report


def _taken(line: Line | None, taken: set[str]) -> Iterator[Fault]:
    """A fault of a meeting without an id that would be put over another one of this load, and take its place."""
    if isinstance(line, MeetingLine):
        id = line.id or generated_id(line)
        if line.id is None and id in taken:
            yield Fault(("id",), f"must be given: a meeting before this one is {id}, as it would be itself")
        taken.add(id)


def _hashes_of_sources(database: Database) -> list[tuple[str, str]]:
    source = columns(models.Source)
    with database.reading() as connection:
        return [(id, sha256) for id, sha256 in connection.execute(select(source.c.id, source.c.sha256))]


def file_faults(placed: Placed, faults: Iterable[Fault]) -> list[FileFault]:
    return [FileFault(placed.file, placed.item.line_at(fault.path), fault.path, fault.message) for fault in faults]


class Checker:
    """Holds lines against the texts, as they come: sources first, then the meetings that cite them.

    `known` are ids and hashes of sources that need no line, since the book has them.
    """

    def __init__(self, texts: Texts, known: Iterable[tuple[str, str]] = ()) -> None:
        self.texts = texts
        self.by_source = {id: texts.by_hash[sha] for id, sha in known if sha in texts.by_hash}

    def faults(self, placed: Placed) -> list[Fault]:
        line = placed.line
        if isinstance(line, SourceLine):
            return list(self._source_faults(line))
        if not isinstance(line, MeetingLine):
            return []
        found = [fault.under(*path) for path, source in given_sources(line) for fault in self._source_faults(source)]
        return [*found, *meeting_faults(line, self.by_source)]

    def _source_faults(self, source: SourceCreate) -> Iterator[Fault]:
        if text := self.texts.text_of(source):
            self.by_source[source.id] = text
        return self.texts.source_faults(source)

    def words(self, line: MeetingLine) -> Iterator[CitedWords]:
        return cited_words(line, self.by_source)


# Exporting ------------------------------------------------------------------------------------------------------------


def export(connection: Connection, as_of: int | None = None) -> Iterator[str]:
    """The lines of the book as JSON, without line ends: as it stands, or as it stood at the seq `as_of`."""
    if as_of is None:
        as_of = read_head(connection).seq
    for entity, register in REGISTERS.items():
        key = columns(register.kind.table).c[register.kind.key]
        ids = connection.execute(select(key).order_by(key)).scalars().all()
        if entity is Entity.topic:
            documents = read_documents(connection, entity, ids, as_of).values()
            yield from (_register_line(entity, document) for document in sorted(documents, key=_parents_first))
            continue
        for chunk in in_parts(ids, _AT_ONCE):
            found = read_documents(connection, entity, chunk, as_of)
            yield from (_register_line(entity, found[id]) for id in chunk if id in found)
    yield from _export_meetings(connection, as_of)


def _parents_first(document: str) -> tuple[bool, str]:
    topic = json.loads(document)
    return topic["parent"] is not None, topic["slug"]


def _register_line(entity: Entity, document: str) -> str:
    own = json.loads(document)
    del own["version"]
    return canonical_json({"kind": entity, **own})


def _export_meetings(connection: Connection, as_of: int) -> Iterator[str]:
    for ids in in_parts(_meetings_in_order(connection, as_of), _AT_ONCE):
        yield from meeting_lines(connection, ids, as_of)


def meeting_lines(connection: Connection, ids: Sequence[str], as_of: int | None = None) -> Iterator[str]:
    """Some meetings as lines of the book, with their pledges, in the order of `ids`."""
    documents = read_documents(connection, Entity.meeting, ids, as_of)
    pledge = columns(models.Pledge)
    owned: dict[str, list[str]] = {}
    query = select(pledge.c.meeting, pledge.c.id).where(pledge.c.meeting.in_(ids)).order_by(pledge.c.number)
    for meeting, id in connection.execute(query):
        owned.setdefault(meeting, []).append(id)
    for id in (id for id in ids if id in documents):
        own = json.loads(documents[id])
        del own["version"]
        retracted = own.pop("retracted")
        lines = list(pledge_lines(connection, owned.get(id, []), as_of))
        yield canonical_json({"kind": "meeting", **own, "pledges": lines, "retracted": retracted})


def _meetings_in_order(connection: Connection, as_of: int) -> list[str]:
    """Meetings by the day they had then; a later correction of a day must not move them in an older book."""
    ids = connection.execute(select(columns(models.Meeting).c.id)).scalars().all()
    days: list[tuple[str, str]] = []
    for chunk in in_parts(ids, _AT_ONCE):
        documents = read_documents(connection, Entity.meeting, chunk, as_of)
        days += [(json.loads(document)["held_on"], id) for id, document in documents.items()]
    return [id for _, id in sorted(days)]


def pledge_lines(connection: Connection, ids: Sequence[str], as_of: int | None = None) -> Iterator[dict[str, Any]]:
    """The lines of some pledges of one meeting, with their assessments, in the order of their numbers."""
    documents = read_documents(connection, Entity.pledge, ids, as_of)
    judged = _assessment_lines(connection, list(documents), as_of)
    for id in ids:
        if id in documents:
            line = pledges.PLEDGES.line_of(json.loads(documents[id]))
            retracted = line.pop("retracted")
            yield {**line, "assessments": judged.get(id, []), "retracted": retracted}


def _assessment_lines(connection: Connection, ids: Sequence[str], as_of: int | None) -> dict[str, list[dict[str, Any]]]:
    table, pledge = columns(models.Assessment), columns(models.Pledge)
    query = select(table.c.id).join(pledge, pledge.c.key == table.c.pledge).where(pledge.c.id.in_(ids))
    query = query.order_by(table.c.pledge, table.c.number)
    wanted = list(connection.execute(query).scalars())
    documents = read_documents(connection, Entity.assessment, wanted, as_of)
    found: dict[str, list[dict[str, Any]]] = {}
    for id in wanted:
        if id in documents:
            document = json.loads(documents[id])
            found.setdefault(document["pledge"], []).append(assessments.ASSESSMENTS.line_of(document))
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of a seed file: one line of a book, or a list of them."""
    line = LINE.json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = line.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Pledgebook seed file",
        "description": "One line of a book, or a list of lines. Made by `pledgebook schema`.",
        "anyOf": [{"$ref": "#/$defs/Line"}, {"type": "array", "items": {"$ref": "#/$defs/Line"}}],
        "$defs": {"Line": line, **definitions},
    }
