"""Pages of pledges and meetings: the one query, in which order, read by one statement.

A page is read as one row: the documents joined, and the place of each in the order, so that the cursor of the next page
follows from the same statement. It also returns the seq of the head that it was read at.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

from pydantic import BaseModel, Field, ValidationInfo, field_validator
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from app.query.filters import MeetingFilters, PledgeFilters
from app.query.plan import (
    Found,
    Shape,
    bind_meetings,
    bind_pledges,
    find_meetings,
    find_pledges,
    meeting,
    pledge,
    revision,
)
from app.schemas.canonical_json import canonical_json
from app.schemas.fields import utc_today
from app.search.analyser import Clause
from app.search.highlight import marked
from app.search.name_index import NameIndex, read_name_index
from app.search.relevance import meeting_score, pledge_score
from app.store.cursors import decode_cursor, encode_cursor

SortKey = Literal["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id", "relevance"]
MeetingSortKey = Literal["-held_on", "held_on", "-updated", "updated", "-id", "id", "relevance"]

_RELEVANCE = " `relevance` needs `q`, and is one page."
_SEPARATOR = "\n"  # no document holds a line break


class SearchedQuery(BaseModel):
    """What the lists that can be searched have in common."""

    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")
    highlight: bool = Field(
        False, description="With `q`: send the words that meet it, marked, beside the items, under `highlights`."
    )

    @field_validator("sort", check_fields=False)
    @classmethod
    def _relevance_needs_a_question_and_is_one_page(cls, sort: str, info: ValidationInfo) -> str:
        if sort == "relevance" and not (info.data.get("q") or "").strip():
            raise ValueError("must be another without `q`: relevance is to a question")
        if sort == "relevance" and info.data.get("cursor") is not None:
            raise ValueError("must be another with `cursor`: relevance is one page")
        return sort


class PledgeQuery(SearchedQuery, PledgeFilters):
    """The filters, and which page of the answer in which order."""

    sort: SortKey = Field(
        "-held_on", description="Ties in order of entry; what has no such day comes last." + _RELEVANCE
    )

    def fingerprint(self) -> str:
        """What a cursor of this list is valid for: the filters and the order."""
        return fingerprint("pledges", self)


class MeetingQuery(SearchedQuery, MeetingFilters):
    """The filters, and which page of the meetings in which order."""

    sort: MeetingSortKey = Field("-held_on", description="Ties by id." + _RELEVANCE)

    def fingerprint(self) -> str:
        """What a cursor of this list is valid for: the filters and the order."""
        return fingerprint("meetings", self)


# Parameters that change neither which records are found nor their order.
_BESIDE = {"limit", "cursor", "highlight", "include", "facets", "facet_limit", "bom"}


def fingerprint(list: str, query: BaseModel) -> str:
    """The name of a list and all that decides its records and their order, as JSON."""
    return canonical_json([list, query.model_dump(mode="json", exclude=_BESIDE, exclude_defaults=True)])


# The order of a page --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """The columns that a page is sorted by, each with True if it descends. The last one settles all ties."""

    by: tuple[tuple[ColumnElement[Any], bool], ...]

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """The columns alone."""
        return [column for column, _ in self.by]

    def sorted(self) -> list[ColumnElement[Any]]:
        """The terms of ORDER BY."""
        return [column.desc() if descends else column.asc() for column, descends in self.by]

    def after(self) -> ColumnElement[bool]:
        """The rows behind the place that is bound to `after_0`, `after_1`, …

        The first column is also bounded by itself, so that an index scan can begin there.
        """
        places = [bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(self.columns)]
        first, descends = self.by[0]
        bound = first <= places[0] if descends else first >= places[0]
        alternatives = []
        for number, (column, down) in enumerate(self.by):
            ties = [tied == place for tied, place in zip(self.columns[:number], places, strict=False)]
            alternatives.append(and_(*ties, column < places[number] if down else column > places[number]))
        return and_(bound, or_(*alternatives))


_LAST_DAY, _FIRST_DAY = date(9999, 12, 31), date(1, 1, 1)


def pledge_order(sort: str, found: Found) -> Order:
    """The order of a sort key, by the columns of the table that is walked if it has them, so that its index serves."""
    walked, down = found.walked, sort.startswith("-")
    held_on, key = pledge.c.held_on, pledge.c.key
    if walked is not None and "held_on" in walked.c:
        held_on, key = walked.c.held_on, walked.c.pledge
    name = sort.lstrip("-")
    if name == "held_on":
        if down and walked is not None and "place" in walked.c:  # newest first is the order of this index
            return Order(((walked.c.place, True),))
        return Order(((held_on, down), (key, False)))
    if name == "due":
        return Order(((func.coalesce(pledge.c.due_to, _FIRST_DAY if down else _LAST_DAY), down), (key, False)))
    if name == "updated":
        return Order(((pledge.c.revision, down),))
    return Order(((pledge.c.meeting, down), (pledge.c.number, down)))


def _meeting_order(sort: str) -> Order:
    down = sort.startswith("-")
    return {
        "held_on": Order(((meeting.c.held_on, down), (meeting.c.id, False))),
        "updated": Order(((meeting.c.revision, down),)),
        "id": Order(((meeting.c.id, down),)),
    }[sort.lstrip("-")]


# Reading a page -------------------------------------------------------------------------------------------------------


class ResultPage(NamedTuple):
    """A page: its rows as text (the document first, a null as empty), the next cursor, and the head's seq."""

    rows: list[tuple[str, ...]]
    next: str | None
    seq: int

    @property
    def documents(self) -> list[str]:
        """The documents in order, as stored."""
        return [row[0] for row in self.rows]


