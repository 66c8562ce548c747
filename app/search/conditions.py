"""What a question in words demands, as clauses and as SQL conditions with bound parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, or_, select

from app.schemas.vocabulary import Entity
from app.search.analyser import AnyOf, Clause, Phrase, thing
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


def pledge_clauses(lexicon: Lexicon, question: str, topics: Sequence[str], *, own_words: bool) -> list[Clause]:
    """What a question demands of a pledge, and that it is on one of `topics`, which the search index holds as tokens.

    Empty if the question has no word. With `own_words`, the pledge's own words must meet it, not its names.
    """
    clauses = lexicon.clauses(question)
    if own_words:
        clauses = [clause if clause.is_not else replace(clause, things=()) for clause in clauses]
    if clauses and topics:
        clauses.append(Clause(AnyOf(tuple(Phrase((thing(Entity.topic, slug),)) for slug in topics))))
    return clauses


def meeting_conditions_of(is_sqlite: bool, are_excluded: Sequence[bool]) -> Iterator[ColumnElement[bool]]:
    """A condition for each clause of a question, bound to `question_0`, `question_1`, …

    A clause is met by the meeting itself or by one of its pledges; an excluded one, by neither.
    """
    for number, is_excluded in enumerate(are_excluded):
        parameter = f"question_{number}"
        own = select(MEETINGS.c.meeting).where(matches(is_sqlite, MEETINGS, parameter))
        found = found_pledges(is_sqlite, parameter)
        said = select(_pledge.c.meeting).join(found, found.c.pledge == _pledge.c.key)
        said = said.where(_pledge.c.retracted.is_(None))
        met = or_(_meeting.c.id.in_(own), _meeting.c.id.in_(said))
        yield ~met if is_excluded else met
