"""Pledges and positions: one record per undertaking, with its parties, topics, words, deadline and links.

What always holds: a pledge's record follows from its own line and a `Context` and from nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import SQLModel

from app.errors import Fault, Path
from app.records.pledge_context import Assessed, Context
from app.records.record import Kind, Record, Rows, change_record, create_records
from app.schemas.pledges import PledgeCreate, is_new
from app.schemas.vocabulary import (
    CONTINUATIONS,
    PLEDGE_ACTS,
    TOWARDS_WORDS,
    Attested,
    Entity,
    PartyRole,
    SourceType,
    TowardsWord,
)
from app.search.index import pledge_row
from app.search.names import did_you_mean, missing
from app.store import models
from app.store.ledger import Writer, read_documents
from app.store.models import columns

KIND = Kind(
    Entity.pledge,
    models.Pledge,
    "id",
    {
        models.PledgeParty: "pledge",
        models.PledgeTopic: "pledge",
        models.PledgeInstrument: "pledge",
        models.PledgeSpeaker: "pledge",
        models.Citation: "pledge",
        models.Link: "pledge",
    },
)


_LAST_KEY = select(func.max(columns(models.Pledge).c.key))


def pledge_id(meeting: str, number: int) -> str:
    return f"{meeting}-{number:02}"


def number_of(id: str) -> int:
    """The number at the end of a pledge's id."""
    return int(id.rpartition("-")[2])


# The record -----------------------------------------------------------------------------------------------------------


def record(line: PledgeCreate, key: int, context: Context) -> Record:
    """The document and rows of a numbered line whose references are ids of the book."""
    assert line.number is not None
    id = pledge_id(context.meeting, line.number)
    assessed = context.assessed.get(key, Assessed())
    attested = _attested(line, context)
    document = {
        "id": id,
        "meeting": context.meeting,
        "held_on": context.held_on.isoformat(),
        **line.model_dump(mode="json", by_alias=True, exclude={"number", "assessments"}),
        "attested": attested.value,
        "fulfilment": dict(assessed.fulfilment),
        "disputed": assessed.disputed,
    }
    row = {
        "key": key,
        "id": id,
        "meeting": context.meeting,
        "number": line.number,
        "held_on": context.held_on,
        **line.model_dump(include={"summary", "act", "specificity", "formula", "borderline", "note", "retracted"}),
        **_due_and_condition(line),
        "towards": next((word for word in line.towards if word in TOWARDS_WORDS), None),
        "attested": attested,
        "disputed": assessed.disputed,
        "undertaking": _undertaking(line, key, context),
        "is_new": is_new(document),
    }
    found_by = pledge_row(key, document, context.parents, context.things)
    return Record(KIND, id, document, row, _parts(line, key, context), found_by)


def _attested(line: PledgeCreate, context: Context) -> Attested:
    cited = [context.sources[str(citation.source)] for citation in line.citations]
    if any(source.type is SourceType.primary_text and context.parties <= source.issued_by for source in cited):
        return Attested.joint_text
    sides = context.parties & frozenset().union(*(source.issued_by for source in cited))
    return Attested.both_sides if len(sides) > 1 else Attested.one_side if sides else Attested.press


def _due_and_condition(line: PledgeCreate) -> dict[str, Any]:
    due, condition = line.due, line.condition
    return {
        "due_kind": due.kind if due else None,
        "due_text": due.text if due else None,
        "due_from": due.from_ if due else None,
        "due_to": due.to if due else None,
        "due_inferred": due.inferred if due else None,
        "condition_kind": condition.kind if condition else None,
        "condition_text": condition.text if condition else None,
    }


def _undertaking(line: PledgeCreate, key: int, context: Context) -> int:
    """The key of the thread's first pledge: what the continuation's target belongs to, else this one."""
    for link in line.links:
        if link.target and link.type in CONTINUATIONS:
            return context.targets[link.target].undertaking
    return key


def _parts(line: PledgeCreate, key: int, context: Context) -> dict[type[SQLModel], Rows]:
    dated = {"pledge": key, "held_on": context.held_on}
    return {
        models.PledgeParty: [{**dated, **row} for row in _party_rows(line)],
        models.PledgeTopic: [{**dated, **row} for row in _topic_rows(line, context.parents)],
        models.PledgeInstrument: [
            {**dated, "position": position, "instrument": slug} for position, slug in enumerate(line.instruments)
        ],
        models.PledgeSpeaker: [
            {**dated, "position": position, "participant": slug} for position, slug in enumerate(line.speakers)
        ],
        models.Citation: [
            {"pledge": key, "position": position, **citation.model_dump()}
            for position, citation in enumerate(line.citations)
        ],
        models.Link: [
            {
                "pledge": key,
                "position": position,
                **link.model_dump(),
                "target": context.targets[link.target].key if link.target else None,
            }
            for position, link in enumerate(line.links)
        ],
    }


def _party_rows(line: PledgeCreate) -> Iterator[dict[str, Any]]:
    owed = [party for party in line.towards if party not in TOWARDS_WORDS]
    mutual = TowardsWord.each_other in line.towards
    for role, parties in (
        (PartyRole.pledgor, line.pledgors),
        (PartyRole.towards, line.pledgors if mutual else owed),
        (PartyRole.about, line.about),
    ):
        for position, party in enumerate(parties):
            is_derived = mutual and role is PartyRole.towards
            yield {"role": role, "position": position, "party": party, "is_derived": is_derived}


