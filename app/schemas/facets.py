"""Shapes of counts: how the answer to a query divides by facets, one at a time or two crossed."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.fields import Shape
from app.schemas.records import TopicPublic

FacetName = Literal[
    "topic", "party", "towards", "about", "act", "year", "meeting", "fulfilment", "specificity", "participant",
    "instrument", "attested",
]  # fmt: skip

Mentions = Annotated[int, Field(ge=0, description="Pledges: how often it was said.")]
Undertakings = Annotated[int, Field(ge=0, description="Threads: one promise counts once, however often renewed.")]
New = Annotated[int, Field(ge=0, description="Pledges that continue nothing and are no mere reaffirmation.")]
FollowUp = Annotated[
    str,
    Field(
        description="The query string of just these: put it behind `/v1/pledges?` (or `/v1/pledges.csv?` …).",
        examples=["party=KOR&topic=opcon-transition"],
    ),
]


class FacetValue(Shape):
    """One value of a facet, with what a query for it (in the place of the facet's own filter) would find."""

    code: Annotated[str, Field(description="What the filter takes: an id, slug, code, word or year.")]
    name: Annotated[str, Field(description="The name to show.")]
    mentions: Mentions
    undertakings: Undertakings
    new: New
    query: FollowUp


class TopicBranch(TopicPublic):
    """A topic with what the book holds on it and the topics below it. A parent's counts hold its children's."""

    mentions: Mentions
    undertakings: Undertakings
    new: New
    query: FollowUp
    children: list["TopicBranch"] = []


class MatrixCell(Shape):
    """Where a row meets a column. Crossings without a pledge are left out."""

    row: Annotated[str, Field(description="The code of the row.")]
    column: Annotated[str, Field(description="The code of the column.")]
    mentions: Mentions
    undertakings: Undertakings
    new: New
    query: FollowUp


class Matrix(Shape):
    """A cross table. A pledge on two topics stands in two rows, and a parent topic holds its children's: do not sum."""

    rows: list[FacetValue]
    columns: list[FacetValue]
    cells: list[MatrixCell]
