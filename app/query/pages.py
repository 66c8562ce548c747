"""Pages: read one page of pledges or meetings, in the requested order, with one SQL statement.

The statement returns one row: the documents joined into one text, their sort values for the next cursor, and the `seq`
of the ledger head that the page belongs to.
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
    PledgeSelection,
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
from app.search.highlight import highlight
from app.search.name_index import NameIndex, read_name_index
from app.search.relevance import meeting_score, pledge_score
from app.store.cursors import decode_cursor, encode_cursor

SortKey = Literal["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id", "relevance"]
MeetingSortKey = Literal["-held_on", "held_on", "-updated", "updated", "-id", "id", "relevance"]

_RELEVANCE_HELP = " `relevance` requires `q`, and returns one page only."
_SEPARATOR = "\n"  # a stored document never contains a line break


class SearchedQuery(BaseModel):
    """The parameters that the lists of pledges and of meetings share."""

    limit: int = Field(50, ge=1, le=200, description="The maximum number of items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The value of `next` from the previous page.")
    highlight: bool = Field(
        False, description="With `q`: also return, under `highlights`, the texts of the items with the matches marked."
    )

    @field_validator("sort", check_fields=False)
    @classmethod
    def _check_relevance(cls, sort: str, info: ValidationInfo) -> str:
        if sort == "relevance" and not (info.data.get("q") or "").strip():
            raise ValueError("cannot be `relevance` without `q`")
        if sort == "relevance" and info.data.get("cursor") is not None:
            raise ValueError("cannot be `relevance` with `cursor`: this order has only one page")
        return sort


class PledgeQuery(SearchedQuery, PledgeFilters):
    """The filters, the sort order and the page of a list of pledges."""

    sort: SortKey = Field(
        "-held_on",
        description="The order. Pledges with equal values are in order of entry. "
        "With `due` and `-due`, those without a deadline come last." + _RELEVANCE_HELP,
    )

    def fingerprint(self) -> str:
        """The filters and the order, as JSON: a cursor is only valid for the same fingerprint."""
        return fingerprint("pledges", self)


class MeetingQuery(SearchedQuery, MeetingFilters):
    """The filters, the sort order and the page of a list of meetings."""

    sort: MeetingSortKey = Field(
        "-held_on", description="The order. Meetings with equal values are in order of id." + _RELEVANCE_HELP
    )

    def fingerprint(self) -> str:
        """The filters and the order, as JSON: a cursor is only valid for the same fingerprint."""
        return fingerprint("meetings", self)


# Parameters that change neither which records are found nor their order.
_NOT_IN_FINGERPRINT = {"limit", "cursor", "highlight", "include", "facets", "facet_limit", "bom"}


def fingerprint(list: str, query: BaseModel) -> str:
    """The name of a list, its filters and its order as JSON. A cursor is only valid for the same fingerprint."""
    return canonical_json([list, query.model_dump(mode="json", exclude=_NOT_IN_FINGERPRINT, exclude_defaults=True)])


# The order of a page --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Order:
    """The sort columns of a page, each with True for descending order. The last column is unique."""

    by: tuple[tuple[ColumnElement[Any], bool], ...]

    @property
    def columns(self) -> list[ColumnElement[Any]]:
        """The sort columns without their direction."""
        return [column for column, _ in self.by]

    def sorted(self) -> list[ColumnElement[Any]]:
        """The terms of ORDER BY."""
        return [column.desc() if descends else column.asc() for column, descends in self.by]

    def after(self) -> ColumnElement[bool]:
        """The condition for rows after the sort values that are bound to `after_0`, `after_1`, …

        It contains a separate bound on the first column, so that an index scan can start there.
        """
        values = [bindparam(f"after_{number}", type_=column.type) for number, column in enumerate(self.columns)]
        first, descends = self.by[0]
        bound = first <= values[0] if descends else first >= values[0]
        alternatives = []
        for number, (column, descends) in enumerate(self.by):
            ties = [tied == value for tied, value in zip(self.columns[:number], values, strict=False)]
            alternatives.append(and_(*ties, column < values[number] if descends else column > values[number]))
        return and_(bound, or_(*alternatives))


_LAST_DAY, _FIRST_DAY = date(9999, 12, 31), date(1, 1, 1)


def pledge_order(sort: str, selection: PledgeSelection) -> Order:
    """The order of a sort key, by columns of the driving table where possible, so that its index gives the order."""
    driving, descends = selection.driving_table, sort.startswith("-")
    held_on, key = pledge.c.held_on, pledge.c.key
    if driving is not None and "held_on" in driving.c:
        held_on, key = driving.c.held_on, driving.c.pledge
    name = sort.lstrip("-")
    if name == "held_on":
        if descends and driving is not None and "place" in driving.c:  # the rowid order of the search index
            return Order(((driving.c.place, True),))
        return Order(((held_on, descends), (key, False)))
    if name == "due":
        due = func.coalesce(pledge.c.due_to, _FIRST_DAY if descends else _LAST_DAY)
        return Order(((due, descends), (key, False)))
    if name == "updated":
        return Order(((pledge.c.revision, descends),))
    return Order(((pledge.c.meeting, descends), (pledge.c.number, descends)))


def _meeting_order(sort: str) -> Order:
    descends = sort.startswith("-")
    return {
        "held_on": Order(((meeting.c.held_on, descends), (meeting.c.id, False))),
        "updated": Order(((meeting.c.revision, descends),)),
        "id": Order(((meeting.c.id, descends),)),
    }[sort.lstrip("-")]


# Reading a page -------------------------------------------------------------------------------------------------------


class ResultPage(NamedTuple):
    """A page: rows of texts (document first, null as ""), the next cursor (None on the last page), the head's seq."""

    rows: list[tuple[str, ...]]
    next: str | None
    seq: int

    @property
    def documents(self) -> list[str]:
        """The JSON documents in order, as stored."""
        return [row[0] for row in self.rows]