def _topic_rows(line: PledgeCreate, parents: Mapping[str, str]) -> list[dict[str, Any]]:
    ranks: dict[str, int | None] = {topic: rank for rank, topic in enumerate(line.topics)}
    for topic in line.topics:
        if topic in parents:
            ranks.setdefault(parents[topic], None)
    return [{"topic": topic, "rank": rank} for topic, rank in ranks.items()]


# Writes ---------------------------------------------------------------------------------------------------------------


def create_pledges(writer: Writer, lines: Sequence[PledgeCreate], context: Context) -> list[str]:
    """Write new pledges of one meeting, whose lines are numbered and checked; gives their documents."""
    first = next_key(writer.connection)
    return create_records(writer, [record(line, first + index, context) for index, line in enumerate(lines)])


def next_key(connection: Connection) -> int:
    """Keys rise in order of entry; the writing lock keeps two writers from taking the same."""
    return (connection.execute(_LAST_KEY).scalar() or 0) + 1


def faults(
    connection: Connection, lines: Sequence[PledgeCreate], context: Context, at: Path = ("pledges",)
) -> list[Fault]:
    """What keeps lines, whose references are ids, from being written; those retracted may name what is retracted."""
    everything = [((*at, index), line) for index, line in enumerate(lines)]
    found: list[Fault] = []
    for standing in (True, False):
        placed = [(path, line) for path, line in everything if (line.retracted is None) == standing]
        named = {
            Entity.party: _named_parties(placed),
            Entity.topic: _named(placed, "topics"),
            Entity.instrument: _named(placed, "instruments"),
            Entity.participant: _named(placed, "speakers"),
        }
        found += missing(connection, named, standing=standing)
    for path, line in everything:
        found += _citation_faults(line, context, path)
        found += _link_faults(connection, line, context, path)
    return found


def _named(placed: Iterable[tuple[Path, PledgeCreate]], name: str) -> Iterator[tuple[Path, str]]:
    for path, line in placed:
        for index, id in enumerate(getattr(line, name)):
            yield (*path, name, index), id


def _named_parties(placed: Sequence[tuple[Path, PledgeCreate]]) -> Iterator[tuple[Path, str]]:
    yield from _named(placed, "pledgors")
    yield from ((path, id) for path, id in _named(placed, "towards") if id not in TOWARDS_WORDS)
    yield from _named(placed, "about")


def _citation_faults(line: PledgeCreate, context: Context, path: Path) -> Iterator[Fault]:
    for index, citation in enumerate(line.citations):
        source = context.sources.get(str(citation.source))
        if source is None:
            yield Fault((*path, "citations", index, "source"), "must be one of the meeting's sources")
        elif citation.end > source.length:
            reach = f"must lie within the source's text, which has {source.length} code points"
            yield Fault((*path, "citations", index, "end"), reach)


def _link_faults(connection: Connection, line: PledgeCreate, context: Context, path: Path) -> Iterator[Fault]:
    for index, link in enumerate(line.links):
        if link.target is None:
            continue
        target = context.targets.get(link.target)
        here = (*path, "links", index, "target")
        if target is None:
            yield Fault(here, f"must be a pledge of the book{did_you_mean(connection, Entity.pledge, link.target)}")
        elif target.act not in PLEDGE_ACTS:
            yield Fault(here, "must be a pledge, not a position")
        elif target.is_retracted and line.retracted is None:
            yield Fault(here, "must be a pledge that is not retracted")
        elif target.held_on >= context.held_on:
            yield Fault(here, f"must be a pledge held on an earlier day than {context.held_on}")


def change_pledges(writer: Writer, lines: Sequence[PledgeCreate], context: Context) -> int:
    """Write lines over the pledges that stand under their numbers; how many differed."""
    ids = [pledge_id(context.meeting, line.number or 0) for line in lines]
    documents = read_documents(writer.connection, Entity.pledge, ids)
    pledge = columns(models.Pledge)
    keys = {id: (key, root) for id, key, root in writer.connection.execute(
        select(pledge.c.id, pledge.c.key, pledge.c.undertaking).where(pledge.c.id.in_(ids))
    )}  # fmt: skip
    changed = 0
    for id, line in zip(ids, lines, strict=True):
        key, undertaking = keys[id]
        new = record(line, key, context)
        changed += change_record(writer, new, documents[id]) is not None
        if new.row["undertaking"] != undertaking:
            _regroup(writer.connection, key, new.row["undertaking"])
    return changed


def _regroup(connection: Connection, key: int, undertaking: int) -> None:
    """Move a pledge and all that continue it to another undertaking."""
    link, pledge = columns(models.Link), columns(models.Pledge)
    tree = select(pledge.c.key).where(pledge.c.key == key).cte("tree", recursive=True)
    tree = tree.union(
        select(link.c.pledge).join(tree, link.c.target == tree.c.key).where(link.c.type.in_(CONTINUATIONS))
    )
    connection.execute(pledge.update().where(pledge.c.key.in_(select(tree.c.key))).values(undertaking=undertaking))


def keys_of(connection: Connection, meeting: str) -> list[int]:
    """The keys of a meeting's pledges."""
    pledge = columns(models.Pledge)
    return list(connection.execute(select(pledge.c.key).where(pledge.c.meeting == meeting)).scalars())


def line_of(document: dict[str, Any]) -> dict[str, Any]:
    """The line of the book that a public document was made from, without its assessments."""
    derived = {"id", "meeting", "held_on", "attested", "fulfilment", "disputed", "version"}
    body = {name: value for name, value in document.items() if name not in derived}
    return {"number": number_of(document["id"]), **body}
