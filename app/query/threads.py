"""Threads: read an undertaking from its first pledge to its last renewal, with its changes and later meetings.

A later meeting of the same parties that does not repeat the undertaking is `silent` if the book has its full text. If
the book has only reports of the meeting, it is `unreported`: the undertaking may have been repeated.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from app.errors import NotFound
from app.query.plan import meeting, pledge, revision
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.vocabulary import CONTINUATIONS, PLEDGE_ACTS, Coverage, Entity
from app.search.names import no_such_record

# The fields that are compared between a pledge and its renewal.
DRIFT_FIELDS = ("act", "specificity", "due", "formula", "pledgors", "towards")


@dataclass(frozen=True)
class Strand:
    """An undertaking for a chart: the documents of its pledges in order of time, and the ids of later meetings."""

    id: str
    pledges: list[dict[str, Any]]
    silent: list[str]
    unreported: list[str]


def read_strands(connection: Connection, ids: Sequence[str]) -> list[Strand]:
    """The undertakings of the pledges `ids`, in that order; one is left out if all its pledges are retracted.

    Three statements, whatever the number of ids.
    """
    query = select(pledge.c.id, pledge.c.undertaking).where(pledge.c.id.in_(ids))
    undertakings = {id: undertaking for id, undertaking in connection.execute(query)}
    rows = _read_pledges(connection, sorted(set(undertakings.values())))
    groups = {key: list(group) for key, group in groupby(rows, key=lambda row: row.undertaking)}
    after = min((group[-1].held_on for group in groups.values()), default=date.max)
    meetings = _meetings_after(connection, {group[-1].circle for group in groups.values()}, after)
    strands = []
    for id in ids:
        if group := groups.get(undertakings.get(id, 0)):
            silent, unreported = _later_meetings(meetings, group[-1])
            documents = [json.loads(row.document) for row in group]
            strands.append(Strand(id, documents, [id for id, _ in silent], [id for id, _ in unreported]))
    return strands


def read_thread(connection: Connection, id: str) -> str:
    """The thread of a pledge as JSON.

    Raises NotFound if the id is unknown, if it is the id of a position, or if all pledges of the thread are retracted.
    """
    pledge_row = connection.execute(select(pledge.c.undertaking, pledge.c.act).where(pledge.c.id == id)).first()
    if pledge_row is None:
        raise no_such_record(connection, Entity.pledge, id)
    if pledge_row.act not in PLEDGE_ACTS:
        raise NotFound("A position (support, condemn, urge) is not a pledge and has no thread.")
    rows = _read_pledges(connection, [pledge_row.undertaking])
    if not rows:
        raise NotFound("All pledges of this undertaking are retracted.")
    documents = [json.loads(row.document) for row in rows]
    last = rows[-1]
    silent, unreported = _later_meetings(_meetings_after(connection, {last.circle}, last.held_on), last)
    head = {"id": rows[0].id, "first_made": rows[0].held_on, "last_renewed": last.held_on}
    head["silent_since"] = silent[0][1] if silent else None
    tail = {
        "silent_meetings": [id for id, _ in silent],
        "unreported_meetings": [id for id, _ in unreported],
        "drift": list(_drift(documents)),
    }
    bodies = ",".join(row.document for row in rows)
    members = {name: canonical_json(value) for name, value in tail.items()}
    return with_members(canonical_json(head), pledges=f"[{bodies}]", **members)


def _read_pledges(connection: Connection, undertakings: Sequence[int]) -> Any:
    """The pledges that are not retracted, in order of undertaking and time, with the circle of their meeting."""
    query = (
        select(pledge.c.undertaking, pledge.c.id, pledge.c.held_on, revision.c.document, meeting.c.circle)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(meeting, meeting.c.id == pledge.c.meeting)
        .where(pledge.c.undertaking.in_(undertakings), pledge.c.retracted.is_(None))
        .order_by(pledge.c.undertaking, pledge.c.held_on, pledge.c.key)
    )
    return connection.execute(query).all()


def _meetings_after(connection: Connection, circles: Iterable[str], after: date) -> Any:
    """The meetings of exactly these parties after a day, in order of time. Retracted meetings are left out."""
    query = select(meeting.c.id, meeting.c.held_on, meeting.c.coverage, meeting.c.circle)
    query = query.where(meeting.c.circle.in_(sorted(circles)), meeting.c.held_on > after, meeting.c.retracted.is_(None))
    return connection.execute(query.order_by(meeting.c.held_on, meeting.c.id)).all()


def _later_meetings(meetings: Sequence[Any], last: Any) -> tuple[list[Any], list[Any]]:
    """The meetings of the same parties after the last pledge, as id and day: those with a full text, and the others."""
    rows = [row for row in meetings if row.circle == last.circle and row.held_on > last.held_on]
    silent = [(row.id, row.held_on) for row in rows if row.coverage == Coverage.full_text]
    unreported = [(row.id, row.held_on) for row in rows if row.coverage != Coverage.full_text]
    return silent, unreported


def _drift(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The fields of each renewal that differ from the pledge that it continues."""
    by_id = {document["id"]: document for document in documents}
    for document in documents:
        targets = [link["target"] for link in document["links"] if link["type"] in CONTINUATIONS and link["target"]]
        for continued in (by_id[target] for target in targets if target in by_id):
            for field in DRIFT_FIELDS:
                if continued[field] != document[field]:
                    yield {"pledge": document["id"], "field": field, "from": continued[field], "to": document[field]}
