"""The one query: which pledges are asked for, in which order. Every rendering takes it and gives the same pledges."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from app.query.filters import PledgeFilters, meeting, pledge, pledge_conditions, revision
from app.query.meeting_filters import MeetingFilters, meeting_conditions
from app.schemas.canonical_json import canonical_json
from app.search.analyser import Clause
from app.search.highlight import marked
from app.search.name_index import read_lexicon
from app.search.relevance import meeting_score, pledge_score
from app.store.cursors import decode_cursor, encode_cursor

SortKey = Literal["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id", "relevance"]
MeetingSortKey = Literal["-held_on", "held_on", "-updated", "updated", "-id", "id", "relevance"]

_RELEVANCE = " `relevance` needs `q`, and is one page."


class Asked(BaseModel):
    """What the lists that can be searched have in common."""

    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")
    highlight: bool = Field(
        False, description="With `q`: send the words that meet it, marked, beside the items, under `highlights`."
    )

    @field_validator("sort", check_fields=False)
    @classmethod
    def _relevance_is_one_page_for_a_question(cls, sort: str, info: ValidationInfo) -> str:
        if sort == "relevance" and not (info.data.get("q") or "").strip():
            raise ValueError("must be another without `q`: relevance is to a question")
        if sort == "relevance" and info.data.get("cursor") is not None:
            raise ValueError("must be another with `cursor`: relevance is one page")
        return sort


class PledgeQuery(Asked, PledgeFilters):
    """The filters, and which page of the answer in which order."""

    sort: SortKey = Field(
        "-held_on", description="Ties in order of entry; what has no such day comes last." + _RELEVANCE
    )

    def fingerprint(self) -> str:
        return _fingerprint("pledges", self)


class MeetingQuery(Asked, MeetingFilters):
    """The filters, and which page of the meetings in which order."""

    sort: MeetingSortKey = Field("-held_on", description="Ties by id." + _RELEVANCE)

    def fingerprint(self) -> str:
        return _fingerprint("meetings", self)


# Parameters that change neither which records answer nor their order.
_BESIDE = {"limit", "cursor", "highlight", "include", "facets", "facet_limit", "bom"}


def _fingerprint(list: str, query: BaseModel) -> str:
    """What a cursor is good for: the filters and the order, not the size of the page or what is sent beside it."""
    return canonical_json([list, *query.model_dump(mode="json", exclude=_BESIDE).values()])


class Row(NamedTuple):
    """A record of the answer: its key, its document as stored, its place in the order, and what else was asked for."""

    key: Any
    document: str
    place: tuple[Any, ...]
    beside: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Order:
    """A sort: the columns a page is walked by, each with its direction. The last one settles all ties."""

    by: tuple[tuple[ColumnElement[Any], bool], ...]  # (column, is descending)

    def apply(self, statement: Select[Any]) -> Select[Any]:
        return statement.order_by(*(column.desc() if down else column.asc() for column, down in self.by))

    def after(self, place: list[Any]) -> ColumnElement[bool]:
        """The rows behind `place`. The first column is bounded by itself too, so that an index can begin there."""
        first, down = self.by[0]
        bound = first <= place[0] if down else first >= place[0]
        alternatives = []
        for index, (column, is_down) in enumerate(self.by):
            ties = [before == value for (before, _), value in zip(self.by[:index], place, strict=False)]
            beyond = column < place[index] if is_down else column > place[index]
            alternatives.append(and_(*ties, beyond))
        return and_(bound, or_(*alternatives))


# As many are ranked by relevance; ranking the whole of a large book would not be worth its time.
_CANDIDATES = 200
_FAR = date(9999, 12, 31)
_NEVER = date(1, 1, 1)


def order_of(sort: str, held_on: Any = pledge.c.held_on, key: Any = pledge.c.key) -> Order:
    """The order a sort key names. Days come from the table that is walked, so that its index serves."""
    down = sort.startswith("-")
    name = sort.lstrip("-")
    if name == "held_on":
        return Order(((held_on, down), (key, False)))
    if name == "due":
        return Order(((func.coalesce(pledge.c.due_to, _NEVER if down else _FAR), down), (key, False)))
    if name == "updated":
        return Order(((pledge.c.revision, down),))
    return Order(((pledge.c.meeting, down), (pledge.c.number, down)))


def order_walked(sort: str, walked: Any) -> Order:
    """The order, by the columns of the table that is walked if it has them. What was found has `place`, newest last."""
    if sort == "-held_on" and walked is not None and "place" in walked.c:
        return Order(((walked.c.place, True),))
    if walked is None or "held_on" not in walked.c:
        return order_of(sort)
    return order_of(sort, walked.c.held_on, walked.c.pledge)


def read_page(connection: Connection, query: PledgeQuery, today: date | None = None) -> tuple[list[Row], str | None]:
    """One page of pledges, and the cursor of the next or None. One statement, and one for each kind of name given."""
    today = today or datetime.now(UTC).date()
    if query.sort == "relevance":
        return _relevant_pledges(connection, query, today), None
    statement, order = _pledges(connection, query, today)
    return page_of(connection, statement, order, query)


def _pledges(
    connection: Connection, query: PledgeQuery, today: date, *, said: bool = False
) -> tuple[Select[Any], Order]:
    walked, conditions = pledge_conditions(connection, query, today, said=said)
    order = order_walked(query.sort, walked)
    source = pledge.join(revision, revision.c.seq == pledge.c.revision)
    if walked is not None:
        source = walked.join(source, pledge.c.key == walked.c.pledge)
    return select(pledge.c.key, revision.c.document).select_from(source).where(*conditions), order


def _relevant_pledges(connection: Connection, query: PledgeQuery, today: date) -> list[Row]:
    """The pledges that answer the question best, of the newest that say it and the newest that meet it at all."""
    clauses = asked(connection, query)
    newest = query.model_copy(update={"sort": "-held_on", "limit": _CANDIDATES})
    rows = [
        row
        for said in (True, False)
        for row in page_of(connection, *_pledges(connection, newest, today, said=said), newest)[0]
    ]
    documents = {row: json.loads(row.document) for row in rows}
    ranked = sorted(documents, key=lambda row: row.key)
    ranked.sort(key=lambda row: (pledge_score(clauses, documents[row]), documents[row]["held_on"]), reverse=True)
    return ranked[: query.limit]


def _relevant_meetings(connection: Connection, query: MeetingQuery) -> list[Row]:
    """The meetings that answer the question best, of the newest that meet it."""
    clauses = asked(connection, query)
    newest = query.model_copy(update={"sort": "-held_on", "limit": _CANDIDATES})
    rows, _ = read_meetings(connection, newest)
    return sorted(rows, key=lambda row: -meeting_score(clauses, json.loads(row.document)))[: query.limit]


def asked(connection: Connection, query: PledgeQuery | MeetingQuery) -> list[Clause]:
    """What the question in a query demands; nothing if there is none."""
    return read_lexicon(connection).clauses(query.q) if query.q else []


def highlights(connection: Connection, query: PledgeQuery | MeetingQuery, rows: Sequence[Row]) -> dict[str, str]:
    """The words of each row by its record's id, as HTML in which those that meet the question are marked."""
    clauses = asked(connection, query)
    if not clauses:
        return {}
    documents = [json.loads(row.document) for row in rows]
    return {
        document["id"]: marked(clauses, [document["summary"], *document["formula"]])
        if isinstance(query, PledgeQuery)
        else marked(clauses, [document["title"]])
        for document in documents
    }


