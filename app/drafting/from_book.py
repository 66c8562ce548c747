"""Drafts: what the book knows is handed to the drafting rules; their answer becomes a meeting line. Stores nothing."""

import hashlib
import json
import re
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app import models
from app.drafting import rules as drafting
from app.models import columns
from app.naming import fold
from app.shapes.drafts import DraftHints, DraftRequest
from app.types import SLUG_PATTERN
from app.vocabulary import PLEDGE_ACTS, Entity

SOURCE_ID = "draft"


def draft_meeting(session: Session, request: DraftRequest) -> dict[str, Any]:
    """The document, its notes and the plain text, as `DraftAnswer` has them."""
    if request.media_type == "text/html":
        from app.drafting.html_text import plain_text  # late: the parser of HTML takes a while to load

        text = plain_text(request.text)
    else:
        text = request.text
    hints = request.meeting or DraftHints()
    known = drafting.Hints(hints.held_on, tuple(hints.parties), hints.title)
    draft = drafting.draft(text, known_book(session), known)
    return {"document": _document(draft, text), "notes": [_note(pledge) for pledge in draft.pledges], "text": text}


# What the book knows --------------------------------------------------------------------------------------------------


def known_book(session: Session) -> drafting.Book:
    """Everything in the book that a text may name or renew."""
    return drafting.Book(
        topics=tuple(
            drafting.Topic(topic["slug"], tuple(topic["cues"]), topic["parent"])
            for topic in _standing(session, models.Topic, "slug")
        ),
        parties=tuple(
            drafting.Party(party["code"], party["name"], tuple(party["aliases"]), party["type"])
            for party in _standing(session, models.Party, "code")
        ),
        instruments=tuple(
            drafting.Instrument(item["slug"], item["name"], tuple(item["aliases"]))
            for item in _standing(session, models.Instrument, "slug")
        ),
        persons=_persons(session),
        pledges=_earlier_pledges(session),
    )


def _standing(session: Session, table: Any, key: str) -> list[dict[str, Any]]:
    """The standing documents of a register, in order."""
    own, revision = columns(table), columns(models.Revision)
    query = select(revision.c.document).join(own, own.c.revision == revision.c.seq)
    query = query.where(own.c.retracted.is_(None)).order_by(own.c[key])
    return [json.loads(document) for document in session.execute(query).scalars()]


def _persons(session: Session) -> tuple[drafting.Person, ...]:
    """The persons of the book, with the party and the office they were last met in."""
    attendance, meeting = columns(models.Attendance), columns(models.Meeting)
    query = (
        select(attendance.c.participant, attendance.c.party, attendance.c.office)
        .join(meeting, meeting.c.id == attendance.c.meeting)
        .where(meeting.c.retracted.is_(None))
        .order_by(meeting.c.held_on, meeting.c.id)
    )
    last = {slug: (party, office) for slug, party, office in session.execute(query)}
    return tuple(
        drafting.Person(
            person["slug"],
            person["name"],
            tuple(alias["name"] for alias in person["aliases"]),
            *last.get(person["slug"], (None, None)),
        )
        for person in _standing(session, models.Participant, "slug")
    )


def _earlier_pledges(session: Session) -> tuple[drafting.EarlierPledge, ...]:
    """The pledges that a new one may renew, with the parties of their meetings."""
    pledge, meeting, revision = columns(models.Pledge), columns(models.Meeting), columns(models.Revision)
    query = (
        select(revision.c.document, pledge.c.held_on, meeting.c.circle)
        .join(pledge, pledge.c.revision == revision.c.seq)
        .join(meeting, meeting.c.id == pledge.c.meeting)
        .where(pledge.c.retracted.is_(None), pledge.c.act.in_(PLEDGE_ACTS))
        .order_by(pledge.c.key)
    )
    found = []
    for document, held_on, circle in session.execute(query):
        own = json.loads(document)
        words = " ".join([own["summary"], *own["formula"]])
        found.append(
            drafting.EarlierPledge(
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


# The answer as a line -------------------------------------------------------------------------------------------------


def _document(draft: drafting.Draft, text: str) -> dict[str, Any]:
    meeting = draft.meeting
    return {
        "kind": Entity.meeting.value,
        "id": None,
        "title": meeting.title,
        "type": meeting.type,
        "level": meeting.level,
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


def _source(draft: drafting.Draft, text: str) -> dict[str, Any]:
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


def _attendance(person: drafting.Attendance) -> dict[str, Any]:
    """A person known to the book by slug, a new one whole."""
    return {
        "participant": person.participant or _person(person.name),
        "party": person.party,
        "office": person.office,
        "role": "principal",
    }


def _person(name: str) -> dict[str, Any]:
    """A person whom the book does not know, whole."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")
    return {"slug": slug, "name": name, "names": {}, "aliases": [], "retracted": None}


def _speaker(name: str) -> str | dict[str, Any]:
    """Drafting gives the slug of a person known to the book, else the name as written."""
    return name if re.fullmatch(SLUG_PATTERN, name) else _person(name)


def _pledge(pledge: drafting.DraftPledge) -> dict[str, Any]:
    due, condition = pledge.due, pledge.condition
    return {
        "number": pledge.number,
        "summary": pledge.summary,
        "act": pledge.act,
        "pledgors": list(pledge.pledgors),
        "speakers": [_speaker(name) for name in pledge.speakers],
        "towards": list(pledge.towards),
        "about": list(pledge.about),
        "topics": list(pledge.topics),
        "instruments": list(pledge.instruments),
        "due": due
        and {"kind": due.kind, "text": due.text, "from": due.since, "to": due.until, "inferred": due.inferred},
        "condition": condition and {"kind": condition.kind, "text": condition.text},
        "specificity": pledge.specificity,
        "formula": list(pledge.formula),
        "borderline": pledge.borderline,
        "note": None,
        "citations": [
            {"source": SOURCE_ID, "zone": citation.zone, "start": citation.start, "end": citation.end}
            for citation in pledge.citations
        ],
        "links": [],
        "assessments": [],
        "retracted": None,
    }


def _note(pledge: drafting.DraftPledge) -> dict[str, Any]:
    return {
        "number": pledge.number,
        "confidence": round(pledge.confidence, 3),
        "cue": pledge.cue,
        "renewals": [{"pledge": item.pledge, "score": round(item.score, 3)} for item in pledge.renewals],
        "doubles": list(pledge.doubles),
    }
