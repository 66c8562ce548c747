"""Search conditions: turn a search query into clauses, and into SQL conditions with bound parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, or_, select

from app.schemas.vocabulary import Entity
from app.search.analyser import AnyOf, Clause, Phrase, record_token
from app.search.index import MEETINGS, found_pledges, matches
from app.search.name_index import Lexicon
from app.store import models
from app.store.models import columns

SEARCH_HELP = (
    " All names of a record are equivalent (`ROK`, `South Korea`). A word matches all its forms (`deploy`, "
    "`deployment`). Case and accents do not matter. A part of a Korean word matches the word. Any text is valid."
)

_pledge = columns(models.Pledge)
_meeting = columns(models.Meeting)


def pledge_clauses(lexicon: Lexicon, query: str, topics: Sequence[str], *, own_words: bool) -> list[Clause]:
    """The clauses that a pledge must match: those of the search query, and one of `topics` if there are any.

    Empty if the query contains no word. With `own_words`, only the pledge's own words count, not its record tokens.
    """
    clauses = lexicon.clauses(query)
    if own_words:
        clauses = [clause if clause.is_not else replace(clause, record_tokens=()) for clause in clauses]
    if clauses and topics:
        clauses.append(Clause(AnyOf(tuple(Phrase((record_token(Entity.topic, slug),)) for slug in topics))))
    return clauses


def meeting_conditions_of(is_sqlite: bool, are_excluded: Sequence[bool]) -> Iterator[ColumnElement[bool]]:
    """A condition for each clause of a search query, bound to `search_0`, `search_1`, …

    The meeting itself or one of its pledges must match a clause. For an excluded clause, none of them may match.
    """
    for number, is_excluded in enumerate(are_excluded):
        parameter = f"search_{number}"
        by_own_row = select(MEETINGS.c.meeting).where(matches(is_sqlite, MEETINGS, parameter))
        found = found_pledges(is_sqlite, parameter)
        by_pledge = select(_pledge.c.meeting).join(found, found.c.pledge == _pledge.c.key)
        by_pledge = by_pledge.where(_pledge.c.retracted.is_(None))
        matched = or_(_meeting.c.id.in_(by_own_row), _meeting.c.id.in_(by_pledge))
        yield ~matched if is_excluded else matched