def read_meetings(connection: Connection, query: MeetingQuery) -> tuple[list[Row], str | None]:
    """One page of meetings, and the cursor of the next or None."""
    if query.sort == "relevance":
        return _relevant_meetings(connection, query), None
    down = query.sort.startswith("-")
    by = {
        "held_on": ((meeting.c.held_on, down), (meeting.c.id, False)),
        "updated": ((meeting.c.revision, down),),
        "id": ((meeting.c.id, down),),
    }[query.sort.lstrip("-")]
    source = meeting.join(revision, revision.c.seq == meeting.c.revision)
    conditions = meeting_conditions(connection, query)
    statement = select(meeting.c.id, revision.c.document).select_from(source).where(*conditions)
    return page_of(connection, statement, Order(by), query)


class Paged(Protocol):
    """A query that asks for a page."""

    @property
    def sort(self) -> str: ...
    @property
    def limit(self) -> int: ...
    @property
    def cursor(self) -> str | None: ...
    def fingerprint(self) -> str: ...


def page_of(connection: Connection, statement: Select[Any], order: Order, query: Paged) -> tuple[list[Row], str | None]:
    """The rows of a page in order; one more is asked for than shown, to know whether there is a next page.

    The statement gives key, document and what else is wanted beside.
    """
    width = len(statement.selected_columns)
    statement = order.apply(statement.add_columns(*(column for column, _ in order.by))).limit(query.limit + 1)
    if query.cursor is not None:
        place = decode_cursor(query.fingerprint(), query.cursor, [column for column, _ in order.by])
        statement = statement.where(order.after(place))
    found = connection.execute(statement)
    rows = [Row(row[0], row[1], tuple(row[width:]), tuple(row[2:width])) for row in found]
    if len(rows) <= query.limit:
        return rows, None
    rows.pop()
    return rows, encode_cursor(query.fingerprint(), [_portable(value) for value in rows[-1].place])


def _portable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
