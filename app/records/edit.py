"""Changing what stands: merge patches, retraction and restoring, for every kind of record, on the version as read.

Nothing is erased. A retracted record stays with its reason; what a standing record refers to cannot be retracted.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, select

from app.errors import Conflict, Fault, Invalid, NotFound, Path, PreconditionNeeded, Stale
from app.records import assessments, duplicates, meetings, pledges
from app.records.references import refuse_retraction
from app.records.upsert import REGISTERS, change_registered
from app.schemas.faults import faults_of
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import Citation, PledgeCreate, Repeat, source_id
from app.schemas.vocabulary import Entity, SourceType, Zone
from app.search.names import did_you_mean
from app.store import models
from app.store.ledger import Writer, read_revision
from app.store.models import columns

_IDENTITY = {"code", "slug", "id", "number", "kind", "meeting"}
_APART = {
    "pledges": "are records of their own: PATCH each, or POST new ones to the meeting's `/pledges`",
    "assessments": "are records of their own: POST them to the pledge's `/assessments`",
}


def read_standing(writer: Writer, entity: Entity, id: str) -> Row[Any]:
    """The revision that stands for a record; NotFound names the nearest ids."""
    revision = read_revision(writer.connection, entity, id)
    if revision is None:
        raise NotFound(f"No {entity} has this id{did_you_mean(writer.connection, entity, id)}.")
    return revision


def read_for_edit(writer: Writer, entity: Entity, id: str, if_match: str | None) -> Row[Any]:
    """The revision that stands for a record, if it is the one that the editor has read."""
    revision = read_standing(writer, entity, id)
    if if_match is None:
        raise PreconditionNeeded("Send `If-Match` with the ETag of the record as you read it.")
    tags = {tag.strip() for tag in if_match.split(",")}
    if "*" not in tags and f'"{revision.hash}"' not in tags:
        raise Stale(
            f"It stands at version {revision.version} now; read it again.", headers={"ETag": f'"{revision.hash}"'}
        )
    return revision


# Change and restore ---------------------------------------------------------------------------------------------------


def change(writer: Writer, entity: Entity, id: str, patch: dict[str, Any], if_match: str | None) -> None:
    """Apply a JSON Merge Patch to a record's line; `"retracted": null` restores it."""
    standing = read_for_edit(writer, entity, id, if_match)
    document = json.loads(standing.document)
    line = pledges.line_of(document) if entity is Entity.pledge else _without_version(document)
    _refuse_fixed(line, patch)
    merged = merge(line, patch)
    if entity in REGISTERS:
        register = REGISTERS[entity]
        change_registered(writer, register, _validated(register.shape, merged), standing.document)
    elif entity is Entity.meeting:
        meetings.change_meeting(writer, id, _validated(MeetingCreate, merged), standing.document)
    else:
        _refuse_lone_restore(writer, document, merged)
        with _from_body(()):
            write_pledges(writer, document["meeting"], [_validated(PledgeCreate, merged)])


def merge(target: Any, patch: Any) -> Any:
    """RFC 7396: null removes a member (which then has its default), objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _without_version(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "version"}


def _refuse_fixed(line: dict[str, Any], patch: dict[str, Any]) -> None:
    faults = [Fault((name,), "never changes") for name in patch if name in _IDENTITY and patch[name] != line.get(name)]
    faults += [Fault((name,), way_on) for name, way_on in _APART.items() if name in patch]
    if patch.get("retracted") is not None and patch["retracted"] != line["retracted"]:
        faults.append(Fault(("retracted",), "must be null, which restores; DELETE with ?reason= retracts"))
    if faults:
        raise Invalid("The patch changes what cannot be changed this way.", faults)


def _validated(shape: Any, line: dict[str, Any]) -> Any:
    try:
        return shape.model_validate(line)
    except ValidationError as error:
        raise Invalid("The record would not be valid.", faults_of(error)) from None


def _refuse_lone_restore(writer: Writer, document: dict[str, Any], merged: dict[str, Any]) -> None:
    """A pledge can stand only in a meeting that stands."""
    if document["retracted"] is not None and merged.get("retracted") is None:
        meeting = json.loads(read_standing(writer, Entity.meeting, document["meeting"]).document)
        if meeting["retracted"] is not None:
            raise Conflict("Its meeting is retracted; restore that first.", candidates=[meeting["id"]])


# Pledges of a meeting that stands -------------------------------------------------------------------------------------


def write_pledges(writer: Writer, meeting_id: str, lines: list[PledgeCreate]) -> None:
    """Write pledges into their meeting: over the one that has the number, else as new. Sources newly cited join it."""
    standing = read_standing(writer, Entity.meeting, meeting_id)
    meeting = _validated(MeetingCreate, _without_version(json.loads(standing.document)))
    cited = [citation.source for line in lines for citation in line.citations]
    given = {source_id(source): source for source in reversed(cited)}
    new = [id for id in dict.fromkeys(map(source_id, cited)) if id not in meeting.sources]
    sources = [*meeting.sources, *(given[id] for id in new)]
    # Validated as what was sent: numbers must differ, and no list outgrow its limit.
    changed = meeting.model_copy(update={"pledges": lines, "sources": sources}).model_dump(by_alias=True)
    meetings.change_meeting(writer, meeting_id, _validated(MeetingCreate, changed), standing.document)


def add_pledges(
    writer: Writer, meeting_id: str, sent: list[PledgeCreate | Repeat], *, allow_similar: bool = False
) -> list[str]:
    """Add pledges to a meeting that stands, and a second report's citations to those that it repeats; gives the ids."""
    standing = read_standing(writer, Entity.meeting, meeting_id)
    if json.loads(standing.document)["retracted"] is not None:
        raise Conflict("The meeting is retracted; restore it first.", candidates=[meeting_id])
    before = meetings.standing_lines(writer.connection, meeting_id)
    _refuse_taken(meeting_id, sent, before)
    if not allow_similar:
        _refuse_similar(meeting_id, sent, before)
    fresh = [item for item in sent if isinstance(item, PledgeCreate)]
    numbered = iter(meetings.numbered(fresh, max(before, default=0) + 1))
    lines: list[PledgeCreate] = []
    places: list[int] = []  # of each line, in what was sent
    for index, item in enumerate(sent):
        if isinstance(item, PledgeCreate):
            lines.append(next(numbered))
            places.append(index)
            continue
        line = before[item.repeats] = _repeated(writer, item, before, index)
        if earlier := [place for place, other in enumerate(lines) if other.number == item.repeats]:
            lines[earlier[0]] = line
        else:
            lines.append(line)
            places.append(index)
    with _from_body(*((place,) for place in places)):
        write_pledges(writer, meeting_id, lines)
    ids = [pledges.pledge_id(meeting_id, line.number or 0) for line in lines]
    for id, line, place in zip(ids, lines, places, strict=True):
        with _from_body(root=(place,)):
            assessments.create_assessments(writer, id, line.assessments)
    return ids


