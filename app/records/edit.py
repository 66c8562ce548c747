"""Edit: change, retract and restore records of any kind, if the client has read the current revision.

Nothing is erased. A retracted record stays readable with its reason. A record that others refer to cannot be retracted.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Row, select

from app.errors import Conflict, Fault, Invalid, Path
from app.records.assessments import create_assessments
from app.records.duplicates import duplicate_faults, similar_pledges
from app.records.kinds import MAPPINGS, REGISTERS
from app.records.meetings import MEETINGS, change_meeting, numbered, read_pledge_lines
from app.records.pledges import pledge_id
from app.records.references import refuse_retraction
from app.records.upsert import change_register_record
from app.schemas.faults import faults_of
from app.schemas.fields import Schema
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import Citation, PledgeCreate, Repeat, source_id
from app.schemas.vocabulary import Entity, SourceType, Zone
from app.search.names import no_such_record
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns

S = TypeVar("S", bound=Schema)

_IDENTITY = {"code", "slug", "id", "number", "kind", "meeting"}
_SEPARATE = {
    "pledges": "are separate records: PATCH each of them, or POST new ones to the meeting's `/pledges`",
    "assessments": "are separate records: POST them to the pledge's `/assessments`",
}


def read_current(writer: Writer, entity: Entity, id: str) -> Row[Any]:
    """Return the current revision of a record. Raises `NotFound` if the book does not have it."""
    revision = read_revision(writer.connection, entity, id)
    if revision is None:
        raise no_such_record(writer.connection, entity, id)
    return revision


# Change and restore ---------------------------------------------------------------------------------------------------


def change(writer: Writer, entity: Entity, current: Row[Any], patch: dict[str, Any]) -> None:
    """Apply a JSON Merge Patch to the line of a record, given its current revision; `"retracted": null` restores it.

    Raises `Invalid` if the patched line is not valid, and `Conflict`.
    """
    document = json.loads(current.document)
    line = MAPPINGS[entity].line_of(document)
    _refuse_unchangeable(line, patch)
    merged = merge_patch(line, patch)
    if entity in REGISTERS:
        register = REGISTERS[entity]
        change_register_record(writer, register, _validate(register.shape, merged), current.document)
    elif entity is Entity.meeting:
        change_meeting(writer, current.id, _validate(MeetingCreate, merged), current.document)
    else:
        _refuse_restore_in_retracted_meeting(writer, document, merged)
        with _paths_in_request([()]):
            write_pledges(writer, document["meeting"], [_validate(PledgeCreate, merged)])


def merge_patch(target: Any, patch: Any) -> Any:
    """Return `target` with a JSON Merge Patch (RFC 7396) applied.

    Null removes a member, which then has its default. Objects are merged. All other values replace.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _refuse_unchangeable(line: dict[str, Any], patch: dict[str, Any]) -> None:
    changed = (name for name in patch if name in _IDENTITY and patch[name] != line.get(name))
    faults = [Fault((name,), "cannot be changed") for name in changed]
    faults += [Fault((name,), message) for name, message in _SEPARATE.items() if name in patch]
    if patch.get("retracted") is not None and patch["retracted"] != line["retracted"]:
        message = "must be null, which restores the record; to retract it, send DELETE with ?reason="
        faults.append(Fault(("retracted",), message))
    if faults:
        raise Invalid("The patch contains fields that a patch cannot change.", faults)


def _validate(shape: type[S], line: Mapping[str, Any]) -> S:
    try:
        return shape.model_validate(line)
    except ValidationError as error:
        raise Invalid("The record is not valid.", faults_of(error)) from None


def _refuse_restore_in_retracted_meeting(writer: Writer, document: dict[str, Any], merged: dict[str, Any]) -> None:
    if document["retracted"] is not None and merged.get("retracted") is None:
        meeting = json.loads(read_current(writer, Entity.meeting, document["meeting"]).document)
        if meeting["retracted"] is not None:
            raise Conflict("The pledge's meeting is retracted. Restore the meeting first.", candidates=[meeting["id"]])


# Pledges of a meeting -------------------------------------------------------------------------------------------------


def write_pledges(writer: Writer, meeting_id: str, lines: list[PledgeCreate]) -> None:
    """Write pledges: each replaces the meeting's pledge with its number, or is new.

    Newly cited sources are added to the meeting.

    Faults have the path of the pledge in its meeting's line, not in the request; `_paths_in_request` changes it.
    """
    current = read_current(writer, Entity.meeting, meeting_id)
    meeting = _validate(MeetingCreate, MEETINGS.line_of(json.loads(current.document)))
    cited = [citation.source for line in lines for citation in line.citations]
    sent = {source_id(source): source for source in reversed(cited)}
    new = [id for id in dict.fromkeys(map(source_id, cited)) if id not in meeting.sources]
    sources = [*meeting.sources, *(sent[id] for id in new)]
    # Validated again, because `model_copy` does not check that numbers differ and lists are within their limits.
    changed = meeting.model_copy(update={"pledges": lines, "sources": sources}).model_dump(by_alias=True)
    change_meeting(writer, meeting_id, _validate(MeetingCreate, changed), current.document)


