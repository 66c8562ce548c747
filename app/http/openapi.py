"""OpenAPI document: FastAPI's document with an introduction, tags, the security scheme, filter tables and examples.

The examples are the requests of `app.http.openapi_examples` and the responses that were recorded for them.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.errors import PROBLEMS, PledgebookError
from app.http.filter_table import filter_table
from app.http.openapi_examples import EXAMPLES, STATEMENT, Example, read_answers
from app.http.problems import MEDIA_TYPE, Problem
from app.query.filters import MeetingFilters, PledgeFilters
from app.query.undertakings import UndertakingFilters

CHAPTERS = [
    {"name": "Pledges", "description": "What parties say they will do, and what they support or condemn."},
    {
        "name": "Meetings",
        "description": "Where pledges were made: which parties met, when, and according to which sources.",
    },
    {"name": "Posting", "description": "Add records to the book. This requires a key: enter it under Authorize."},
    {"name": "Editing", "description": "Change, retract and restore records. Nothing is ever deleted."},
    {
        "name": "Ledger",
        "description": "All revisions in order, linked by hashes: histories, the list of changes, and the head.",
    },
    {"name": "Registers", "description": "Reference records: topics, parties, participants, instruments, sources."},
    {"name": "Book", "description": "The start page of the API, and the whole book as a download."},
    {"name": "Health", "description": "Status and metrics, for the operators of a server."},
]

INTRODUCTION = (
    "The open ledger of what states promise each other: who made which pledge, on which topic, in which words, and "
    "when it is due.\n\n"
    "Reads need no key; writes require one. A list is `{items, next}`: send `next` as `cursor=` for the next page. "
    "Responses have an ETag; a request with `If-None-Match` is answered with 304 if nothing has changed. Errors are "
    "`application/problem+json`, with the path of each fault and what is accepted there."
)

# Text that is appended to the description of an operation.
APPENDED = {
    "list_pledges": filter_table(PledgeFilters),
    "list_meetings": filter_table(MeetingFilters),
    "list_undertakings": filter_table(UndertakingFilters),
    "post_meeting": f"The first example is coded from this text, which is invented:\n\n> {STATEMENT}",
}

# A response adds this field to the document of a retracted record. It is not stored.
_RETRACTED_AT = {
    "type": "string",
    "title": "Retracted At",
    "description": "The time of the retraction, in UTC with six decimals; only present if the record is retracted.",
    "examples": ["2026-01-31T12:00:00.000000Z"],
}

_WRITING = ("post", "patch", "put", "delete")
# These statuses are sent before a route is called. All writes show the recorded responses of one operation.
_SENT_BEFORE_ROUTING = ("401", "403", "413", "415")
_RECORDED_WRITE = "post_meeting"
# The path parameter `id`, by the first part of the path after /v1.
_ID_DESCRIPTIONS = {
    "pledges": "The id of the pledge, such as `2024-10-31-kor-usa-2plus2-27`.",
    "meetings": "The id of the meeting, such as `2024-10-31-kor-usa-2plus2`.",
    "topics": "The slug of the topic, such as `opcon-transition`.",
    "parties": "The code of the party, such as `KOR`.",
    "participants": "The slug of the participant, such as `cho-tae-yul`.",
    "instruments": "The slug of the instrument, such as `cotp`.",
    "sources": "The id of the source, such as `korea-defense-daily-2024-11-14`.",
}


def describe(app: FastAPI) -> None:
    """Set the OpenAPI document of `app`. It is built at the first request for it."""

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
            "description": "A key (`pb_…`) from `pledgebook key create NAME`. This page keeps it in memory only: it "
            "is gone when you leave or reload.",
        }
    }
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] = dict(sorted({**components["schemas"], **problem.pop("$defs"), "Problem": problem}.items()))
    for schema in components["schemas"].values():
        if {"retracted", "version"} <= schema.get("properties", {}).keys():
            schema["properties"]["retracted_at"] = _RETRACTED_AT
    recorded = read_answers()
    formats = _recorded_formats(document, recorded)
    for method, path, operation in _operations(document):
        if method in _WRITING:
            operation["security"] = [{"key": []}]
        if appended := APPENDED.get(operation["operationId"]):
            operation["description"] += f"\n\n{appended}"
        _describe_id(path, operation)
        _simplify_parameters(operation)
        _add_request_examples(operation, EXAMPLES.get(operation["operationId"], []))
        _add_response_examples(method, operation, recorded)
        _add_format_examples(operation, formats.get(path, {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _recorded_formats(document: dict[str, Any], recorded: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The recorded responses of `/v1/pledges.csv` and its like, by the path of their list, then by media type."""
    found: dict[str, dict[str, Any]] = {}
    for _, path, operation in _operations(document):
        address, _, suffix = path.partition(".")
        example = recorded.get(operation["operationId"], {}).get("200")
        if suffix and example is not None:
            found.setdefault(address, {}).update(dict.fromkeys(operation["responses"]["200"]["content"], example))
    return found


