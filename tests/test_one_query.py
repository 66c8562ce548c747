"""A query gives the same pledges in every format: held against plain Python over the export of made-up books."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.book_files import load
from app.main import create_app
from app.schemas.facets import FacetName
from app.settings import Settings
from app.store.database import Database
from tests.conftest import Client, CopyMaker
from tests.generated import book as make_book
from tests.generated import queries
from tests.plain import PlainBook

FACETS = get_args(FacetName)
OWN = {"year": ("held_on__gte", "held_on__lt")}
LIGHT = settings(max_examples=25, deadline=None)


@dataclass
class Made:
    """A made-up book behind the API, and what plain Python knows of it."""

    client: Client
    plain: PlainBook

    def text(self, path: str, query: Any) -> str:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    def json(self, path: str, query: Any) -> Any:
        return json.loads(self.text(path, query))


@pytest.fixture(scope="module", params=[1, 2])
def made(
    request: pytest.FixtureRequest, make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("made")
    file = folder / "book.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in make_book(request.param)))
    with make_copy(False, folder) as url:
        database = Database(url)
        report = load(database, [file])
        assert report.is_clean, report.faults
        database.close()
        with Client(create_app(Settings(database_url=url))) as client:
            lines = [json.loads(line) for line in client.get("/v1/export.jsonl").text.splitlines()]
            yield Made(client, PlainBook(lines))


def test_a_made_up_book_is_large_enough_to_show_something(made: Made) -> None:
    assert len(made.plain.pledges) > 200
    assert len(set(made.plain.roots.values())) < len(made.plain.pledges) - 40
    assert any(one["disputed"] for one in made.plain.pledges)


@LIGHT
@given(query=queries(), limit=st.integers(25, 200))
def test_pages_csv_json_lines_and_plain_python_give_the_same_pledges(
    made: Made, query: dict[str, Any], limit: int
) -> None:
    expected = [one["id"] for one in made.plain.find(query)]
    walked: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = made.json("/v1/pledges", {**query, "limit": limit, **cursor})
        walked += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    lines = [json.loads(line) for line in made.text("/v1/pledges.jsonl", query).splitlines()]
    rows = list(csv.DictReader(io.StringIO(made.text("/v1/pledges.csv", query), newline="")))
    assert walked == expected
    assert [line["id"] for line in lines] == expected
    assert [row["id"] for row in rows] == expected
    assert [row["undertaking"] for row in rows] == [made.plain.roots[id] for id in expected]


@LIGHT
@given(query=queries(), name=st.sampled_from(FACETS))
def test_a_facet_counts_what_its_queries_find_and_leaves_nothing_out(
    made: Made, query: dict[str, Any], name: str
) -> None:
    page = made.json("/v1/pledges", {**query, "facets": name, "facet_limit": 1000, "limit": 1})
    values = page["facets"][name]
    for value in values:
        followed = parse_qs(value["query"])
        assert (value["mentions"], value["undertakings"], value["new"]) == made.plain.counts(followed), value
    own = OWN.get(name, (name,))
    rest = {key: value for key, value in query.items() if key not in own}
    if name == "act" and "act" in query:
        rest.setdefault("kind", "any")
    if name == "party" and "fulfilment" in query:
        return  # it then means each party's own fulfilment: that nothing is left out shows in the other cases
    reached = {one["id"] for value in values for one in made.plain.find(parse_qs(value["query"]))}
    missed = [one for one in made.plain.find(rest) if one["id"] not in reached]
    assert [one["id"] for one in missed if _has_a_value(name, one)] == []
    if values:
        value = values[0]
        assert len(made.text("/v1/pledges.jsonl", parse_qs(value["query"])).splitlines()) == value["mentions"]


@LIGHT
@given(query=queries(), crossed=st.permutations(FACETS).map(lambda names: names[:2]))
def test_a_matrix_counts_what_its_queries_find_and_leaves_nothing_out(
    made: Made, query: dict[str, Any], crossed: list[str]
) -> None:
    rows, columns = crossed
    matrix = made.json("/v1/matrix", {**query, "rows": rows, "columns": columns, "limit": 500})
    for cell in [*matrix["rows"], *matrix["columns"], *matrix["cells"]]:
        counted = (cell["mentions"], cell["undertakings"], cell["new"])
        assert counted == made.plain.counts(parse_qs(cell["query"])), cell
    cells = {(cell["row"], cell["column"]) for cell in matrix["cells"]}
    for row, column in product(matrix["rows"], matrix["columns"]):
        both = parse_qs(row["query"]) | _value_of(columns, column["query"])
        assert bool(made.plain.find(both)) == ((row["code"], column["code"]) in cells), both


def _has_a_value(name: str, one: dict[str, Any]) -> bool:
    """Whether a pledge counts under any value of a facet."""
    fields = {"towards": "towards", "about": "about", "instrument": "instruments"}
    return bool(one["met"]["participants"] if name == "participant" else one[fields.get(name, "id")])


def _value_of(name: str, query: str) -> dict[str, Any]:
    """Only the filter of one facet, of the query of one of its values."""
    return {key: value for key, value in parse_qs(query).items() if key in OWN.get(name, (name,))}
