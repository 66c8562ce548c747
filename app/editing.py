"""Changing what stands: merge patches, retraction and restoring, for every kind of record, on the version as read.

Nothing is erased. A retracted record stays with its reason; what a standing record refers to cannot be retracted.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from app import doubles, meetings, models, pledges
from app.book import REGISTERS, change_registered
from app.errors import Conflict, Fault, Invalid, NotFound, PreconditionNeeded, Stale
from app.ledger import Writer, read_revision
from app.models import Revision, columns
from app.naming import did_you_mean
from app.shapes.meetings import MeetingCreate
from app.shapes.pledges import Citation, PledgeCreate, Repeat
from app.validation import faults_of
from app.vocabulary import Entity, SourceType, Zone

_IDENTITY = {"code", "slug", "id", "number", "kind", "meeting"}


def read_standing(writer: Writer, entity: Entity, id: str) -> Revision:
    """The revision that stands for a record; NotFound names the nearest ids."""
    revision = read_revision(writer.session, entity, id)
    if revision is None:
        raise NotFound(f"No {entity} has this id{did_you_mean(writer.session, entity, id)}.")
    return revision


def read_for_edit(writer: Writer, entity: Entity, id: str, if_match: str | None) -> Revision:
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
        with _from_body("pledges", 0):
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
    new = [source for source in dict.fromkeys(_source_id(source) for source in cited) if source not in meeting.sources]
    given = {_source_id(source): source for source in reversed(cited)}
    sources = [*meeting.sources, *(given[id] for id in new)]
    changed = meeting.model_copy(update={"pledges": lines, "sources": sources})
    meetings.change_meeting(writer, meeting_id, changed, standing.document)


def _source_id(source: Any) -> str:
    return source if isinstance(source, str) else str(source.id)


def add_pledges(
    writer: Writer, meeting_id: str, sent: list[PledgeCreate | Repeat], *, allow_similar: bool = False
) -> list[str]:
    """Add pledges to a meeting that stands, and a second report's citations to those that it repeats; gives the ids."""
    standing = read_standing(writer, Entity.meeting, meeting_id)
    if json.loads(standing.document)["retracted"] is not None:
        raise Conflict("The meeting is retracted; restore it first.", candidates=[meeting_id])
    before = meetings.standing_lines(writer.session, meeting_id)
    fresh = [item for item in sent if isinstance(item, PledgeCreate)]
    taken = [
        Fault((index, "number"), "must be free; leave it out to have one given")
        for index, item in enumerate(sent)
        if isinstance(item, PledgeCreate) and item.number in before
    ]
    if taken:
        raise Conflict("A number is never used again.", taken, candidates=[])
    if not allow_similar:
        _refuse_similar(meeting_id, sent, fresh, before)
    numbered = iter(meetings.numbered(fresh, max(before, default=0) + 1))
    lines = [
        next(numbered) if isinstance(item, PledgeCreate) else _repeated(writer, item, before, index)
        for index, item in enumerate(sent)
    ]
    with _from_body("pledges"):
        write_pledges(writer, meeting_id, lines)
    return [pledges.pledge_id(meeting_id, line.number or 0) for line in lines]


def _refuse_similar(
    meeting_id: str, sent: list[PledgeCreate | Repeat], fresh: list[PledgeCreate], before: dict[int, PledgeCreate]
) -> None:
    stand = [(pledges.pledge_id(meeting_id, number), line) for number, line in before.items()]
    found = list(doubles.similar_pledges(fresh, stand))
    if found:
        places = [index for index, item in enumerate(sent) if isinstance(item, PledgeCreate)]
        faults = [Fault((places[double.new],), f"resembles {double.like}: {double.why}") for double in found[:20]]
        way_on = 'Send {"repeats": NUMBER, "citations": […]} to cite the new source in the pledge that stands, '
        detail = f"The meeting has such pledges. {way_on}or ?allow_similar=true if they are others."
        raise Conflict(detail, faults, candidates=list(dict.fromkeys(double.like for double in found)))


def _repeated(writer: Writer, item: Repeat, before: dict[int, PledgeCreate], index: int) -> PledgeCreate:
    line = before.get(item.repeats)
    if line is None or line.retracted is not None:
        raise Invalid(
            "There is no such pledge.", [Fault((index, "repeats"), "must be the number of a standing pledge")]
        )
    new = [citation for citation in item.citations if citation not in line.citations]
    return line.model_copy(update={"citations": sorted([*line.citations, *new], key=_rank(writer, new))})


