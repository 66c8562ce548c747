"""What the OpenAPI document says beyond the routes: the introduction, the order of the chapters, the key."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.problems import MEDIA_TYPE, Problem

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
    {"name": "Book", "description": "The book as a whole."},
    {"name": "Health", "description": "For those who keep the server running."},
]

INTRODUCTION = (
    "The open ledger of what states promise each other: who promised what, on which topic, in which words, by when."
)


def describe(app: FastAPI) -> None:
    """Give `app` an OpenAPI document with our introduction, the key in the Authorize box, and every error's shape."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=INTRODUCTION, tags=CHAPTERS, routes=app.routes
    )
    components = document["components"]
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key made by `pledgebook key create NAME`: `pb_…`.",
        }
    }
    components["schemas"].setdefault("Problem", Problem.model_json_schema(ref_template="#/components/schemas/{model}"))
    for path in document["paths"].values():
        for method, operation in path.items():
            if method in ("post", "patch", "put", "delete"):
                operation["security"] = [{"key": []}]
            _keep_one_error_shape(operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    return document


def _keep_one_error_shape(operation: dict[str, Any]) -> None:
    """FastAPI documents its own 422 and each error as JSON too; ours are problems and nothing else."""
    for status, answer in operation["responses"].items():
        if status >= "400":
            answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
