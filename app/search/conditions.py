"""What a question is as SQL: which pledges and which meetings meet it. The names it uses are read from the book."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, Subquery, false, or_, select

from app.schemas.vocabulary import Entity
from app.search.analyser import AnyOf, Clause, Phrase, thing
from app.search.index import MEETINGS, found_pledges, matching, on_sqlite
from app.search.name_index import read_lexicon
from app.store import models
from app.store.models import columns

HOW_SEARCHED = (
    " Every alias of a thing asks the same (`ROK`, `South Korea`), a word is met in all its forms (`deploy`, "
    "`deployment`), case and accents do not matter, Korean is found by parts of a word. Any text is a valid search."
)

_pledge = columns(models.Pledge)
_meeting = columns(models.Meeting)


def found_by_words(
    connection: Connection, question: str, topics: Sequence[str], days: tuple[date | None, date | None], *, said: bool
) -> Subquery:
    """The pledges that meet a question, with `said` by their words alone, on one of the topics; see `found_pledges`."""
    clauses = read_lexicon(connection).clauses(question)
    if said:
        clauses = [clause if clause.is_not else replace(clause, things=()) for clause in clauses]
    if not clauses:
        return select(_pledge.c.key.label("pledge")).where(false()).subquery("found")
    if topics:
        clauses.append(Clause(AnyOf(tuple(Phrase((thing(Entity.topic, slug),)) for slug in topics))))
    return found_pledges(on_sqlite(connection), clauses, *days)


def said_at_meeting(connection: Connection, question: str) -> Iterator[ColumnElement[bool]]:
    """Each clause is met by the meeting itself or by one of its pledges; what is excluded, by neither."""
    clauses = read_lexicon(connection).clauses(question)
    if not clauses:
        yield false()
    for clause in clauses:
        wanted = [replace(clause, is_not=False)]
        own = select(MEETINGS.c.meeting).where(matching(on_sqlite(connection), MEETINGS, wanted))
        found = found_pledges(on_sqlite(connection), wanted)
        said = select(_pledge.c.meeting).join(found, found.c.pledge == _pledge.c.key)
        said = said.where(_pledge.c.retracted.is_(None))
        met = or_(_meeting.c.id.in_(own), _meeting.c.id.in_(said))
        yield ~met if clause.is_not else met
