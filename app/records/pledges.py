"""Pledges and positions: one record each, with its parties, topics, key wording, deadline and links.

A record is computed from its own line and a `PledgeContext` only. A new field with a column of the same name
needs no change here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select
from sqlmodel import SQLModel

from app.errors import Fault, Path
from app.records.mapping import PartRows, RecordMapping, part_fields, part_rows
from app.records.pledge_context import AssessmentSummary, PledgeContext, read_context, read_meeting_context
from app.records.record import Kind, Record, Rows, change_record, create_records
from app.schemas.fields import Schema
from app.schemas.pledges import Condition, Due, PledgeCreate, is_new
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

_LAST_KEY = select(func.max(columns(models.Pledge).c.key))
# Nested objects of a line. Their fields are columns with a prefix: `due_kind` is the field `kind` of `due`.
_NESTED: Mapping[str, type[Schema]] = {"due": Due, "condition": Condition}


def pledge_id(meeting: str, number: int) -> str:
    return f"{meeting}-{number:02}"


# The mapping ----------------------------------------------------------------------------------------------------------


class Pledges(RecordMapping[PledgeCreate]):
    kind = Kind(
        Entity.pledge,
        models.Pledge,
        "id",
        {
            models.PledgeParty: "pledge",
            models.PledgeTopic: "pledge",
            models.PledgeInstrument: "pledge",
            models.PledgeSpeaker: "pledge",
            models.PledgeCitation: "pledge",
            models.PledgeLink: "pledge",
        },
    )
    shape = PledgeCreate

    def record(self, line: PledgeCreate, key: int, context: PledgeContext) -> Record:
        """Return the record of a line that has a number and whose references are ids of the book."""
        assert line.number is not None
        meeting = context.meeting
        id = pledge_id(meeting.id, line.number)
        summary = context.assessments.get(key, AssessmentSummary())
        attested = _attested(line, context)
        document = {
            "id": id,
            "meeting": meeting.id,
            "held_on": meeting.held_on.isoformat(),
            **self.own_document(line),
            "attested": attested.value,
            "fulfilment": dict(summary.fulfilment),
            "disputed": summary.disputed,
        }
        row = {
            **self.shared_values(line),
            **_nested_columns(line),
            "key": key,
            "id": id,
            "meeting": meeting.id,
            "held_on": meeting.held_on,
            "towards": next((word for word in line.towards if word in TOWARDS_WORDS), None),
            "attested": attested,
            "disputed": summary.disputed,
            "undertaking": _undertaking_key(line, key, context),
            "is_new": is_new(document),
        }
        indexed = pledge_row(key, document, context.parents, meeting.tokens)
        return Record(self.kind, id, document, row, self.parts(line, key, context), indexed)

    def own_document(self, line: PledgeCreate) -> dict[str, Any]:
        """Return the part of the public document that is computed from the line only."""
        return line.model_dump(mode="json", by_alias=True, exclude={"number", "assessments"})

    def parts(self, line: PledgeCreate, key: int, context: PledgeContext) -> dict[type[SQLModel], Rows]:
        """Return the rows of the part tables, by table."""
        owner = {"pledge": key}
        dated = {"pledge": key, "held_on": context.meeting.held_on}
        links = [
            {**link.model_dump(), "target": context.targets[link.target].key if link.target else None}
            for link in line.links
        ]
        return {
            models.PledgeParty: [{**dated, **row} for row in _party_rows(line)],
            models.PledgeTopic: [{**dated, **row} for row in _topic_rows(line, context.parents)],
            models.PledgeInstrument: part_rows(dated, ({"instrument": slug} for slug in line.instruments)),
            models.PledgeSpeaker: part_rows(dated, ({"participant": slug} for slug in line.speakers)),
            models.PledgeCitation: part_rows(owner, (citation.model_dump() for citation in line.citations)),
            models.PledgeLink: part_rows(owner, links),
        }

    def line(self, row: Row[Any], parts: PartRows, targets: Mapping[int, str]) -> dict[str, Any]:
        """Return the fields of the line that `row` and `parts` were made from.

        `targets` are the ids of linked pledges by key.
        """
        ranked = sorted(
            (item for item in parts[models.PledgeTopic] if item.rank is not None), key=lambda item: item.rank
        )
        links = [part_fields(item, "pledge") for item in parts[models.PledgeLink]]
        return {
            **self.shared_values(row),
            **_nested_objects(row),
            "pledgors": _parties(parts, PartyRole.pledgor),
            "speakers": [item.participant for item in parts[models.PledgeSpeaker]],
            "towards": [row.towards] if row.towards else _parties(parts, PartyRole.towards),
            "about": _parties(parts, PartyRole.about),
            "topics": [item.topic for item in ranked],
            "instruments": [item.instrument for item in parts[models.PledgeInstrument]],
            "citations": [part_fields(item, "pledge") for item in parts[models.PledgeCitation]],
            "links": [{**link, "target": targets.get(link["target"])} for link in links],
        }

    def line_of(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of the line that a public document was made from, without its assessments."""
        return {"number": int(document["id"].rpartition("-")[2]), **super().line_of(document)}

    def read(self, connection: Connection, ids: Sequence[str]) -> list[Record]:
        """Read the pledges of the meetings with these ids from their rows."""
        rows = self.read_rows(connection, ids, "meeting")
        targets = _target_ids(connection, [row.key for row, _ in rows])
        lines: dict[str, dict[int, PledgeCreate]] = {}
        for row, parts in rows:
            line = self.shape.model_validate(self.line(row, parts, targets))
            lines.setdefault(row.meeting, {})[row.key] = line
        records = []
        for meeting, by_key in lines.items():
            sources = [str(citation.source) for line in by_key.values() for citation in line.citations]
            meeting_context = read_meeting_context(connection, meeting)
            context = read_context(connection, meeting_context, sources, list(by_key.values()), list(by_key))
            records += [self.record(line, key, context) for key, line in by_key.items()]
        return records


