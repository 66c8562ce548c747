"""Comparison: divide the undertakings of two meetings into those of both and those of only one.

The comparison is by undertaking, not by wording, and returns the same undertakings as the filters `in_meeting` and
`not_in_meeting`. It leaves out positions. If a meeting is known only from reports, a missing undertaking does not show
that the meeting left it out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.query.plan import pledge, require_meetings, revision
from app.query.threads import DRIFT_FIELDS
from app.schemas.vocabulary import PLEDGE_ACTS


@dataclass(frozen=True)
class Shared:
    """An undertaking of both meetings: the documents of its pledges at each meeting, in order of number."""

    in_a: list[dict[str, Any]]
    in_b: list[dict[str, Any]]

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """The fields in which the first pledge of each meeting differs: the name, the value at A, the value at B."""
        first_a, first_b = self.in_a[0], self.in_b[0]
        return ((name, first_a[name], first_b[name]) for name in DRIFT_FIELDS if first_a[name] != first_b[name])


@dataclass(frozen=True)
class Comparison:
    """The undertakings of two meetings. Each one is given as the documents of its pledges, in order of number."""

    both: list[Shared] = field(default_factory=list)
    only_a: list[list[dict[str, Any]]] = field(default_factory=list)
    only_b: list[list[dict[str, Any]]] = field(default_factory=list)


def compare_meetings(connection: Connection, a: str, b: str) -> Comparison:
    """Compare the meetings `a` and `b`, in two statements. Raises BadQuery if the book does not have one of them."""
    require_meetings(connection, {"a": [a], "b": [b]})
    pledges_a, pledges_b = _pledges_by_undertaking(connection, a, b)
    return Comparison(
        both=[Shared(pledges, pledges_b[key]) for key, pledges in pledges_a.items() if key in pledges_b],
        only_a=[pledges for key, pledges in pledges_a.items() if key not in pledges_b],
        only_b=[pledges for key, pledges in pledges_b.items() if key not in pledges_a],
    )


def _pledges_by_undertaking(connection: Connection, *meetings: str) -> list[dict[int, list[dict[str, Any]]]]:
    """For each meeting, its pledges that are not retracted, by the key of their undertaking, in order of number."""
    query = (
        select(pledge.c.meeting, pledge.c.undertaking, revision.c.document)
        .join(revision, revision.c.seq == pledge.c.revision)
        .where(pledge.c.meeting.in_(meetings), pledge.c.retracted.is_(None), pledge.c.act.in_(PLEDGE_ACTS))
        .order_by(pledge.c.number)
    )
    by_meeting: dict[str, dict[int, list[dict[str, Any]]]] = {meeting: {} for meeting in meetings}
    for meeting, undertaking, document in connection.execute(query):
        by_meeting[meeting].setdefault(undertaking, []).append(json.loads(document))
    return [by_meeting[meeting] for meeting in meetings]
