"""Doubles: meetings and pledges that the book seems to have already. `allow_similar` says one is really another."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.schemas.folding import fold_text
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import Citation, PledgeCreate, source_id
from app.store import models
from app.store.models import columns


@dataclass(frozen=True)
class Double:
    """A new record (`new`, its place in what was sent) and the one it resembles, with the reason."""

    new: int
    like: str
    why: str


def similar_meetings(connection: Connection, meeting: MeetingCreate, circle: str) -> list[str]:
    """Ids of standing meetings of the same parties (those of `circle`), day and type."""
    table = columns(models.Meeting)
    same = (table.c.circle == circle, table.c.held_on == meeting.held_on, table.c.type == meeting.type)
    query = select(table.c.id).where(*same, table.c.retracted.is_(None)).order_by(table.c.id)
    return list(connection.execute(query).scalars())


def similar_pledges(
    new: Iterable[tuple[int, PledgeCreate]], standing: Sequence[tuple[str, PledgeCreate]] = ()
) -> Iterator[Double]:
    """Each new pledge (with its place) that resembles one of its meeting, or an earlier one of those sent with it."""
    placed = [(index, Compared.of(line)) for index, line in new if not line.retracted]
    stand = [(id, Compared.of(line)) for id, line in standing if not line.retracted]
    for index, line in placed:
        for id, other in stand:
            if why := _alike(line, other):
                yield Double(index, id, why)
    for (first, one), (second, other) in combinations(placed, 2):
        if why := _alike(one, other):
            yield Double(second, f"the one sent at place {first}", why)


class Compared(NamedTuple):
    """What a pledge is compared by, made once for it: the comparing is of each with every other."""

    summary: str
    who_and_what: tuple[str, frozenset[str], str]
    citations: Sequence[Citation]

    @classmethod
    def of(cls, line: PledgeCreate) -> "Compared":
        about = (line.act, frozenset(line.pledgors), line.topics[0])
        return cls(fold_text(line.summary), about, line.citations)


def _alike(one: Compared, other: Compared) -> str | None:
    if one.summary == other.summary:
        return "the summary is the same"
    same = one.who_and_what == other.who_and_what
    if same and any(_overlap(a, b) for a in one.citations for b in other.citations):
        return "most of the same words are cited, with equal act, pledgors and primary topic"
    return None


def _overlap(a: Citation, b: Citation) -> bool:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return source_id(a.source) == source_id(b.source) and 2 * shared > min(a.end - a.start, b.end - b.start)
