"""/matrix: a cross table of any two facets, as a heat map and as a table."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Response
from pydantic import Field
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.charts.heatmap import Counted, Label, draw_heat_map
from app.pages.labels import MET, plain_day
from app.pages.names import read_names
from app.pages.rendering import PageRouter, page
from app.query.filters import query_string
from app.query.matrix import MatrixQuery, read_matrix
from app.records.topics import parents
from app.schemas.facets import FacetName, Matrix

router = PageRouter()
# The most common cross tables.
PRESETS: tuple[tuple[FacetName, FacetName], ...] = (("topic", "meeting"), ("party", "topic"), ("topic", "year"))
AXES: Mapping[FacetName, str] = {
    "topic": "Topic", "party": "Party", "towards": "Promised to", "about": "About", "act": "Act", "year": "Year",
    "meeting": "Meeting", "fulfilment": "Status", "specificity": "Specificity", "participant": "Person",
    "instrument": "Instrument", "attested": "Account",
}  # fmt: skip
COUNTS: Mapping[Counted, str] = {"mentions": "pledges", "undertakings": "undertakings", "new": "new pledges"}
# The path of the page of a value.
_PAGES = {"topic": "/topics/", "meeting": "/meetings/", "party": "/parties/", "participant": "/participants/"}


class MatrixPageQuery(MatrixQuery):
    """The filters, the two facets, and what a cell counts."""

    rows: FacetName = "topic"
    columns: FacetName = "meeting"
    count: Counted = "mentions"
    limit: int = Field(50, ge=1, le=200)


@router.get("/matrix")
def matrix(reading: Reading, query: Annotated[MatrixPageQuery, Query()]) -> Response:
    """The cross table of two facets."""
    connection = reading.connection
    crossed = read_matrix(connection, query)
    if query.columns in ("meeting", "year"):  # newest first in the result; in columns time runs from left to right
        crossed = crossed.model_copy(update={"columns": crossed.columns[::-1]})
    above = parents(connection) if "topic" in (query.rows, query.columns) else {}
    drawn = draw_heat_map(crossed, query.count, above, _short_names(connection, query, crossed))
    filters = query_string(query, {})

    def href(label: Label, axis: str) -> str:
        is_row = (axis == "row") != drawn.is_turned
        own = _PAGES.get(query.rows if is_row else query.columns)
        return f"{own}{label.code}" if own else f"/pledges?{label.query}"

    label = called(query.rows, query.columns)
    context = {
        "drawn": drawn,
        "label": label,
        "corner": AXES[query.columns if drawn.is_turned else query.rows],
        "query": query,
        "filters": filters,
        "presets": [(_path(query, *preset), called(*preset), preset) for preset in PRESETS],
        "counts": [(_path(query, query.rows, query.columns, count), word, count) for count, word in COUNTS.items()],
        "counted": COUNTS[query.count],
        "axes": AXES,
        "fields": [*parse_qsl(filters), *([("count", query.count)] if query.count != "mentions" else [])],
        "hrefs": href,
        "is_part": query.limit in (len(crossed.rows), len(crossed.columns)),
    }
    description = f"{label}: the number of {COUNTS[query.count]}, as a heat map and as a table."
    return page(reading, "matrix.html", context, title=f"{label} · Matrix", description=description)


def called(rows: FacetName, columns: FacetName) -> str:
    """`Topic by meeting`."""
    return f"{AXES[rows]} by {AXES[columns].lower()}"


def _path(query: MatrixPageQuery, rows: FacetName, columns: FacetName, count: Counted | None = None) -> str:
    """The address of this page with other facets or another count, and the same filters."""
    asked = {"rows": rows, "columns": columns, "count": count or query.count}
    filters = query_string(query, {})
    return f"/matrix?{urlencode(asked)}{'&' if filters else ''}{filters}"


def _short_names(connection: Connection, query: MatrixPageQuery, crossed: Matrix) -> dict[str, str]:
    """Short names of parties and meetings by id, for the labels of the heat map."""
    codes = {query.rows: [v.code for v in crossed.rows], query.columns: [v.code for v in crossed.columns]}
    people = [name for name in ("party", "towards", "about") if name in codes]
    parties = sorted({code for name in people for code in codes[name] if code.isupper()})
    names = read_names(connection, party=parties, meeting=codes.get("meeting", []))
    short = {code: names.party(code) for code in parties}
    for id in codes.get("meeting", []):
        if met := names.record("meeting", id):
            short[id] = _short_meeting(met)
    return short


def _short_meeting(met: Mapping[str, Any]) -> str:
    """Date and kind of a meeting: `31 Oct 2024 2+2`."""
    number, month, year = plain_day(met["held_on"]).split()
    word = MET.get(met["type"], met["type"]).split()[0]
    return f"{number} {month[:3]} {year} {word}"