class PagePlan(NamedTuple):
    """The statements for the first page and for later pages, and their order."""

    first: Select[Any]
    later: Select[Any]
    order: Order


class PagedQuery(Protocol):
    """A query with the parameters of a page."""

    @property
    def limit(self) -> int: ...
    @property
    def cursor(self) -> str | None: ...
    def fingerprint(self) -> str: ...


def page_plan(rows: Select[Any], order: Order, *, is_sqlite: bool) -> PagePlan:
    """The plan that reads `rows` in pages of this order. The first column of `rows` is the document."""
    width = len(rows.selected_columns)
    sorted_rows = rows.add_columns(*order.columns).order_by(*order.sorted()).limit(bindparam("rows", type_=Integer))
    join, line_break = (func.group_concat, "char(10)") if is_sqlite else (func.string_agg, "chr(10)")

    def as_one_row(page: Select[Any]) -> Select[Any]:
        """The head's seq, the number of rows, and the joined texts of each column."""
        document, *others = page.subquery("page").c
        further_columns = [func.coalesce(cast(column, String), "") for column in others[: width - 1]]
        sort_values = [cast(column, String) for column in others[width - 1 :]]
        texts = [document, *further_columns, *sort_values]
        head = select(func.coalesce(func.max(revision.c.seq), literal_column("0"))).scalar_subquery()
        columns: list[Any] = [head, func.count(), *(join(text, literal_column(line_break)) for text in texts)]
        return select(*columns).select_from(document.table)

    return PagePlan(as_one_row(sorted_rows), as_one_row(sorted_rows.where(order.after())), order)


def read_plan(connection: Connection, plan: PagePlan, values: Mapping[str, Any], query: PagedQuery) -> ResultPage:
    """One page of a plan. Raises BadQuery if the cursor is not one of this list.

    The statement reads one row more than the limit, which shows whether there is a next page.
    """
    bound = {**values, "rows": query.limit + 1}
    statement = plan.first
    if query.cursor is not None:
        statement = plan.later
        position = decode_cursor(query.fingerprint(), query.cursor, plan.order.columns)
        bound |= {f"after_{number}": value for number, value in enumerate(position)}
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
    selection = find_pledges(shape)
    source = selection.source.join(revision, revision.c.seq == pledge.c.revision)
    columns = [revision.c.document, *([pledge.c.key] if with_key else [])]
    rows = select(*columns).select_from(source).where(*selection.conditions)
    return page_plan(rows, pledge_order(sort, selection), is_sqlite=shape.is_sqlite)


