"""How we code: what a record is, what each word of the book means, and what is not claimed."""

from fastapi import Response

from app.http.read_route import Reading
from app.pages.rendering import PageRouter, page

router = PageRouter()


@router.get("/how-we-code")
def how_we_code(reading: Reading) -> Response:
    """The rules that a coder follows, for those who read what was coded."""
    return page(
        reading, "coding.html", {},
        title="How we code",
        description="What counts as a pledge, what each word of the book means, and what is not claimed.",
    )  # fmt: skip
