"""The OpenAPI document: it is valid and complete, its request examples work, and its responses are real ones."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel

from app.exchange.check_texts import meeting_faults
from app.http.filter_table import VALUES, filter_table, repeated, words_of
from app.http.openapi_examples import EXAMPLES, MEETING, STATEMENT, read_answers
from app.http.problems import MEDIA_TYPE
from app.query.filters import MeetingFilters, PledgeFilters
from app.query.undertakings import UndertakingFilters
from app.schemas.meetings import MeetingCreate, MeetingLine
from tests.conftest import Client
from tests.examples import ask_all, route_of

CHAPTERS = ["Pledges", "Meetings", "Posting", "Editing", "Ledger", "Registers", "Book", "Health"]
# The response of this operation is different each time, so that none is recorded.
UNRECORDED = {"metrics"}


@pytest.fixture(scope="module")
def document(book: Client) -> dict[str, Any]:
    answer: dict[str, Any] = book.get("/openapi.json").json()
    return answer


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from path.items()


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    dangling = [ref for ref in _references(document) if not _resolves(document, ref)]
    assert dangling == []


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for item in node.values():
            yield from _references(item)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _resolves(document: dict[str, Any], reference: str) -> bool:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if step not in node:
            return False
        node = node[step]
    return True


def test_every_operation_has_an_id_a_summary_a_description_and_a_chapter(document: dict[str, Any]) -> None:
    ids = []
    for _, operation in operations(document):
        ids.append(operation["operationId"])
        assert operation["summary"], operation["operationId"]
        assert len(operation["description"]) > 40, operation["operationId"]
        assert operation["tags"][0] in [chapter["name"] for chapter in document["tags"]]
    assert len(ids) == len(set(ids))


def test_every_parameter_has_a_description(document: dict[str, Any]) -> None:
    missing = {
        f"{operation['operationId']}: {parameter['in']} {parameter['name']}"
        for _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not _is_described(parameter)
    }
    assert missing == set()


def test_every_schema_and_every_property_has_a_description(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    missing = {name for name, schema in schemas.items() if not _is_described(schema)}
    missing |= {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if not _is_described(described)
    }
    assert missing == set()


def _is_described(node: dict[str, Any]) -> bool:
    return bool(str(node.get("description", "")).strip())


def test_the_chapters_come_in_the_order_of_a_newcomer(document: dict[str, Any]) -> None:
    named = [chapter["name"] for chapter in document["tags"]]
    assert named == CHAPTERS
    assert all(chapter["description"] for chapter in document["tags"])


def test_every_operation_shows_a_request_that_works_and_its_answer(document: dict[str, Any]) -> None:
    ids = {operation["operationId"] for _, operation in operations(document)} - UNRECORDED
    assert set(EXAMPLES) == ids, "add a request to app/http/openapi_examples.py, then run `make examples`"
    for _, operation in operations(document):
        if operation["operationId"] in UNRECORDED:
            continue
        answer = next(iter(operation["responses"].values()))
        assert all("example" in content for content in answer["content"].values()), operation["operationId"]
        for parameter in operation.get("parameters", []):
            assert "example" in parameter or not parameter["required"], operation["operationId"]


def test_the_answers_shown_are_the_real_ones(
    make_copy: Callable[[bool, Path], AbstractContextManager[str]], tmp_path: Path
) -> None:
    with make_copy(True, tmp_path) as url:
        assert ask_all(url) == read_answers(), "run `make examples`, and look at what has changed"


def test_the_first_request_of_every_operation_succeeds() -> None:
    for operation, answers in read_answers().items():
        assert next(iter(answers)) in ("200", "201"), operation


def test_every_answer_shown_fits_its_schema(document: dict[str, Any]) -> None:
    checked = 0
    for _, operation in operations(document):
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                if "json" in media_type and "example" in content:
                    schema = {**content["schema"], "components": document["components"]}
                    jsonschema_rs.validator_for(schema, validate_formats=True).validate(content["example"])
                    assert status < "400" or content["example"]["status"] == int(status)
                    checked += 1
    assert checked > 30


def test_every_error_is_documented_as_a_problem_with_an_example(document: dict[str, Any]) -> None:
    for _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert list(answer["content"]) == [MEDIA_TYPE]
                assert answer["content"][MEDIA_TYPE]["example"]["type"] in answer["description"]


def test_every_write_names_the_key(document: dict[str, Any]) -> None:
    for method, operation in operations(document):
        assert ("security" in operation) == (method != "get"), operation["operationId"]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_the_posting_example_stands_on_its_text() -> None:
    """Its spans, watched phrases, and words of time and condition are those of the statement it codes."""
    line = MeetingLine.model_validate({"kind": "meeting", **MEETING, "sources": ["text"], "participants": []})
    assert list(meeting_faults(line, {MEETING["sources"][0]["id"]: STATEMENT})) == []  # type: ignore[index]


@pytest.mark.parametrize("number", ["example-1", "example-2"])
def test_a_posting_example_can_be_tried_and_then_posted(seeded: Client, document: dict[str, Any], number: str) -> None:
    method, path = route_of(document, "post_meeting")
    body = document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["examples"][number]
    MeetingCreate.model_validate(body["value"])
    tried = seeded.post(f"{path}?dry_run=true", json=body["value"], headers=seeded.with_key)
    posted = seeded.post(path, json=body["value"], headers=seeded.with_key)
    assert (tried.status_code, posted.status_code) == (200, 201)
    assert tried.json() == posted.json()
    again = seeded.post(path, json=body["value"], headers=seeded.with_key)
    assert again.status_code == 409
    assert again.json()["candidates"] == [posted.json()["id"]]


# The table of filters -------------------------------------------------------------------------------------------------


TABLES: dict[str, tuple[str, type[BaseModel]]] = {
    "list_pledges": ("/v1/pledges", PledgeFilters),
    "list_meetings": ("/v1/meetings", MeetingFilters),
    "list_undertakings": ("/v1/undertakings", UndertakingFilters),
}


@pytest.mark.parametrize("operation", TABLES)
def test_the_table_names_every_filter_with_its_values(document: dict[str, Any], operation: str) -> None:
    _, model = TABLES[operation]
    method, path = route_of(document, operation)
    described = document["paths"][path][method.lower()]["description"]
    assert filter_table(model) in described
    for name, field in model.model_fields.items():
        (row,) = [line for line in described.splitlines() if line.startswith(f"| `{name}` |")]
        values = VALUES.get(name) or words_of(field.annotation)
        assert values, f"{name}: add a value to app/http/filter_table.py"
        assert all(f"`{value}`" in row for value in values)
        assert row.endswith(f"| {repeated(name, field)} |")


@pytest.mark.parametrize(("path", "model"), TABLES.values(), ids=TABLES)
def test_every_value_of_the_table_can_be_asked_for(book: Client, path: str, model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        for value in VALUES.get(name) or words_of(field.annotation):
            answer = book.get(path, params={name: value})
            assert answer.status_code == 200, (name, value, answer.text)
            if name in VALUES:
                assert answer.json()["items"], (name, value)


def test_a_repeated_filter_means_what_the_table_says(book: Client) -> None:
    def found(query: str) -> set[str]:
        return {item["id"] for item in book.get(f"/v1/pledges?limit=200&{query}").json()["items"]}

    one, other = found("topic=extended-deterrence"), found("topic=combined-defense-posture")
    assert found("topic=extended-deterrence&topic=combined-defense-posture") == one | other
    both = found("topic__all=extended-deterrence&topic__all=combined-defense-posture")
    assert both == one & other
    assert both
    assert found("topic=extended-deterrence&party=USA") == one & found("party=USA")