def _describe_id(path: str, operation: dict[str, Any]) -> None:
    """Describe the path parameter `id`."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter.setdefault("description", _ID_DESCRIPTIONS[path.split("/")[2]])


def _simplify_parameters(operation: dict[str, Any]) -> None:
    """Remove from each parameter's schema the title, the second description, and null, which a query cannot send."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        schema.pop("title", None)
        schema.pop("description", None)
        alternatives = [item for item in schema.get("anyOf", []) if item != {"type": "null"}]
        if len(alternatives) == 1:
            del schema["anyOf"]
            schema.update(alternatives[0])


def _add_request_examples(operation: dict[str, Any], examples: list[Example]) -> None:
    """Add the parameters of the first request, and each body that has a summary, as examples."""
    if not examples:
        return
    values = {**examples[0].path, **examples[0].query}
    for parameter in operation.get("parameters", []):
        if parameter["name"] in values:
            parameter["example"] = values[parameter["name"]]
    bodies = [example for example in examples if example.summary]
    if bodies:
        content = operation["requestBody"]["content"][bodies[0].media_type]
        content["examples"] = {
            f"example-{number}": {"summary": example.summary, "value": example.body}
            for number, example in enumerate(bodies, 1)
        }


def _add_response_examples(method: str, operation: dict[str, Any], recorded: dict[str, dict[str, Any]]) -> None:
    """Add the recorded response of each status as its example. An error without one shows its title and meaning."""
    shown = recorded.get(operation["operationId"], {})
    for status, response in operation["responses"].items():
        if status < "400":
            if response["description"] in ("Successful Response", "OK"):
                response["description"] = _success_description(status, is_write="201" in operation["responses"])
            for content in response.get("content", {}).values():
                example = shown.get(status) or shown.get("201")  # a dry run has the body of the write
                if example is not None:
                    content["example"] = example
            continue
        if status not in shown and status in _SENT_BEFORE_ROUTING:
            example = recorded.get(_RECORDED_WRITE, {}).get(status)
        else:
            example = shown.get(status)
        error = _error_of(int(status), method)
        example = example or {
            "type": f"/docs#{error.type}", "title": error.title, "status": error.status, "detail": meaning_of(error)[0]
        }  # fmt: skip
        response["description"] = f"[{error.title}](/docs#{error.type})."
        response["content"] = {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example},
        }


def _add_format_examples(operation: dict[str, Any], formats: dict[str, Any]) -> None:
    """Add an example for each format of the `Accept` header: the response of the path with that format's suffix."""
    for media_type, content in operation["responses"].get("200", {}).get("content", {}).items():
        if media_type in formats:
            content["example"] = formats[media_type]


def _success_description(status: str, *, is_write: bool) -> str:
    if status == "201":
        return "The record was written to disk."
    return (
        "With `dry_run=true`: the data is valid, and nothing was written."
        if is_write
        else "The response for the book of the seed files."
    )


def _error_of(status: int, method: str) -> type[PledgebookError]:
    """The error class of a status. For 422 it is `Invalid` if the method has a body, else `BadQuery`."""
    of_status = [error for error in PROBLEMS if error.status == status]
    return of_status[-1] if method in ("post", "patch", "put") else of_status[0]


def meaning_of(error: type[PledgebookError]) -> tuple[str, str]:
    """The meaning of a problem and its remedy: the first and the second paragraph of its class's docstring."""
    meaning, _, remedy = (error.__doc__ or "").partition("\n\n")
    return " ".join(meaning.split()), " ".join(remedy.split())
