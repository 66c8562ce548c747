"""Records that a meeting gives whole where an id could stand: they are written, and from then on named by their ids."""

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
Given = Iterator[tuple[Path, Register[Any], Schema]]
# The lists whose items name a record, each with the field of the item that does (none: the item itself).
Places = Sequence[tuple[str, str | None, Register[Any]]]

_OF_MEETING: Places = (("sources", None, SOURCES), ("participants", "participant", PARTICIPANTS))
_OF_PLEDGE: Places = (
    ("speakers", None, PARTICIPANTS), ("instruments", None, INSTRUMENTS), ("citations", "source", SOURCES),
)  # fmt: skip


def _given_whole(meeting: MeetingCreate) -> Given:
    """Every whole record that stands where an id could, with its path."""
    yield from _given_in(meeting, _OF_MEETING)
    for number, pledge in enumerate(meeting.pledges):
        for path, register, whole in _given_in(pledge, _OF_PLEDGE):
            yield ("pledges", number, *path), register, whole


def _given_in(line: Schema, places: Places) -> Given:
    """Those in the lists of one line."""
    for name, field, register in places:
        for index, item in enumerate(getattr(line, name)):
            named = item if field is None else getattr(item, field)
            if not isinstance(named, str):
                yield ((name, index) if field is None else (name, index, field)), register, named


def settle_references(writer: Writer, meeting: MeetingCreate, *, overwrite: bool = False) -> MeetingCreate:
    """Write the records given whole, and give the meeting with ids in their places.

    One that the book already has must be the same; with `overwrite` (as `load` asks) it is changed, but for sources:
    pledges of other meetings depend on those, so they are changed by their own line.
    """
    given = list(_given_whole(meeting))
    if not given:
        return meeting
    faults: list[Fault] = []
    for path, register, line in given:
        id = register.id_of(line)
        standing = read_revision(writer.connection, register.kind.entity, id)
        if standing is None:
            faults += [fault.under(*path) for fault in register.faults(writer.connection, line)]
            if not faults:
                create_records(writer, [register.record(line)])
        elif overwrite and register is not SOURCES:
            register.change(writer, line, standing.document)
        elif register.record(line).text(standing.version) != standing.document:
            faults.append(Fault(path, "differs from the record that has this id; name the id alone, or take another"))
    refuse(faults)
    return by_ids(meeting)


def by_ids(meeting: MeetingCreate) -> MeetingCreate:
    """The meeting with ids in the places of the records that it gives whole."""
    alone = meeting.model_copy(update={"pledges": []})  # most give nothing whole, and need not be validated again
    settled = _settled(alone, MeetingCreate, _OF_MEETING, ())
    pledges = [
        _settled(pledge, PledgeCreate, _OF_PLEDGE, ("pledges", number)) for number, pledge in enumerate(meeting.pledges)
    ]
    return settled.model_copy(update={"pledges": pledges})


def refuse(faults: Sequence[Fault]) -> None:
    """Invalid, if there are any."""
    if faults:
        raise Invalid("The meeting refers to what does not fit or is not there.", faults)


def _settled(line: S, shape: type[S], places: Places, at: Path) -> S:
    """One line, at a place of what was sent, with ids in the places of what it gives whole."""
    ids = {path: register.id_of(whole) for path, register, whole in _given_in(line, places)}
    if not ids:
        return line
    fields = line.model_dump(by_alias=True, exclude={"kind"})
    for path, id in ids.items():
        _put(fields, path, id)
    try:
        return shape.model_validate(fields)
    except ValidationError as error:  # the same thing was named twice: once by its id, once whole
        raise Invalid("The meeting would not be valid.", [fault.under(*at) for fault in faults_of(error)]) from None


def _put(tree: Any, path: Path, value: str) -> None:
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value
