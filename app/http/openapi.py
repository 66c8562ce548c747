"""The OpenAPI document: FastAPI's, with an introduction, chapters in order, the key, tables of filters, and examples.

Examples are real: the requests of `app.http.openapi_examples`, and the answers that were recorded to them.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.errors import PROBLEMS, PledgebookError
from app.http.filter_table import filter_table
from app.http.openapi_examples import ASKS, STATEMENT, Ask, read_answers
from app.http.problems import MEDIA_TYPE, Problem
from app.query.filters import MeetingFilters, PledgeFilters
from app.query.undertakings import UndertakingFilters

CHAPTERS = [
    {"name": "Pledges", "description": "What states promised each other: the reason to come."},
    {"name": "Meetings", "description": "Where it was promised: who met, when, and on what grounds we know it."},
    {"name": "Posting", "description": "Adding to the book. Needs a key: put it into the Authorize box."},
    {"name": "Editing", "description": "Correcting what stands: change, retract, restore. Nothing is ever erased."},
    {
        "name": "Ledger",
        "description": "Every accepted write, chained by hash: histories, the feed of changes, the head.",
    },
    {"name": "Registers", "description": "What pledges refer to: topics, parties, persons, instruments, sources."},
    {"name": "Book", "description": "The book as a whole, to take away."},
    {"name": "Health", "description": "For those who keep the server running."},
]

INTRODUCTION = (
    "The open ledger of what states promise each other: who promised what, on which topic, in which words, by when.\n\n"
    "Reading is open; writing needs a key. Lists come as `{items, next}`: send `next` back as `cursor=` for more. "
    "Answers have an ETag, and with `If-None-Match` cost nothing while it stands. Errors are "
    "`application/problem+json`: what is wrong, where, and what would be right."
)

# What descriptions say beyond the docstrings of their routes.
ADDED = {
    "list_pledges": filter_table(PledgeFilters),
    "list_meetings": filter_table(MeetingFilters),
    "list_undertakings": filter_table(UndertakingFilters),
    "post_meeting": f"The first example codes this text, invented as is everybody in it:\n\n> {STATEMENT}",
}

# What an answer adds to the document of a retracted record: it is no part of what is stored.
_RETRACTED_AT = {
    "type": "string",
    "title": "Retracted At",
    "description": "Since when it is retracted. Only there if it is.",
    "examples": ["2026-01-31T12:00:00.000000Z"],
}

_WRITING = ("post", "patch", "put", "delete")
# Settled before any route is reached, so that every write answers alike.
_ALIKE_FOR_WRITES = ("401", "403", "413", "415")
_WRITE_SHOWN = "post_meeting"


def describe(app: FastAPI) -> None:
    """Give `app` the document, made when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary="The open ledger of what states promise each other.",
        description=INTRODUCTION, license_info={"name": "MIT License", "identifier": "MIT"}, tags=CHAPTERS,
        routes=app.routes,
    )  # fmt: skip
    components = document["components"]
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key that `pledgebook key create NAME` made: `pb_…`. This page keeps it in memory, and "
            "forgets it when you leave or reload.",
        }
    }
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] = dict(sorted({**components["schemas"], **problem.pop("$defs"), "Problem": problem}.items()))
    for schema in components["schemas"].values():
        if {"retracted", "version"} <= schema.get("properties", {}).keys():
            schema["properties"]["retracted_at"] = _RETRACTED_AT
    answers = read_answers()
    renderings = _renderings(document, answers)
    for method, path, operation in _operations(document):
        if method in _WRITING:
            operation["security"] = [{"key": []}]
        if added := ADDED.get(operation["operationId"]):
            operation["description"] += f"\n\n{added}"
        _plain_parameters(operation)
        _show_request(operation, ASKS.get(operation["operationId"], []))
        _show_answers(method, operation, answers)
        _show_renderings(operation, renderings.get(path, {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _renderings(document: dict[str, Any], answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By the address of a list, then by media type: the answer of the address that has the rendering as its suffix."""
    found: dict[str, dict[str, Any]] = {}
    for _, path, operation in _operations(document):
        address, _, suffix = path.partition(".")
        shown = answers.get(operation["operationId"], {}).get("200")
        if suffix and shown is not None:
            found.setdefault(address, {}).update(dict.fromkeys(operation["responses"]["200"]["content"], shown))
    return found


def _plain_parameters(operation: dict[str, Any]) -> None:
    """A parameter is left out, never null; nor does it need a title or its description twice."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        schema.pop("title", None)
        schema.pop("description", None)
        alternatives = [item for item in schema.get("anyOf", []) if item != {"type": "null"}]
        if len(alternatives) == 1:
            del schema["anyOf"]
            schema.update(alternatives[0])


def _show_request(operation: dict[str, Any], asks: list[Ask]) -> None:
    """Fill the form with the first request, and offer the bodies that have a summary."""
    if not asks:
        return
    values = {**asks[0].path, **asks[0].query}
    for parameter in operation.get("parameters", []):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    bodies = [ask for ask in asks if ask.summary]
    if bodies:
        content = operation["requestBody"]["content"][bodies[0].media_type]
        content["examples"] = {
            f"example-{number}": {"summary": ask.summary, "value": ask.body} for number, ask in enumerate(bodies, 1)
        }


def _show_answers(method: str, operation: dict[str, Any], answers: dict[str, dict[str, Any]]) -> None:
    """Every status with its real answer; of an error that was not recorded, its shape. Errors are problems only."""
    shown = answers.get(operation["operationId"], {})
    for status, answer in operation["responses"].items():
        if status < "400":
            if answer["description"] in ("Successful Response", "OK"):
                answer["description"] = _described(status, is_write="201" in operation["responses"])
            for content in answer.get("content", {}).values():
                example = shown.get(status) or shown.get("201")  # a dry run answers as the write would
                if example is not None:
                    content["example"] = example
            continue
        if status not in shown and status in _ALIKE_FOR_WRITES:
            example = answers.get(_WRITE_SHOWN, {}).get(status)
        else:
            example = shown.get(status)
        error = _error_of(int(status), method)
        example = example or {
            "type": f"/docs#{error.type}", "title": error.title, "status": error.status, "detail": meaning_of(error)[0]
        }  # fmt: skip
        answer["description"] = f"[{error.title}](/docs#{error.type})."
        answer["content"] = {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example},
        }


def _show_renderings(operation: dict[str, Any], renderings: dict[str, Any]) -> None:
    """What `Accept` gives instead of JSON: the same as the suffix."""
    for media_type, content in operation["responses"].get("200", {}).get("content", {}).items():
        if media_type in renderings:
            content["example"] = renderings[media_type]


def _described(status: str, *, is_write: bool) -> str:
    if status == "201":
        return "Written, and on disk."
    return (
        "With `dry_run=true`: it would do, and nothing was written." if is_write else "The answer of the seeds' book."
    )


def _error_of(status: int, method: str) -> type[PledgebookError]:
    """The class of an error status: of the two of 422, that of queries if there is no body."""
    of_status = [error for error in PROBLEMS if error.status == status]
    return of_status[-1] if method in ("post", "patch", "put") else of_status[0]


def meaning_of(error: type[PledgebookError]) -> tuple[str, str]:
    """What a problem means, and what to do about it: the two paragraphs of its class."""
    meaning, _, remedy = (error.__doc__ or "").partition("\n\n")
    return " ".join(meaning.split()), " ".join(remedy.split())
