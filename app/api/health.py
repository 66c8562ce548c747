"""/healthz, /readyz, /metrics: for those who keep the server running."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError

from app.errors import Unavailable
from app.http.problems import RETRY_AFTER, responses
from app.http.write_route import WriteRoute
from app.schemas.fields import Schema
from app.store.schema_version import newest, revision_of

router = APIRouter(tags=["Health"], route_class=WriteRoute)


class Health(Schema):
    """The state of the server."""

    status: Annotated[str, Field(description="Always `ok`; a server that is not ready sends a problem instead.")]


@router.get("/healthz", operation_id="health", summary="Is the server alive?")
def health() -> Health:
    """Answers as long as the process does, whatever the database is at. For the check that restarts a dead server."""
    return Health(status="ok")


@router.get("/readyz", operation_id="readiness", summary="Can it answer?", responses=responses(503))
def readiness(request: Request) -> Health:
    """Answers 200 when the database can be reached and has this release's schema, else 503.

    For the check that sends requests elsewhere while this server cannot answer them.
    """
    try:
        standing = revision_of(request.app.state.database)
    except SQLAlchemyError:
        raise Unavailable("The database cannot be reached.", headers={"Retry-After": RETRY_AFTER}) from None
    if standing != newest():
        raise Unavailable("The database has another schema than this release; run `pledgebook migrate`.")
    return Health(status="ok")


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Counts and times of requests",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus text."}},
)
def metrics() -> Response:
    """Requests by route, method and status, and how long they took, in the text format of Prometheus."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
