"""The app that FastAPI's and SQLModel's tutorials lead to: relationships, `selectinload`, `response_model`, offsets.

One thing is no tutorial's: a pool as large as there are clients. With 15 connections for 40 threads the app comes to a
stop under load, as those who have a thread wait for a connection, and those who have a connection for a thread.

BENCH_DATABASE is the file. `python -m bench.peers.tutorial BOOK` fills it by `session.add_all`.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import event
from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, select


class PledgeTopic(SQLModel, table=True):
    pledge_id: int | None = Field(default=None, foreign_key="pledge.id", primary_key=True)
    topic_slug: str = Field(foreign_key="topic.slug", primary_key=True, index=True)


class PledgeParty(SQLModel, table=True):
    pledge_id: int | None = Field(default=None, foreign_key="pledge.id", primary_key=True)
    party_code: str = Field(foreign_key="party.code", primary_key=True, index=True)
    role: str = Field(primary_key=True)


class Topic(SQLModel, table=True):
    slug: str = Field(primary_key=True)
    name: str


class Party(SQLModel, table=True):
    code: str = Field(primary_key=True)
    name: str


class Attendance(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    meeting_id: str | None = Field(default=None, foreign_key="meeting.id", index=True)
    participant: str
    party: str
    office: str


class MeetingBase(SQLModel):
    id: str = Field(primary_key=True)
    title: str
    type: str
    held_on: date


class Meeting(MeetingBase, table=True):
    attendances: list[Attendance] = Relationship()
    pledges: list["Pledge"] = Relationship(back_populates="meeting")


class Citation(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    pledge_id: int | None = Field(default=None, foreign_key="pledge.id", index=True)
    source: str
    zone: str
    start: int
    end: int


class PledgeBase(SQLModel):
    code: str = Field(index=True)
    number: int
    summary: str
    act: str
    specificity: str
    formula: str
    due_text: str | None = None
    due_to: date | None = None
    held_on: date = Field(index=True)


class Pledge(PledgeBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    meeting_id: str | None = Field(default=None, foreign_key="meeting.id", index=True)
    meeting: Meeting | None = Relationship(back_populates="pledges")
    topics: list[PledgeTopic] = Relationship()
    parties: list[PledgeParty] = Relationship()
    citations: list[Citation] = Relationship()


class PledgePublic(PledgeBase):
    id: int
    meeting_id: str
    topics: list[PledgeTopic]
    parties: list[PledgeParty]
    citations: list[Citation]


class MeetingCreate(MeetingBase):
    attendances: list[Attendance]
    pledges: list[dict[str, Any]]


engine = create_engine(
    f"sqlite:///{os.environ['BENCH_DATABASE']}", connect_args={"check_same_thread": False}, pool_size=64
)


@event.listens_for(engine, "connect")
def _as_durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
app = FastAPI()
_PARTS = (selectinload(Pledge.topics), selectinload(Pledge.parties), selectinload(Pledge.citations))  # type: ignore
_BINDING = ("commit", "agree", "reaffirm")


@app.get("/pledges", response_model=list[PledgePublic])
def read_pledges(
    session: SessionDep, topic: str | None = None, party: str | None = None, q: str | None = None,
    since: date | None = None, before: date | None = None, offset: int = 0, limit: int = 50,
) -> Any:  # fmt: skip
    query = select(Pledge).where(col(Pledge.act).in_(_BINDING)).options(*_PARTS)
    if topic:
        query = query.join(PledgeTopic).where(PledgeTopic.topic_slug == topic)
    if party:
        pledged = select(PledgeParty.pledge_id).where(PledgeParty.party_code == party, PledgeParty.role == "pledgor")
        query = query.where(col(Pledge.id).in_(pledged))
    if since:
        query = query.where(Pledge.held_on >= since)
    if before:
        query = query.where(Pledge.held_on < before)
    if q:
        query = query.where(col(Pledge.summary).ilike(f"%{q}%"))
    ordered = query.order_by(col(Pledge.held_on).desc(), col(Pledge.id))
    return session.exec(ordered.offset(offset).limit(limit)).all()


@app.get("/facets")
def read_facets(session: SessionDep, party: str, since: date = date.min) -> dict[str, dict[str, int]]:
    pledged = select(PledgeParty.pledge_id).where(PledgeParty.party_code == party, PledgeParty.role == "pledgor")
    pledged = pledged.join(Pledge).where(Pledge.held_on >= since)
    topics = select(PledgeTopic.topic_slug, func.count()).where(col(PledgeTopic.pledge_id).in_(pledged))
    acts = select(Pledge.act, func.count()).where(col(Pledge.id).in_(pledged))
    return {
        "topic": dict(session.exec(topics.group_by(PledgeTopic.topic_slug)).all()),  # type: ignore
        "act": dict(session.exec(acts.group_by(Pledge.act)).all()),
    }


@app.get("/pledges/{code}", response_model=PledgePublic)
def read_pledge(session: SessionDep, code: str) -> Any:
    pledge = session.exec(select(Pledge).where(Pledge.code == code).options(*_PARTS)).first()
    if pledge is None:
        raise HTTPException(404)
    return pledge


@app.post("/meetings", response_model=MeetingBase, status_code=201)
def post_meeting(session: SessionDep, body: dict[str, Any]) -> Any:
    made = meeting(body)
    session.add(made)
    session.commit()
    session.refresh(made)
    return made


def meeting(line: dict[str, Any]) -> Meeting:
    """A meeting of a book's line, with all that it holds."""
    held_on = date.fromisoformat(line["held_on"])
    made = Meeting(id=line["id"], title=line["title"], type=line["type"], held_on=held_on)
    made.attendances = [
        Attendance(participant=one["participant"], party=one["party"], office=one["office"])
        for one in line["participants"]
    ]
    for one in line["pledges"]:
        due = one["due"] or {}
        pledge = Pledge(
            code=f"{line['id']}-{one['number']:02}", number=one["number"], summary=one["summary"], act=one["act"],
            specificity=one["specificity"], formula=" / ".join(one["formula"]), due_text=due.get("text"),
            due_to=date.fromisoformat(due["to"]) if due.get("to") else None, held_on=held_on,
        )  # fmt: skip
        pledge.topics = [PledgeTopic(topic_slug=slug) for slug in one["topics"]]
        owed = [party for party in one["towards"] if party.isupper()]
        pledge.parties = [PledgeParty(party_code=party, role="pledgor") for party in one["pledgors"]]
        pledge.parties += [PledgeParty(party_code=party, role="towards") for party in owed]
        pledge.citations = [Citation(**citation) for citation in one["citations"]]
        made.pledges.append(pledge)
    return made


def fill(book: str) -> None:
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session, open(book, encoding="utf-8") as lines:  # noqa: PTH123
        made: list[SQLModel] = []
        for line in map(json.loads, lines):
            if line["kind"] == "party":
                made.append(Party(code=line["code"], name=line["name"]))
            elif line["kind"] == "topic":
                made.append(Topic(slug=line["slug"], name=line["name"]))
            elif line["kind"] == "meeting":
                made.append(meeting(line))
        session.add_all(made)
        session.commit()


if __name__ == "__main__":
    fill(sys.argv[1])