class PagePlan(NamedTuple):
    """The statement of a page, without and with a cursor, and the columns of its order."""

    first: Select[Any]
    later: Select[Any]
    order: Order


class PagedQuery(Protocol):
    """A query that asks for a page."""

    @property
    def limit(self) -> int: ...
    @property
    def cursor(self) -> str | None: ...
    def fingerprint(self) -> str: ...


def page_plan(rows: Select[Any], order: Order, *, is_sqlite: bool) -> PagePlan:
    """The plan that reads `rows`, whose first column is a document, as pages in this order."""
    width = len(rows.selected_columns)
    sorted_rows = rows.add_columns(*order.columns).order_by(*order.sorted()).limit(bindparam("rows", type_=Integer))
    join, line_break = (func.group_concat, "char(10)") if is_sqlite else (func.string_agg, "chr(10)")

    def as_one_row(page: Select[Any]) -> Select[Any]:
        """The head's seq, how many rows there are, and the text of each column, joined."""
        document, *others = page.subquery("page").c
        beside = [func.coalesce(cast(column, String), "") for column in others[: width - 1]]
        texts = [document, *beside, *(cast(column, String) for column in others[width - 1 :])]
        head = select(func.coalesce(func.max(revision.c.seq), literal_column("0"))).scalar_subquery()
        columns: list[Any] = [head, func.count(), *(join(text, literal_column(line_break)) for text in texts)]
        return select(*columns).select_from(document.table)

    return PagePlan(as_one_row(sorted_rows), as_one_row(sorted_rows.where(order.after())), order)


def read_plan(connection: Connection, plan: PagePlan, values: Mapping[str, Any], query: PagedQuery) -> ResultPage:
    """One page of a plan. One row more is read than shown, to know whether there is a next page.

    Raises BadQuery if the cursor is not one of this list.
    """
    bound = {**values, "rows": query.limit + 1}
    statement = plan.first
    if query.cursor is not None:
        statement = plan.later
        place = decode_cursor(query.fingerprint(), query.cursor, plan.order.columns)
        bound |= {f"after_{number}": value for number, value in enumerate(place)}
    seq, count, *joined = connection.execute(statement, bound).one()
    if not count:
        return ResultPage([], None, seq)
    columns = [text.split(_SEPARATOR) for text in joined]
    rows = list(zip(*columns[: -len(plan.order.by)], strict=True))
    if count <= query.limit:
        return ResultPage(rows, None, seq)
    last = [
        int(texts[query.limit - 1]) if isinstance(column.type, Integer) else texts[query.limit - 1]
        for column, texts in zip(plan.order.columns, columns[-len(plan.order.by) :], strict=True)
    ]
    return ResultPage(rows[: query.limit], encode_cursor(query.fingerprint(), last), seq)