@lru_cache(maxsize=500)
def _meeting_plan(shape: Shape, sort: str) -> PagePlan:
    source = meeting.join(revision, revision.c.seq == meeting.c.revision)
    rows = select(revision.c.document).select_from(source).where(*find_meetings(shape))
    return page_plan(rows, _meeting_order(sort), is_sqlite=shape.is_sqlite)


def read_page(
    connection: Connection, query: PledgeQuery, today: date | None = None, names: NameIndex | None = None
) -> ResultPage:
    """One page of pledges. Raises BadQuery if the query names an unknown record, or for a cursor of another list.

    One statement, and one for each filter by id. `today` defaults to the day in UTC, `names` to the index of the book.
    """
    today, names = today or utc_today(), names or read_name_index(connection)
    if query.sort == "relevance":
        return _relevant_pledges(connection, query, today, names)
    bound = bind_pledges(connection, query, names, today)
    return read_plan(connection, _pledge_plan(bound.shape, query.sort), bound.values, query)


def read_meetings(connection: Connection, query: MeetingQuery, names: NameIndex | None = None) -> ResultPage:
    """One page of meetings. Raises BadQuery if the query names an unknown record, or for a cursor of another list.

    One statement. `names` defaults to the name index of the book.
    """
    names = names or read_name_index(connection)
    if query.sort == "relevance":
        return _relevant_meetings(connection, query, names)
    bound = bind_meetings(connection, query, names)
    return read_plan(connection, _meeting_plan(bound.shape, query.sort), bound.values, query)


# Relevance ------------------------------------------------------------------------------------------------------------

# Only the newest matches are ranked, because ranking all matches of a large book takes too long.
_CANDIDATES = 200


def _relevant_pledges(connection: Connection, query: PledgeQuery, today: date, names: NameIndex) -> ResultPage:
    """The most relevant of two sets of pledges.

    These are the newest `_CANDIDATES` that match by their own words, and the newest `_CANDIDATES` that match by words
    or names.
    """
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
    pledges = {key: json.loads(documents[key]) for key in sorted(documents)}
    ranked = sorted(
        pledges, key=lambda key: (pledge_score(clauses, pledges[key]), pledges[key]["held_on"]), reverse=True
    )
    return ResultPage([(documents[key], str(key)) for key in ranked[: query.limit]], None, seq)


def _relevant_meetings(connection: Connection, query: MeetingQuery, names: NameIndex) -> ResultPage:
    """The most relevant of the newest meetings that match."""
    clauses = clauses_of(query, names)
    page = read_meetings(connection, query.model_copy(update={"sort": "-held_on", "limit": _CANDIDATES}), names)
    rows = sorted(page.rows, key=lambda row: -meeting_score(clauses, json.loads(row[0])))
    return ResultPage(rows[: query.limit], None, page.seq)


def clauses_of(query: PledgeQuery | MeetingQuery, names: NameIndex) -> list[Clause]:
    """The clauses of the search query `q`; empty without `q`."""
    return names.lexicon.clauses(query.q) if query.q else []


def highlights(query: PledgeQuery | MeetingQuery, documents: Sequence[str], names: NameIndex) -> dict[str, str]:
    """The texts of each document as HTML with the matches in `<mark>`, by id; empty without a word in `q`."""
    clauses = clauses_of(query, names)
    if not clauses:
        return {}
    is_pledges = isinstance(query, PledgeQuery)
    marked: dict[str, str] = {}
    for record in map(json.loads, documents):
        texts = [record["summary"], *record["formula"]] if is_pledges else [record["title"]]
        marked[record["id"]] = highlight(clauses, texts)
    return marked
