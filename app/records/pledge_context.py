"""Pledge context: everything that a pledge's record depends on, except its own line.

That is their meeting, the sources they cite, the parents of their topics, the pledges they link to, and their
assessments. It is read once for all pledges of a meeting. A write that changes a context writes its pledges again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, bindparam, select

from app.records.topics import parents
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import Act, SourceType
from app.search.index import meeting_things
from app.store import models
from app.store.models import columns


@dataclass(frozen=True)
class MeetingContext:
    """The values of a meeting that its pledges depend on. `tokens` are the meeting's search tokens for its pledges."""

    id: str
    held_on: date
    parties: frozenset[str]
    tokens: Sequence[str]


@dataclass(frozen=True)
class CitedSource:
    type: SourceType
    issued_by: frozenset[str]
    length: int


@dataclass(frozen=True)
class LinkedPledge:
    id: str
    key: int
    undertaking: int
    held_on: date
    act: Act
    is_retracted: bool


@dataclass(frozen=True)
class AssessmentSummary:
    """The current fulfilment of each assessed party, and whether one assessment disputes another."""

    fulfilment: Mapping[str, str] = field(default_factory=dict)
    disputed: bool = False


@dataclass(frozen=True)
class PledgeContext:
    """What the pledges of one meeting depend on, except their own lines.

    `sources` and `targets` are by id, `parents` by topic, `assessments` by the key of the pledge.
    """

    meeting: MeetingContext
    sources: Mapping[str, CitedSource]
    parents: Mapping[str, str]
    targets: Mapping[str, LinkedPledge]
    assessments: Mapping[int, AssessmentSummary]


def read_context(
    connection: Connection,
    meeting: MeetingContext,
    sources: Iterable[str],
    lines: Sequence[PledgeCreate],
    keys: Sequence[int] = (),
) -> PledgeContext:
    """Read the context of `lines`. `sources` are ids of sources; `keys` are the keys of the pledges in the book."""
    targets = {link.target for line in lines for link in line.links if link.target}
    return PledgeContext(
        meeting=meeting,
        sources=_read_sources(connection, sources),
        parents=parents(connection),
        targets=_read_targets(connection, targets),
        assessments=read_assessment_summaries(connection, keys),
    )


def read_meeting_context(connection: Connection, id: str) -> MeetingContext:
    """Read the context that a meeting of the book gives to its pledges."""
    table, party, person = columns(models.Meeting), columns(models.MeetingParty), columns(models.MeetingParticipant)
    held_on, type = connection.execute(select(table.c.held_on, table.c.type).where(table.c.id == id)).one()
    parties = connection.execute(select(party.c.party).where(party.c.meeting == id)).scalars()
    people = connection.execute(select(person.c.participant).where(person.c.meeting == id)).scalars()
    return MeetingContext(id, held_on, frozenset(parties), meeting_things(type, people))


_SOURCE, _ISSUER = columns(models.Source), columns(models.SourceIssuer)
_SOURCES = (
    select(_SOURCE.c.id, _SOURCE.c.type, _SOURCE.c.length, _ISSUER.c.party)
    .outerjoin(_ISSUER, _ISSUER.c.source == _SOURCE.c.id)
    .where(_SOURCE.c.id.in_(bindparam("ids", expanding=True)))
)


def _read_sources(connection: Connection, ids: Iterable[str]) -> dict[str, CitedSource]:
    sources: dict[str, CitedSource] = {}
    for id, type, length, party in connection.execute(_SOURCES, {"ids": sorted(set(ids))}):
        issuers = sources[id].issued_by if id in sources else frozenset()
        sources[id] = CitedSource(type, issuers | ({party} if party else frozenset()), length)
    return sources


def _read_targets(connection: Connection, ids: set[str]) -> dict[str, LinkedPledge]:
    if not ids:
        return {}
    c = columns(models.Pledge).c
    query = select(c.id, c.key, c.undertaking, c.held_on, c.act, c.retracted.is_not(None)).where(c.id.in_(sorted(ids)))
    return {row[0]: LinkedPledge(*row) for row in connection.execute(query)}


def read_assessment_summaries(connection: Connection, keys: Sequence[int]) -> dict[int, AssessmentSummary]:
    """Read the summary of each pledge that is assessed, by the pledge's key. Parties are in alphabetical order."""
    if not keys:
        return {}
    table = columns(models.Assessment)
    query = select(table).where(table.c.pledge.in_(keys)).order_by(table.c.pledge, table.c.party, table.c.number)
    summaries: dict[int, AssessmentSummary] = {}
    for row in connection.execute(query):
        before = summaries.get(row.pledge, AssessmentSummary())
        current = {row.party: row.fulfilment.value} if row.is_current else {}
        disputed = before.disputed or row.disputes is not None
        summaries[row.pledge] = AssessmentSummary({**before.fulfilment, **current}, disputed)
    return summaries
