"""What a request's headers say."""

from starlette.types import Scope


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request as the bytes they came as; of one sent twice, the first counts."""
    return dict(reversed(scope["headers"]))


def matches(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this answer already."""
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known
