"""What pledges depend on beside their own lines: their meeting, the sources they cite, what they link to, assessments.

Read once for all pledges of a meeting. Whatever changes a context writes its pledges anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.records.topics import parents
from app.schemas.pledges import PledgeCreate
from app.schemas.vocabulary import Act, SourceType
from app.store import models
from app.store.models import columns


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
class Assessed:
    """What the assessments of a pledge amount to."""

    fulfilment: Mapping[str, str] = field(default_factory=dict)
    disputed: bool = False


@dataclass(frozen=True)
class Context:
    """What pledges of one meeting depend on beside their own lines, read once for all of them.

    `things` are the tokens that the meeting lends to the search for its pledges; `parents` are of topics.
    """

    meeting: str
    held_on: date
    parties: frozenset[str]
    things: Sequence[str]
    sources: Mapping[str, CitedSource]
    parents: Mapping[str, str]
    targets: Mapping[str, LinkedPledge]
    assessed: Mapping[int, Assessed] = field(default_factory=dict)


def read_context(
    connection: Connection,
    meeting: Any,
    sources: Iterable[str],
    lines: Sequence[PledgeCreate],
    keys: Sequence[int] = (),
) -> Context:
    """Read what `lines` depend on. `meeting` has what a MeetingKey has; `keys` are those of pledges that stand."""
    named = {link.target for line in lines for link in line.links if link.target}
    return Context(
        meeting=meeting.id,
        held_on=meeting.held_on,
        parties=frozenset(meeting.parties),
        things=meeting.things,
        sources=_read_sources(connection, sources),
        parents=parents(connection),
        targets=_read_targets(connection, named),
        assessed=read_assessed(connection, keys),
    )


_SOURCE, _ISSUER = columns(models.Source), columns(models.SourceIssuer)
_SOURCES = (
    select(_SOURCE.c.id, _SOURCE.c.type, _SOURCE.c.length, _ISSUER.c.party)
    .outerjoin(_ISSUER, _ISSUER.c.source == _SOURCE.c.id)
    .where(_SOURCE.c.id.in_(bindparam("ids", expanding=True)))
)


def _read_sources(connection: Connection, ids: Iterable[str]) -> dict[str, CitedSource]:
    found: dict[str, CitedSource] = {}
    for id, type, length, party in connection.execute(_SOURCES, {"ids": sorted(set(ids))}):
        before = found[id].issued_by if id in found else frozenset()
        found[id] = CitedSource(type, before | ({party} if party else frozenset()), length)
    return found


def _read_targets(connection: Connection, ids: Iterable[str]) -> dict[str, LinkedPledge]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    pledge = columns(models.Pledge)
    c = pledge.c
    query = select(c.id, c.key, c.undertaking, c.held_on, c.act, c.retracted.is_not(None)).where(c.id.in_(wanted))
    return {row[0]: LinkedPledge(*row) for row in connection.execute(query)}


def read_assessed(connection: Connection, keys: Sequence[int]) -> dict[int, Assessed]:
    """The standing fulfilment of each party and whether anything is disputed, for the pledges that are assessed."""
    if not keys:
        return {}
    table = columns(models.Assessment)
    query = select(table).where(table.c.pledge.in_(keys)).order_by(table.c.pledge, table.c.number)
    found: dict[int, Assessed] = {}
    for row in connection.execute(query):
        before = found.get(row.pledge, Assessed())
        latest = {row.party: row.fulfilment.value} if row.is_current else {}
        found[row.pledge] = Assessed({**before.fulfilment, **latest}, before.disputed or row.disputes is not None)
    return {key: Assessed(dict(sorted(value.fulfilment.items())), value.disputed) for key, value in found.items()}