def _refuse_taken(meeting_id: str, sent: list[PledgeCreate | Repeat], before: Mapping[int, PledgeCreate]) -> None:
    taken = {
        index: item.number
        for index, item in enumerate(sent)
        if isinstance(item, PledgeCreate) and item.number in before
    }
    if taken:
        faults = [Fault((index, "number"), "must be free; leave it out to have one given") for index in taken]
        ids = [pledges.pledge_id(meeting_id, number or 0) for number in taken.values()]
        raise Conflict("A number is never used again.", faults, candidates=ids)


def _refuse_similar(meeting_id: str, sent: list[PledgeCreate | Repeat], before: Mapping[int, PledgeCreate]) -> None:
    stand = [(pledges.pledge_id(meeting_id, number), line) for number, line in before.items()]
    fresh = ((index, item) for index, item in enumerate(sent) if isinstance(item, PledgeCreate))
    found = list(duplicates.similar_pledges(fresh, stand))
    if found:
        faults = [Fault((double.new,), f"resembles {double.like}: {double.why}") for double in found[:20]]
        way_on = 'Send {"repeats": NUMBER, "citations": […]} to cite the new source in the pledge that stands, '
        detail = f"The meeting has such pledges. {way_on}or ?allow_similar=true if they are others."
        candidates = [double.like for double in found if double.like in dict(stand)]
        raise Conflict(detail, faults, candidates=list(dict.fromkeys(candidates)))


def _repeated(writer: Writer, item: Repeat, before: Mapping[int, PledgeCreate], index: int) -> PledgeCreate:
    line = before.get(item.repeats)
    if line is None or line.retracted is not None:
        raise Invalid(
            "There is no such pledge.", [Fault((index, "repeats"), "must be the number of a standing pledge")]
        )
    known = {_span(citation) for citation in line.citations}
    new = [citation for citation in item.citations if _span(citation) not in known]
    return line.model_copy(update={"citations": sorted([*line.citations, *new], key=_rank(writer, new))})


def _span(citation: Citation) -> tuple[str, Zone, int, int]:
    return source_id(citation.source), citation.zone, citation.start, citation.end


def _rank(writer: Writer, new: Sequence[Citation]) -> Callable[[Citation], tuple[bool, int]]:
    """The order of citations: primary texts first, then body, quote, lede, headline; ties as they stood."""
    source = columns(models.Source)
    primary = set(
        writer.connection.execute(select(source.c.id).where(source.c.type == SourceType.primary_text)).scalars()
    )
    given = [citation.source for citation in new if not isinstance(citation.source, str)]
    primary |= {source.id for source in given if source.type is SourceType.primary_text}
    return lambda citation: (source_id(citation.source) not in primary, list(Zone).index(citation.zone))


@contextmanager
def _from_body(*places: Path, root: Path = ()) -> Iterator[None]:
    """Faults found in the whole meeting, told from the root of what was sent.

    `places` are the paths there of the pledges that were written; `root` stands before all other faults' paths.
    """
    try:
        yield
    except Invalid as error:
        raise Invalid(error.detail, [_told_from_body(fault, places, root) for fault in error.faults]) from None


def _told_from_body(fault: Fault, places: Sequence[Path], root: Path) -> Fault:
    match fault.path:
        case ("pledges", int(index), *rest) if index < len(places):
            return Fault((*places[index], *rest), fault.message)
    return fault.under(*root)


# Retraction -----------------------------------------------------------------------------------------------------------


def retract(writer: Writer, entity: Entity, id: str, reason: str, if_match: str | None) -> None:
    """Withdraw a record coded in error. A meeting takes its pledges along; what others stand on is refused."""
    standing = read_for_edit(writer, entity, id, if_match)
    document = json.loads(standing.document)
    if document["retracted"] is not None:
        raise Conflict("It is retracted already.", candidates=[id])
    refuse_retraction(writer.connection, entity, id)
    document["retracted"] = reason
    if entity in REGISTERS:
        line = _validated(REGISTERS[entity].shape, _without_version(document))
        change_registered(writer, REGISTERS[entity], line, standing.document)
    elif entity is Entity.meeting:
        before = meetings.standing_lines(writer.connection, id).values()
        lines = [line.model_copy(update={"retracted": reason}) for line in before if line.retracted is None]
        meeting = _validated(MeetingCreate, _without_version(document)).model_copy(update={"pledges": lines})
        meetings.change_meeting(writer, id, meeting, standing.document)
    else:
        write_pledges(writer, document["meeting"], [_validated(PledgeCreate, pledges.line_of(document))])
