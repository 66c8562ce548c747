"""Two meetings side by side: the undertakings that both have, and those that only one of them has.

What always holds: each is an undertaking, not a wording, and agrees with the filters `in_meeting` and `not_in_meeting`
of the list of undertakings. Positions promise nothing and are not compared. Whether what is lacking is silence, the
coverage of the meeting tells: of a report it says nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from app.query.plan import pledge, require_meetings, revision
from app.query.threads import DRIFTING
from app.schemas.vocabulary import PLEDGE_ACTS


@dataclass(frozen=True)
class Shared:
    """An undertaking that both meetings have: the pledges that say it in each, by number."""

    in_a: list[dict[str, Any]]
    in_b: list[dict[str, Any]]

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Field by field, what the first pledge of one meeting has otherwise than that of the other."""
        one, other = self.in_a[0], self.in_b[0]
        return ((name, one[name], other[name]) for name in DRIFTING if one[name] != other[name])


@dataclass(frozen=True)
class Comparison:
    """Undertakings by where they are said; each as the pledges that say it, by number."""

    both: list[Shared] = field(default_factory=list)
    only_a: list[list[dict[str, Any]]] = field(default_factory=list)
    only_b: list[list[dict[str, Any]]] = field(default_factory=list)


def compare_meetings(connection: Connection, a: str, b: str) -> Comparison:
    """What two meetings of the book share and do not. Two statements."""
    require_meetings(connection, {"a": [a], "b": [b]})
    said_a, said_b = _said(connection, a, b)
    return Comparison(
        both=[Shared(pledges, said_b[key]) for key, pledges in said_a.items() if key in said_b],
        only_a=[pledges for key, pledges in said_a.items() if key not in said_b],
        only_b=[pledges for key, pledges in said_b.items() if key not in said_a],
    )


def _said(connection: Connection, *meetings: str) -> Sequence[dict[int, list[dict[str, Any]]]]:
    """For each meeting its standing pledges by undertaking, in order of their numbers."""
    query = (
        select(pledge.c.meeting, pledge.c.undertaking, revision.c.document)
        .join(revision, revision.c.seq == pledge.c.revision)
        .where(pledge.c.meeting.in_(meetings), pledge.c.retracted.is_(None), pledge.c.act.in_(PLEDGE_ACTS))
        .order_by(pledge.c.number)
    )
    said: dict[str, dict[int, list[dict[str, Any]]]] = {meeting: {} for meeting in meetings}
    for meeting, undertaking, document in connection.execute(query):
        said[meeting].setdefault(undertaking, []).append(json.loads(document))
    return [said[meeting] for meeting in meetings]
