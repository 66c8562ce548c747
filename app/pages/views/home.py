"""/: the home page, with a search form, an example pledge, overdue pledges, topics and meetings."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from sqlalchemy import Connection

from app.http.read_route import Reading
from app.pages.names import read_card_names
from app.pages.records import documents_of
from app.pages.rendering import PageRouter, address, page
from app.query.pages import MeetingQuery, PledgeQuery, read_meetings, read_page
from app.query.topic_tree import read_topic_tree
from app.query.undertakings import read_sayings

router = PageRouter()
SENTENCE = "What states promised each other, with source, deadline and status."
_TITLE = "Pledgebook: what states promised each other"
_SHOWN = 5
_CANDIDATES = 100
# Example searches. The seeds have pledges for each of them.
EXAMPLES = ("wartime operational control", "North Korea -missile", "“extended deterrence”")


@router.get("/")
def home(reading: Reading) -> Response:
    """The home page."""
    connection = reading.connection
    example = _example(connection)
    passed = _pledges(connection, PledgeQuery(due=["passed"], fulfilment=["none"], sort="-due", limit=_SHOWN))
    shown = [*example, *passed]
    context = {
        "sentence": SENTENCE,
        "example": example[0] if example else None,
        "passed": passed,
        "sayings": read_sayings(connection, [pledge["id"] for pledge in shown]),
        "names": read_card_names(connection, shown),
        "examples": [(words, urlencode({"q": words.translate(_STRAIGHT)})) for words in EXAMPLES],
        "topics": read_topic_tree(connection),
        "meetings": documents_of(read_meetings(connection, MeetingQuery(limit=_SHOWN))),
    }
    return page(
        reading, "home.html", context, title=_TITLE, description=SENTENCE,
        linked_data=_dataset(address(reading.request)),
    )  # fmt: skip


_STRAIGHT = {ord("“"): '"', ord("”"): '"'}


def _example(connection: Connection) -> list[dict[str, Any]]:
    """The one of the newest pledges that was made at most meetings; an empty list if the book is empty."""
    newest = _pledges(connection, PledgeQuery(limit=_CANDIDATES))
    sayings = read_sayings(connection, [pledge["id"] for pledge in newest])
    return sorted(newest, key=lambda pledge: -sayings[pledge["id"]].meetings)[:1]


def _pledges(connection: Connection, query: PledgeQuery) -> list[dict[str, Any]]:
    return documents_of(read_page(connection, query))


def _dataset(here: str) -> dict[str, Any]:
    """The book as a Dataset of schema.org, with its downloads."""
    forms = (("text/csv", "/v1/pledges.csv"), ("application/jsonl", "/v1/export.jsonl"))
    return {
        "@type": "Dataset",
        "name": "Pledgebook",
        "description": SENTENCE,
        "url": f"{here}/",
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": form, "contentUrl": f"{here}{path}"} for form, path in forms
        ],
    }
