"""Duplicates: find meetings and pledges that seem to be in the book already.

A client sends `allow_similar` to write a record that only resembles another.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.errors import Fault, Path
from app.schemas.folding import fold_text
from app.schemas.meetings import MeetingCreate
from app.schemas.pledges import Citation, PledgeCreate, source_id
from app.store import models
from app.store.models import columns

_MOST_FAULTS = 20


@dataclass(frozen=True)
class Duplicate:
    """A new pledge (its index in the request), the pledge that it resembles, and the reason."""

    index: int
    resembles: str
    reason: str

    def __str__(self) -> str:
        return f"resembles {self.resembles}: {self.reason}"


def similar_meetings(connection: Connection, meeting: MeetingCreate, circle: str) -> list[str]:
    """Return the ids of meetings of the same day, type and parties (`circle`) that are not retracted."""
    table = columns(models.Meeting)
    same = (table.c.circle == circle, table.c.held_on == meeting.held_on, table.c.type == meeting.type)
    query = select(table.c.id).where(*same, table.c.retracted.is_(None)).order_by(table.c.id)
    return list(connection.execute(query).scalars())


def similar_pledges(
    new: Iterable[tuple[int, PledgeCreate]], existing: Sequence[tuple[str, PledgeCreate]] = ()
) -> Iterator[Duplicate]:
    """Yield each new pledge, given with its index, that resembles an existing one or an earlier new one.

    `existing` are the ids and lines of the meeting's pledges. Retracted pledges are not compared.
    """
    added = [(index, ComparedPledge.of(line)) for index, line in new if not line.retracted]
    others = [(id, ComparedPledge.of(line)) for id, line in existing if not line.retracted]
    for index, line in added:
        for id, other in others:
            if reason := _similarity(line, other):
                yield Duplicate(index, id, reason)
    for (first, one), (second, other) in combinations(added, 2):
        if reason := _similarity(one, other):
            yield Duplicate(second, f"the new pledge at index {first}", reason)


def duplicate_faults(duplicates: Iterable[Duplicate], at: Path = ()) -> list[Fault]:
    """Return a fault for each of the first duplicates. `at` is the path of the list of pledges in the request."""
    return [Fault((*at, duplicate.index), str(duplicate)) for duplicate in islice(duplicates, _MOST_FAULTS)]


class ComparedPledge(NamedTuple):
    """The values that pledges are compared by, computed once for each, because each is compared with all others."""

    summary: str
    who_and_what: tuple[str, frozenset[str], str]
    citations: Sequence[Citation]

    @classmethod
    def of(cls, line: PledgeCreate) -> "ComparedPledge":
        who_and_what = (line.act, frozenset(line.pledgors), line.topics[0])
        return cls(fold_text(line.summary), who_and_what, line.citations)


def _similarity(one: ComparedPledge, other: ComparedPledge) -> str | None:
    if one.summary == other.summary:
        return "the summary is the same"
    same = one.who_and_what == other.who_and_what
    if same and any(_overlap(a, b) for a in one.citations for b in other.citations):
        return "act, pledgors and primary topic are the same, and the citations overlap by more than half"
    return None


def _overlap(a: Citation, b: Citation) -> bool:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return source_id(a.source) == source_id(b.source) and 2 * shared > min(a.end - a.start, b.end - b.start)
