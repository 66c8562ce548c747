"""/how-we-code: the coding rules. What a record is, and what each value means."""

from fastapi import Response

from app.http.read_route import Reading
from app.pages.rendering import PageRouter, page

router = PageRouter()


@router.get("/how-we-code")
def how_we_code(reading: Reading) -> Response:
    """The coding rules, for readers of the data."""
    return page(
        reading, "coding.html", {},
        title="Coding rules",
        description="How a statement is turned into records: what counts as a pledge, and what each value means.",
    )  # fmt: skip