PLEDGES = Pledges()


def _attested(line: PledgeCreate, context: PledgeContext) -> Attested:
    parties = context.meeting.parties
    cited = [context.sources[str(citation.source)] for citation in line.citations]
    if any(source.type is SourceType.primary_text and parties <= source.issued_by for source in cited):
        return Attested.joint_text
    sides = parties & frozenset().union(*(source.issued_by for source in cited))
    return Attested.both_sides if len(sides) > 1 else Attested.one_side if sides else Attested.press


def _undertaking_key(line: PledgeCreate, key: int, context: PledgeContext) -> int:
    """Return the key of the undertaking's first pledge, which is this pledge if it continues no other."""
    for link in line.links:
        if link.target and link.type in CONTINUATIONS:
            return context.targets[link.target].undertaking
    return key


def _field_names(shape: type[Schema]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items()]


def _nested_columns(line: PledgeCreate) -> dict[str, Any]:
    """Return the columns of the nested objects; those of an absent object are null."""
    values: dict[str, Any] = {}
    for prefix, shape in _NESTED.items():
        nested = getattr(line, prefix)
        fields = nested.model_dump(by_alias=True) if nested else dict.fromkeys(_field_names(shape))
        values |= {f"{prefix}_{name}": value for name, value in fields.items()}
    return values


def _nested_objects(row: Row[Any]) -> dict[str, dict[str, Any] | None]:
    """Return the nested objects by name, from their columns; an object without a kind is absent."""
    values: dict[str, dict[str, Any] | None] = {}
    for prefix, shape in _NESTED.items():
        fields = {name: getattr(row, f"{prefix}_{name}") for name in _field_names(shape)}
        values[prefix] = fields if fields["kind"] else None
    return values


def _party_rows(line: PledgeCreate) -> Iterator[dict[str, Any]]:
    named = [party for party in line.towards if party not in TOWARDS_WORDS]
    mutual = TowardsWord.each_other in line.towards
    for role, parties in (
        (PartyRole.pledgor, line.pledgors),
        (PartyRole.towards, line.pledgors if mutual else named),
        (PartyRole.about, line.about),
    ):
        for position, party in enumerate(parties):
            is_derived = mutual and role is PartyRole.towards
            yield {"role": role, "position": position, "party": party, "is_derived": is_derived}


def _parties(parts: PartRows, role: PartyRole) -> list[str]:
    return [item.party for item in parts[models.PledgeParty] if item.role == role and not item.is_derived]


def _topic_rows(line: PledgeCreate, parents: Mapping[str, str]) -> list[dict[str, Any]]:
    ranks: dict[str, int | None] = {topic: rank for rank, topic in enumerate(line.topics)}
    for topic in line.topics:
        if topic in parents:
            ranks.setdefault(parents[topic], None)
    return [{"topic": topic, "rank": rank} for topic, rank in ranks.items()]


