"""Schemas of counts: how the result of a query divides by one facet, or by two in a matrix."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.fields import Schema
from app.schemas.records import TopicPublic

FacetName = Literal[
    "topic", "party", "towards", "about", "act", "year", "meeting", "fulfilment", "specificity", "participant",
    "instrument", "attested",
]  # fmt: skip

PledgeCount = Annotated[int, Field(ge=0, description="The number of pledges.")]
UndertakingCount = Annotated[
    int,
    Field(ge=0, description="The number of undertakings: a pledge and all later pledges that continue it count once."),
]
NewCount = Annotated[
    int, Field(ge=0, description="The number of pledges that continue no other pledge and are not reaffirmations.")
]
PledgeQueryString = Annotated[
    str,
    Field(
        description="The query string that finds these pledges, for `/v1/pledges?` and the other formats.",
        examples=["party=KOR&topic=opcon-transition"],
    ),
]


class FacetValue(Schema):
    """One value of a facet, with counts of the pledges that its `query` finds."""

    code: Annotated[str, Field(description="The value as the filter takes it: an id, slug, code, word or year.")]
    name: Annotated[str, Field(description="The name of the value, for display.")]
    mentions: PledgeCount
    undertakings: UndertakingCount
    new: NewCount
    query: PledgeQueryString


class TopicBranch(TopicPublic):
    """A topic with its counts and its child topics. The counts of a parent topic include its children."""

    mentions: PledgeCount
    undertakings: UndertakingCount
    new: NewCount
    query: PledgeQueryString
    children: Annotated[list["TopicBranch"], Field(description="The child topics; [] if there are none.")] = []


class MatrixCell(Schema):
    """The pledges of one row and one column. Cells without a pledge are omitted."""

    row: Annotated[str, Field(description="The code of the row.")]
    column: Annotated[str, Field(description="The code of the column.")]
    mentions: PledgeCount
    undertakings: UndertakingCount
    new: NewCount
    query: PledgeQueryString


class Matrix(Schema):
    """A table of two facets. Do not add up rows: a pledge counts in each of its topics and in their parent topics."""

    rows: Annotated[list[FacetValue], Field(description="The values of the first facet.")]
    columns: Annotated[list[FacetValue], Field(description="The values of the second facet.")]
    cells: Annotated[list[MatrixCell], Field(description="The cells that have a pledge.")]
