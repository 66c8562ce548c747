"""Threads: an undertaking from its first pledge to its last renewal, how it drifted, and which meetings were silent.

Silence is told, never judged: a full text of the same parties that does not repeat an undertaking is `silent`; one
that is known by reports only is `unreported`, and says nothing.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.errors import NotFound
from app.filters import meeting, pledge, revision
from app.naming import did_you_mean
from app.vocabulary import CONTINUATIONS, PLEDGE_ACTS, Coverage, Entity
from app.wire import canonical_json

# What a reader watches between a pledge and its renewal.
_DRIFTING = ("act", "specificity", "due", "formula", "pledgors", "towards")


def read_thread(session: Session, id: str) -> str:
    """The thread of a pledge, as JSON with the stored documents in it. A position is in no thread."""
    pledge_row = session.execute(select(pledge.c.undertaking, pledge.c.act).where(pledge.c.id == id)).first()
    if pledge_row is None:
        raise NotFound(f"No pledge has this id{did_you_mean(session, Entity.pledge, id)}.")
    if pledge_row.act not in PLEDGE_ACTS:
        raise NotFound("A position (support, condemn, urge) promises nothing and has no thread.")
    rows = _standing(session, pledge_row.undertaking)
    if not rows:
        raise NotFound("Nothing of this undertaking stands: its pledges are retracted.")
    documents = [json.loads(row.document) for row in rows]
    last = rows[-1]
    silent, unreported = _later_meetings(session, last.circle, last.held_on)
    head = {"id": rows[0].id, "first_made": rows[0].held_on, "last_renewed": last.held_on}
    head["silent_since"] = silent[0][1] if silent else None
    tail = {
        "silent_meetings": [id for id, _ in silent],
        "unreported_meetings": [id for id, _ in unreported],
        "drift": list(_drift(documents)),
    }
    bodies = ",".join(row.document for row in rows)
    return f'{canonical_json(head)[:-1]},"pledges":[{bodies}],{canonical_json(tail)[1:]}'


def _standing(session: Session, undertaking: int) -> Any:
    """The pledges of a thread in order of time, each with its meeting's circle of parties."""
    query = (
        select(pledge.c.id, pledge.c.held_on, revision.c.document, meeting.c.circle)
        .join(revision, revision.c.seq == pledge.c.revision)
        .join(meeting, meeting.c.id == pledge.c.meeting)
        .where(pledge.c.undertaking == undertaking, pledge.c.retracted.is_(None))
        .order_by(pledge.c.held_on, pledge.c.key)
    )
    return session.execute(query).all()


def _later_meetings(session: Session, circle: str, after: date) -> tuple[list[Any], list[Any]]:
    """The later meetings of exactly these parties: those whose text is held, and those known by reports."""
    query = select(meeting.c.id, meeting.c.held_on, meeting.c.coverage)
    query = query.where(meeting.c.circle == circle, meeting.c.held_on > after, meeting.c.retracted.is_(None))
    rows = session.execute(query.order_by(meeting.c.held_on, meeting.c.id)).all()
    told = [(row.id, row.held_on) for row in rows if row.coverage == Coverage.full_text]
    return told, [(row.id, row.held_on) for row in rows if row.coverage != Coverage.full_text]


def _drift(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What each renewal has otherwise than the pledge it continues."""
    by_id = {document["id"]: document for document in documents}
    for document in documents:
        targets = [link["target"] for link in document["links"] if link["type"] in CONTINUATIONS and link["target"]]
        for before in (by_id[target] for target in targets if target in by_id):
            for field in _DRIFTING:
                if before[field] != document[field]:
                    yield {"pledge": document["id"], "field": field, "from": before[field], "to": document[field]}
