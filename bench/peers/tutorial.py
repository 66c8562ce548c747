"""The write side of an app as FastAPI's and SQLModel's tutorials build it: relationships and `response_model`.

Unlike in the tutorials, the pool has a connection for each of the 64 clients: with the default size the clients block
each other, because some hold a thread and wait for a connection, and others the reverse. A post waits up to 60 seconds
for SQLite's write lock; with the default of 5 some posts fail on a busy machine.

BENCH_DATABASE is the file. `python -m bench.peers.tutorial BOOK` fills it by one `session.add_all`.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from sqlalchemy import event
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine


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


class Pledge(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    meeting_id: str | None = Field(default=None, foreign_key="meeting.id", index=True)
    code: str = Field(index=True)
    number: int
    summary: str
    act: str
    specificity: str
    formula: str
    due_text: str | None = None
    due_to: date | None = None
    held_on: date = Field(index=True)
    meeting: Meeting | None = Relationship(back_populates="pledges")
    topics: list[PledgeTopic] = Relationship()
    parties: list[PledgeParty] = Relationship()
    citations: list[Citation] = Relationship()


engine = create_engine(
    f"sqlite:///{os.environ['BENCH_DATABASE']}", connect_args={"check_same_thread": False, "timeout": 60}, pool_size=64
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


@app.post("/meetings", response_model=MeetingBase, status_code=201)
def post_meeting(session: SessionDep, body: dict[str, Any]) -> Any:
    made = meeting(body)
    session.add(made)
    session.commit()
    session.refresh(made)
    return made


def meeting(line: dict[str, Any]) -> Meeting:
    """The rows of a meeting's document line."""
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
        codes: set[str] = set()
        for line in map(json.loads, lines):
            if line["kind"] == "topic":
                made.append(Topic(slug=line["slug"], name=line["name"]))
            elif line["kind"] == "meeting":
                made.append(meeting(line))
                codes |= set(line["parties"])
        session.add_all([*(Party(code=code, name=code) for code in sorted(codes)), *made])
        session.commit()


if __name__ == "__main__":
    fill(sys.argv[1])