def add_pledges(
    writer: Writer, meeting_id: str, sent: list[PledgeCreate | Repeat], *, allow_similar: bool = False
) -> list[str]:
    """Add pledges to a meeting, and the citations of each `Repeat` to the pledge that it names. Return their ids.

    Raises `NotFound`, `Invalid`, and `Conflict` if the meeting is retracted, if a number is in use, or if a pledge
    resembles another and `allow_similar` is false.
    """
    current = read_current(writer, Entity.meeting, meeting_id)
    if json.loads(current.document)["retracted"] is not None:
        raise Conflict("The meeting is retracted. Restore it first.", candidates=[meeting_id])
    existing = read_pledge_lines(writer.connection, meeting_id)
    new = {index: item for index, item in enumerate(sent) if isinstance(item, PledgeCreate)}
    _refuse_used_numbers(meeting_id, new, existing)
    if not allow_similar:
        _refuse_similar(meeting_id, new, existing)
    with_numbers = iter(numbered(list(new.values()), max(existing, default=0) + 1))
    lines: list[PledgeCreate] = []
    indexes: list[int] = []  # of each line, in `sent`
    for index, item in enumerate(sent):
        if isinstance(item, PledgeCreate):
            line = next(with_numbers)
        else:
            line = existing[item.repeats] = _with_citations(writer, item, existing, index)
            if earlier := [at for at, other in enumerate(lines) if other.number == item.repeats]:
                lines[earlier[0]] = line
                continue
        lines.append(line)
        indexes.append(index)
    with _paths_in_request([(index,) for index in indexes]):
        write_pledges(writer, meeting_id, lines)
    ids = [pledge_id(meeting_id, line.number or 0) for line in lines]
    for id, line, index in zip(ids, lines, indexes, strict=True):
        create_assessments(writer, id, line.assessments, at=(index,))
    return ids


def _refuse_used_numbers(
    meeting_id: str, new: Mapping[int, PledgeCreate], existing: Mapping[int, PledgeCreate]
) -> None:
    used = {index: line.number for index, line in new.items() if line.number in existing}
    if used:
        faults = [Fault((index, "number"), "must be an unused number; leave it out to generate one") for index in used]
        ids = [pledge_id(meeting_id, number or 0) for number in used.values()]
        raise Conflict("The meeting already has pledges with these numbers.", faults, candidates=ids)


def _refuse_similar(meeting_id: str, new: Mapping[int, PledgeCreate], existing: Mapping[int, PledgeCreate]) -> None:
    others = [(pledge_id(meeting_id, number), line) for number, line in existing.items()]
    found = list(similar_pledges(new.items(), others))
    if found:
        detail = (
            'The meeting has similar pledges. Send {"repeats": NUMBER, "citations": […]} to add citations to the '
            "existing pledge, or ?allow_similar=true if it is another pledge."
        )
        candidates = [duplicate.resembles for duplicate in found if duplicate.resembles in dict(others)]
        raise Conflict(detail, duplicate_faults(found), candidates=list(dict.fromkeys(candidates)))


def _with_citations(writer: Writer, item: Repeat, existing: Mapping[int, PledgeCreate], index: int) -> PledgeCreate:
    """Return the line of the repeated pledge with the new citations. Raises `Invalid` if there is no such pledge."""
    line = existing.get(item.repeats)
    if line is None or line.retracted is not None:
        fault = Fault((index, "repeats"), "must be the number of a pledge that is not retracted")
        raise Invalid("The meeting has no such pledge.", [fault])
    known = {_span(citation) for citation in line.citations}
    new = [citation for citation in item.citations if _span(citation) not in known]
    return line.model_copy(update={"citations": sorted([*line.citations, *new], key=_citation_order(writer, new))})


def _span(citation: Citation) -> tuple[str, Zone, int, int]:
    return source_id(citation.source), citation.zone, citation.start, citation.end


def _citation_order(writer: Writer, new: Sequence[Citation]) -> Callable[[Citation], tuple[bool, int]]:
    """Return the sort key of citations: primary texts first, then by zone: body, quote, lede, headline."""
    source = columns(models.Source)
    query = select(source.c.id).where(source.c.type == SourceType.primary_text)
    primary = set(writer.connection.execute(query).scalars())
    inline = [citation.source for citation in new if not isinstance(citation.source, str)]
    primary |= {source.id for source in inline if source.type is SourceType.primary_text}
    return lambda citation: (source_id(citation.source) not in primary, list(Zone).index(citation.zone))


@contextmanager
def _paths_in_request(pledges: Sequence[Path]) -> Iterator[None]:
    """Give faults that are raised inside their path in the request instead of that in the meeting's line.

    `pledges` has the path in the request of each written pledge, in order.
    """
    try:
        yield
    except Invalid as error:
        raise Invalid(error.detail, [_fault_in_request(fault, pledges) for fault in error.faults]) from None


def _fault_in_request(fault: Fault, pledges: Sequence[Path]) -> Fault:
    match fault.path:
        case ("pledges", int(index), *rest) if index < len(pledges):
            return Fault((*pledges[index], *rest), fault.message)
    return fault


# Retraction -----------------------------------------------------------------------------------------------------------


def retract(writer: Writer, entity: Entity, current: Row[Any], reason: str) -> None:
    """Retract a record with a reason, given its current revision. The pledges of a meeting are retracted with it.

    Raises `Conflict` if the record is retracted or others refer to it.
    """
    id, document = current.id, json.loads(current.document)
    if document["retracted"] is not None:
        raise Conflict("The record is already retracted.", candidates=[id])
    refuse_retraction(writer.connection, entity, id)
    line = {**MAPPINGS[entity].line_of(document), "retracted": reason}
    if entity in REGISTERS:
        register = REGISTERS[entity]
        change_register_record(writer, register, _validate(register.shape, line), current.document)
    elif entity is Entity.meeting:
        existing = read_pledge_lines(writer.connection, id).values()
        lines = [pledge.model_copy(update={"retracted": reason}) for pledge in existing if pledge.retracted is None]
        meeting = _validate(MeetingCreate, line).model_copy(update={"pledges": lines})
        change_meeting(writer, id, meeting, current.document)
    else:
        write_pledges(writer, document["meeting"], [_validate(PledgeCreate, line)])