def _rank(writer: Writer, citations: list[Citation]) -> Any:
    """The order of citations: primary texts first, then body, quote, lede, headline; ties as they stood."""
    source = columns(models.Source)
    primary = set(writer.session.execute(select(source.c.id).where(source.c.type == SourceType.primary_text)).scalars())
    primary |= {
        citation.source.id
        for citation in citations
        if not isinstance(citation.source, str) and citation.source.type is SourceType.primary_text
    }
    return lambda citation: (_source_id(citation.source) not in primary, list(Zone).index(citation.zone))


@contextmanager
def _from_body(*prefix: str | int) -> Iterator[None]:
    """Faults found in the whole meeting, told from the root of what was sent."""
    try:
        yield
    except Invalid as error:
        length = len(prefix)
        faults = [Fault(f.path[length:], f.message) if f.path[:length] == prefix else f for f in error.faults]
        raise Invalid(error.detail, faults) from None


# Retraction -----------------------------------------------------------------------------------------------------------


def retract(writer: Writer, entity: Entity, id: str, reason: str, if_match: str | None) -> None:
    """Withdraw a record coded in error. A meeting takes its pledges along; what others stand on is refused."""
    standing = read_for_edit(writer, entity, id, if_match)
    document = json.loads(standing.document)
    if document["retracted"] is not None:
        raise Conflict("It is retracted already.", candidates=[id])
    if users := list(_standing_users(writer, entity, id)):
        raise Conflict("Standing records refer to it; change or retract those first.", candidates=users[:20])
    document["retracted"] = reason
    if entity in REGISTERS:
        line = _validated(REGISTERS[entity].shape, _without_version(document))
        change_registered(writer, REGISTERS[entity], line, standing.document)
    elif entity is Entity.meeting:
        before = meetings.standing_lines(writer.session, id).values()
        lines = [line.model_copy(update={"retracted": reason}) for line in before if line.retracted is None]
        meeting = _validated(MeetingCreate, _without_version(document)).model_copy(update={"pledges": lines})
        meetings.change_meeting(writer, id, meeting, standing.document)
    else:
        write_pledges(writer, document["meeting"], [_validated(PledgeCreate, pledges.line_of(document))])


def _standing_users(writer: Writer, entity: Entity, id: str) -> Iterator[str]:
    """Ids of standing records that refer to this one (a meeting's own pledges aside)."""
    pledge, meeting, topic = columns(models.Pledge), columns(models.Meeting), columns(models.Topic)
    session = writer.session

    def pledges_with(part: Any, column: str) -> Iterator[str]:
        table = columns(part)
        query = select(pledge.c.id).join(table, table.c.pledge == pledge.c.key).where(table.c[column] == id)
        yield from session.execute(query.where(pledge.c.retracted.is_(None)).order_by(pledge.c.key)).scalars()

    def meetings_with(part: Any, column: str) -> Iterator[str]:
        table = columns(part)
        query = select(meeting.c.id).join(table, table.c.meeting == meeting.c.id).where(table.c[column] == id)
        yield from session.execute(query.where(meeting.c.retracted.is_(None)).order_by(meeting.c.id)).scalars()

    if entity is Entity.party:
        source, issuer = columns(models.Source), columns(models.SourceIssuer)
        issued = select(source.c.id).join(issuer, issuer.c.source == source.c.id).where(issuer.c.party == id)
        yield from session.execute(issued.where(source.c.retracted.is_(None))).scalars()
        yield from meetings_with(models.MeetingParty, "party")
        yield from meetings_with(models.Attendance, "party")
        yield from pledges_with(models.PledgeParty, "party")
    elif entity is Entity.topic:
        children = select(topic.c.slug).where(topic.c.parent == id, topic.c.retracted.is_(None))
        yield from session.execute(children).scalars()
        yield from pledges_with(models.PledgeTopic, "topic")
    elif entity is Entity.instrument:
        yield from pledges_with(models.PledgeInstrument, "instrument")
    elif entity is Entity.participant:
        yield from meetings_with(models.Attendance, "participant")
        yield from pledges_with(models.PledgeSpeaker, "participant")
    elif entity is Entity.source:
        yield from meetings_with(models.MeetingSource, "source")
        yield from pledges_with(models.Citation, "source")
    else:
        yield from _linking_pledges(writer, entity, id)


def _linking_pledges(writer: Writer, entity: Entity, id: str) -> Iterator[str]:
    """Ids of standing pledges that link to this pledge, or to one of this meeting."""
    pledge, link = columns(models.Pledge), columns(models.Link)
    target = pledge.alias("target")
    query = (
        select(pledge.c.id)
        .join(link, link.c.pledge == pledge.c.key)
        .join(target, target.c.key == link.c.target)
        .where(pledge.c.retracted.is_(None), (target.c.id if entity is Entity.pledge else target.c.meeting) == id)
        .order_by(pledge.c.key)
    )
    yield from writer.session.execute(query).scalars()
