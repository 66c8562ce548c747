"""Inline records: a meeting can contain a new record in place of an id.

Write these records, and put their ids there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from app.errors import Fault, Invalid, Path
from app.records.instruments import INSTRUMENTS
from app.records.participants import PARTICIPANTS
from app.records.record import create_records
from app.records.register import Register
from app.records.sources import SOURCES
from app.schemas.faults import faults_of
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import PledgeCreate
from app.store.ledger import Writer, read_revision

S = TypeVar("S", bound=Schema)
InlineRecords = Iterator[tuple[Path, Register[Any], Schema]]
# Lists whose items refer to a record: the list, the field of an item that does (None: the item itself), the register.
ReferenceLists = Sequence[tuple[str, str | None, Register[Any]]]

_OF_MEETING: ReferenceLists = (("sources", None, SOURCES), ("participants", "participant", PARTICIPANTS))
_OF_PLEDGE: ReferenceLists = (
    ("speakers", None, PARTICIPANTS), ("instruments", None, INSTRUMENTS), ("citations", "source", SOURCES),
)  # fmt: skip


def _inline_records(meeting: MeetingCreate) -> InlineRecords:
    """Yield every inline record of a meeting and its pledges, with its path."""
    yield from _inline_records_in(meeting, _OF_MEETING)
    for index, pledge in enumerate(meeting.pledges):
        for path, register, line in _inline_records_in(pledge, _OF_PLEDGE):
            yield ("pledges", index, *path), register, line


def _inline_records_in(line: Schema, lists: ReferenceLists) -> InlineRecords:
    for name, field, register in lists:
        for index, item in enumerate(getattr(line, name)):
            reference = item if field is None else getattr(item, field)
            if not isinstance(reference, str):
                yield ((name, index) if field is None else (name, index, field)), register, reference


def write_inline_records(writer: Writer, meeting: MeetingCreate, *, overwrite: bool = False) -> MeetingCreate:
    """Write the inline records of a meeting, and return the meeting with their ids in their places.

    Raises `Invalid` if a record differs from the one that the book has. With `overwrite` (used by `load`), it is
    changed instead. Sources are never changed this way, because pledges of other meetings depend on them.
    """
    inline = list(_inline_records(meeting))
    if not inline:
        return meeting
    faults: list[Fault] = []
    for path, register, line in inline:
        id = register.id_of(line)
        current = read_revision(writer.connection, register.kind.entity, id)
        if current is None:
            faults += [fault.under(*path) for fault in register.faults(writer.connection, line)]
            if not faults:
                create_records(writer, [register.record(line)])
        elif overwrite and register is not SOURCES:
            register.change(writer, line, current.document)
        elif register.record(line).text(current.version) != current.document:
            faults.append(Fault(path, "differs from the book's record with this id; send only the id, or use another"))
    raise_invalid_meeting(faults)
    return with_ids(meeting)


def with_ids(meeting: MeetingCreate) -> MeetingCreate:
    """Return the meeting with an id in the place of each inline record."""
    alone = meeting.model_copy(update={"pledges": []})  # so that its pledges are not validated again
    replaced = _line_with_ids(alone, MeetingCreate, _OF_MEETING, ())
    pledges = [
        _line_with_ids(pledge, PledgeCreate, _OF_PLEDGE, ("pledges", index))
        for index, pledge in enumerate(meeting.pledges)
    ]
    return replaced.model_copy(update={"pledges": pledges})


def raise_invalid_meeting(faults: Sequence[Fault]) -> None:
    """Raise `Invalid` if there are faults."""
    if faults:
        raise Invalid("The meeting is not valid.", faults)


def _line_with_ids(line: S, shape: type[S], lists: ReferenceLists, at: Path) -> S:
    """Return one line, whose path in the request is `at`, with an id in the place of each inline record."""
    ids = {path: register.id_of(inline) for path, register, inline in _inline_records_in(line, lists)}
    if not ids:
        return line
    fields = line.model_dump(by_alias=True, exclude={"kind"})
    for path, id in ids.items():
        _set_at(fields, path, id)
    try:
        return shape.model_validate(fields)
    except ValidationError as error:  # a record that is in a list twice, once by its id and once inline
        raise Invalid("The meeting is not valid.", [fault.under(*at) for fault in faults_of(error)]) from None


def _set_at(tree: Any, path: Path, value: str) -> None:
    """Change `tree`, JSON of any depth: set the value at a path."""
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value