@lru_cache(maxsize=500)
def _pledge_plan(shape: Shape, sort: str, *, with_key: bool = False) -> PagePlan:
    found = find_pledges(shape)
    source = found.source.join(revision, revision.c.seq == pledge.c.revision)
    columns = [revision.c.document, *([pledge.c.key] if with_key else [])]
    rows = select(*columns).select_from(source).where(*found.conditions)
    return page_plan(rows, pledge_order(sort, found), is_sqlite=shape.is_sqlite)


@lru_cache(maxsize=500)
def _meeting_plan(shape: Shape, sort: str) -> PagePlan:
    source = meeting.join(revision, revision.c.seq == meeting.c.revision)
    rows = select(revision.c.document).select_from(source).where(*find_meetings(shape))
    return page_plan(rows, _meeting_order(sort), is_sqlite=shape.is_sqlite)


def read_page(
    connection: Connection, query: PledgeQuery, today: date | None = None, names: NameIndex | None = None
) -> ResultPage:
    """One page of pledges. One statement, and one for each kind of id given; `names` is read if it is left out."""
    today, names = today or utc_today(), names or read_name_index(connection)
    if query.sort == "relevance":
        return _relevant_pledges(connection, query, today, names)
    bound = bind_pledges(connection, query, names, today)
    return read_plan(connection, _pledge_plan(bound.shape, query.sort), bound.values, query)


def read_meetings(connection: Connection, query: MeetingQuery, names: NameIndex | None = None) -> ResultPage:
    """One page of meetings. One statement; `names` is read if it is left out."""
    names = names or read_name_index(connection)
    if query.sort == "relevance":
        return _relevant_meetings(connection, query, names)
    bound = bind_meetings(connection, query, names)
    return read_plan(connection, _meeting_plan(bound.shape, query.sort), bound.values, query)


# Relevance ------------------------------------------------------------------------------------------------------------

# So many are ranked by relevance; ranking all of a large book would take too long.
_CANDIDATES = 200


def _relevant_pledges(connection: Connection, query: PledgeQuery, today: date, names: NameIndex) -> ResultPage:
    """The pledges that answer the question best, of the newest whose words meet it and the newest that meet it."""
    clauses = clauses_of(query, names)
    newest = query.model_copy(update={"sort": "-held_on", "limit": _CANDIDATES})
    documents: dict[int, str] = {}
    seq = 0
    for own_words in (True, False):
        bound = bind_pledges(connection, newest, names, today, own_words=own_words)
        plan = _pledge_plan(bound.shape, newest.sort, with_key=True)
        page = read_plan(connection, plan, bound.values, newest)
        documents |= {int(key): document for document, key in page.rows}
        seq = page.seq
    read = {key: json.loads(documents[key]) for key in sorted(documents)}
    ranked = sorted(read, key=lambda key: (pledge_score(clauses, read[key]), read[key]["held_on"]), reverse=True)
    return ResultPage([(documents[key], str(key)) for key in ranked[: query.limit]], None, seq)


def _relevant_meetings(connection: Connection, query: MeetingQuery, names: NameIndex) -> ResultPage:
    """The meetings that answer the question best, of the newest that meet it."""
    clauses = clauses_of(query, names)
    page = read_meetings(connection, query.model_copy(update={"sort": "-held_on", "limit": _CANDIDATES}), names)
    rows = sorted(page.rows, key=lambda row: -meeting_score(clauses, json.loads(row[0])))
    return ResultPage(rows[: query.limit], None, page.seq)


def clauses_of(query: PledgeQuery | MeetingQuery, names: NameIndex) -> list[Clause]:
    """What the question in a query demands; empty if there is none."""
    return names.lexicon.clauses(query.q) if query.q else []


def highlights(query: PledgeQuery | MeetingQuery, documents: Sequence[str], names: NameIndex) -> dict[str, str]:
    """The words of each document by its record's id, as HTML in which those that meet the question are marked."""
    clauses = clauses_of(query, names)
    if not clauses:
        return {}
    records = [json.loads(document) for document in documents]
    return {
        record["id"]: marked(clauses, [record["summary"], *record["formula"]])
        if isinstance(query, PledgeQuery)
        else marked(clauses, [record["title"]])
        for record in records
    }
