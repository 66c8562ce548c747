"""Drafts from the book: pass what the book knows to the rules, and build the document of the meeting from their draft.

Nothing is stored.
"""

import hashlib
import json
import re
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from app.drafting import rules
from app.schemas.drafts import DraftHints, DraftRequest
from app.schemas.fields import SLUG_PATTERN
from app.schemas.folding import fold
from app.schemas.vocabulary import PLEDGE_ACTS, AttendanceRole, Entity
from app.store import models
from app.store.models import columns

SOURCE_ID = "draft"


def draft_meeting(connection: Connection, request: DraftRequest) -> dict[str, Any]:
    """The document, the notes and the plain text, in the shape of `DraftAnswer`."""
    if request.media_type == "text/html":
        from app.drafting.html_text import plain_text  # imported late: the HTML parser is slow to load

        text = plain_text(request.text)
    else:
        text = request.text
    hints = request.meeting or DraftHints()
    draft = rules.draft(text, known_book(connection), rules.Hints(hints.held_on, tuple(hints.parties), hints.title))
    return {"document": _document(draft, text), "notes": [_note(pledge) for pledge in draft.pledges], "text": text}


def known_book(connection: Connection) -> rules.KnownBook:
    """The topics, parties, instruments, persons and pledges of the book that a text may name or renew."""
    return rules.KnownBook(
        topics=tuple(
            rules.KnownTopic(topic["slug"], tuple(topic["cues"]), topic["parent"])
            for topic in _documents(connection, models.Topic, "slug")
        ),
        parties=tuple(
            rules.KnownParty(party["code"], party["name"], tuple(party["aliases"]), party["type"])
            for party in _documents(connection, models.Party, "code")
        ),
        instruments=tuple(
            rules.KnownInstrument(item["slug"], item["name"], tuple(item["aliases"]))
            for item in _documents(connection, models.Instrument, "slug")
        ),
        persons=_persons(connection),
        pledges=_earlier_pledges(connection),
    )


def _documents(connection: Connection, table: type[SQLModel], key: str) -> list[dict[str, Any]]:
    """The documents of a register in the order of `key`, without retracted ones."""
    own, revision = columns(table), columns(models.Revision)
    query = select(revision.c.document).join(own, own.c.revision == revision.c.seq)
    query = query.where(own.c.retracted.is_(None)).order_by(own.c[key])
    return [json.loads(document) for document in connection.execute(query).scalars()]


def _persons(connection: Connection) -> tuple[rules.KnownPerson, ...]:
    """The persons of the book, with their party and office at the last meeting."""
    attendance, meeting = columns(models.MeetingParticipant), columns(models.Meeting)
    query = (
        select(attendance.c.participant, attendance.c.party, attendance.c.office)
        .join(meeting, meeting.c.id == attendance.c.meeting)
        .where(meeting.c.retracted.is_(None))
        .order_by(meeting.c.held_on, meeting.c.id)
    )
    last = {slug: (party, office) for slug, party, office in connection.execute(query)}
    return tuple(
        rules.KnownPerson(
            person["slug"],
            person["name"],
            tuple(alias["name"] for alias in person["aliases"]),
            *last.get(person["slug"], (None, None)),
        )
        for person in _documents(connection, models.Participant, "slug")
    )


def _earlier_pledges(connection: Connection) -> tuple[rules.EarlierPledge, ...]:
    """The pledges that a draft may renew, with the parties of their meetings."""
    pledge, meeting, revision = columns(models.Pledge), columns(models.Meeting), columns(models.Revision)
    query = (
        select(revision.c.document, pledge.c.held_on, meeting.c.circle)
        .join(pledge, pledge.c.revision == revision.c.seq)
        .join(meeting, meeting.c.id == pledge.c.meeting)
        .where(pledge.c.retracted.is_(None), pledge.c.act.in_(PLEDGE_ACTS))
        .order_by(pledge.c.key)
    )
    found = []
    for document, held_on, circle in connection.execute(query):
        own = json.loads(document)
        words = " ".join([own["summary"], *own["formula"]])
        found.append(
            rules.EarlierPledge(
                own["id"],
                held_on,
                tuple(circle.split()),
                tuple(own["topics"]),
                words,
                tuple(own["pledgors"]),
                tuple(own["instruments"]),
            )
        )
    return tuple(found)


def _document(draft: rules.Draft, text: str) -> dict[str, Any]:
    meeting = draft.meeting
    return {
        "kind": Entity.meeting.value,
        "id": None,
        "title": meeting.title,
        "type": meeting.type and meeting.type.value,
        "level": meeting.level and meeting.level.value,
        "series": None,
        "ordinal": meeting.ordinal,
        "held_on": meeting.held_on,
        "ended_on": None,
        "city": meeting.city,
        "venue": None,
        "parties": list(meeting.parties),
        "coverage": None,
        "inferred": dict(meeting.inferred),
        "sources": [_source(draft, text)],
        "participants": [_attendance(person) for person in meeting.participants],
        "pledges": [_pledge(pledge) for pledge in draft.pledges],
        "retracted": None,
    }


def _source(draft: rules.Draft, text: str) -> dict[str, Any]:
    return {
        "id": SOURCE_ID,
        "type": None,
        "issued_by": [],
        "publisher": None,
        "title": draft.meeting.title,
        "language": "en",
        "published_on": None,
        "url": None,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "length": len(text),
        "retracted": None,
    }


def _attendance(person: rules.DraftAttendance) -> dict[str, Any]:
    """A person of the book by slug, a new person as an inline record."""
    return {
        "participant": person.participant or _person(person.name),
        "party": person.party,
        "office": person.office,
        "role": AttendanceRole.principal.value,
    }


def _person(name: str) -> dict[str, Any]:
    """The inline record of a person who is not in the book."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return {"slug": slug, "name": name, "names": {}, "aliases": [], "retracted": None}


def _speaker(name: str) -> str | dict[str, Any]:
    """The slug of a person of the book, or the inline record of a new person."""
    return name if re.fullmatch(SLUG_PATTERN, name) else _person(name)


def _pledge(pledge: rules.DraftPledge) -> dict[str, Any]:
    due, condition = pledge.due, pledge.condition
    return {
        "number": pledge.number,
        "summary": pledge.summary,
        "act": pledge.act.value,
        "pledgors": list(pledge.pledgors),
        "speakers": [_speaker(name) for name in pledge.speakers],
        "towards": list(pledge.towards),
        "about": list(pledge.about),
        "topics": list(pledge.topics),
        "instruments": list(pledge.instruments),
        "due": due
        and {"kind": due.kind.value, "text": due.text, "from": due.since, "to": due.until, "inferred": due.inferred},
        "condition": condition and {"kind": condition.kind.value, "text": condition.text},
        "specificity": pledge.specificity.value,
        "formula": list(pledge.formula),
        "borderline": pledge.borderline,
        "note": None,
        "citations": [
            {"source": SOURCE_ID, "zone": citation.zone.value, "start": citation.start, "end": citation.end}
            for citation in pledge.citations
        ],
        "links": [],
        "assessments": [],
        "retracted": None,
    }


def _note(pledge: rules.DraftPledge) -> dict[str, Any]:
    return {
        "number": pledge.number,
        "confidence": round(pledge.confidence, 3),
        "cue": pledge.cue,
        "renewals": [{"pledge": item.pledge, "score": round(item.score, 3)} for item in pledge.renewals],
        "doubles": list(pledge.doubles),
    }