def _target_ids(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """Return the ids of the pledges that pledges link to, by key."""
    link, pledge = columns(models.PledgeLink), columns(models.Pledge)
    query = select(pledge.c.key, pledge.c.id).join(link, link.c.target == pledge.c.key).where(link.c.pledge.in_(keys))
    return {key: id for key, id in connection.execute(query)}


# Validation -----------------------------------------------------------------------------------------------------------


def pledge_faults(
    connection: Connection, lines: Sequence[PledgeCreate], context: PledgeContext, at: Path = ("pledges",)
) -> list[Fault]:
    """Return the faults of lines whose references are ids. A retracted pledge may refer to retracted records."""
    placed = [((*at, index), line) for index, line in enumerate(lines)]
    found: list[Fault] = []
    for is_current in (True, False):
        chosen = [(path, line) for path, line in placed if (line.retracted is None) == is_current]
        named = {
            Entity.party: _party_references(chosen),
            Entity.topic: _references(chosen, "topics"),
            Entity.instrument: _references(chosen, "instruments"),
            Entity.participant: _references(chosen, "speakers"),
        }
        found += missing(connection, named, standing=is_current)
    for path, line in placed:
        found += _citation_faults(line, context, path)
        found += _link_faults(connection, line, context, path)
    return found


def _references(placed: Iterable[tuple[Path, PledgeCreate]], name: str) -> Iterator[tuple[Path, str]]:
    for path, line in placed:
        for index, id in enumerate(getattr(line, name)):
            yield (*path, name, index), id


def _party_references(placed: Sequence[tuple[Path, PledgeCreate]]) -> Iterator[tuple[Path, str]]:
    yield from _references(placed, "pledgors")
    yield from ((path, id) for path, id in _references(placed, "towards") if id not in TOWARDS_WORDS)
    yield from _references(placed, "about")


def _citation_faults(line: PledgeCreate, context: PledgeContext, path: Path) -> Iterator[Fault]:
    for index, citation in enumerate(line.citations):
        source = context.sources.get(str(citation.source))
        if source is None:
            yield Fault((*path, "citations", index, "source"), "must be one of the meeting's sources")
        elif citation.end > source.length:
            message = f"must lie within the source's text, which has {source.length} code points"
            yield Fault((*path, "citations", index, "end"), message)


def _link_faults(connection: Connection, line: PledgeCreate, context: PledgeContext, path: Path) -> Iterator[Fault]:
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
        elif target.held_on >= context.meeting.held_on:
            yield Fault(here, f"must be a pledge of an earlier day than {context.meeting.held_on}")


# Writes ---------------------------------------------------------------------------------------------------------------


def create_pledges(writer: Writer, lines: Sequence[PledgeCreate], context: PledgeContext) -> list[str]:
    """Write new pledges of one meeting and return their documents. The lines have numbers and are valid."""
    first = next_key(writer.connection)
    records = [PLEDGES.record(line, key, context) for key, line in enumerate(lines, first)]
    return create_records(writer, records)


def next_key(connection: Connection) -> int:
    """Return the key of the next new pledge. In a write transaction the lock ensures that no other writer uses it."""
    return (connection.execute(_LAST_KEY).scalar() or 0) + 1


def change_pledges(writer: Writer, lines: Sequence[PledgeCreate], context: PledgeContext) -> int:
    """Write lines over the pledges with their numbers. Return how many documents changed."""
    ids = [pledge_id(context.meeting.id, line.number or 0) for line in lines]
    documents = read_documents(writer.connection, Entity.pledge, ids)
    pledge = columns(models.Pledge)
    query = select(pledge.c.id, pledge.c.key, pledge.c.undertaking).where(pledge.c.id.in_(ids))
    keys = {id: (key, undertaking) for id, key, undertaking in writer.connection.execute(query)}
    changed = 0
    for id, line in zip(ids, lines, strict=True):
        key, undertaking = keys[id]
        record = PLEDGES.record(line, key, context)
        changed += change_record(writer, record, documents[id]) is not None
        if record.row["undertaking"] != undertaking:
            _move_thread(writer.connection, key, record.row["undertaking"])
    return changed


def _move_thread(connection: Connection, key: int, undertaking: int) -> None:
    """Move a pledge and all pledges that continue it to another undertaking."""
    link, pledge = columns(models.PledgeLink), columns(models.Pledge)
    tree = select(pledge.c.key).where(pledge.c.key == key).cte("tree", recursive=True)
    tree = tree.union(
        select(link.c.pledge).join(tree, link.c.target == tree.c.key).where(link.c.type.in_(CONTINUATIONS))
    )
    connection.execute(pledge.update().where(pledge.c.key.in_(select(tree.c.key))).values(undertaking=undertaking))


def pledge_keys(connection: Connection, meeting: str) -> list[int]:
    """Return the keys of a meeting's pledges."""
    pledge = columns(models.Pledge)
    return list(connection.execute(select(pledge.c.key).where(pledge.c.meeting == meeting)).scalars())
