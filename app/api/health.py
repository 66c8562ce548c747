"""/healthz, /readyz and /metrics: status and metrics for the operators of a server."""

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


@router.get("/healthz", operation_id="health", summary="Check that the server is alive")
def health() -> Health:
    """Returns 200 while the process runs, even without a database. Use it as a liveness probe."""
    return Health(status="ok")


@router.get("/readyz", operation_id="readiness", summary="Check that the server is ready", responses=responses(503))
def readiness(request: Request) -> Health:
    """Returns 200 if the database can be reached and has this release's schema, else 503.

    Use it as a readiness probe, to send requests to another server while this one is not ready.
    """
    try:
        current = revision_of(request.app.state.database)
    except SQLAlchemyError:
        raise Unavailable("The database cannot be reached.", headers={"Retry-After": RETRY_AFTER}) from None
    if current != newest():
        raise Unavailable("The schema of the database is not that of this release. Run `pledgebook migrate`.")
    return Health(status="ok")


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Read request metrics",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "Metrics in the Prometheus text format.",
        }
    },
)
def metrics() -> Response:
    """Returns the number and duration of requests by route, method and status, in the Prometheus text format."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
