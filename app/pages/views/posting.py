"""Posting by hand: a statement's text becomes drafts, which are corrected beside it and posted as a meeting.

The page is a form and nothing more: its script asks the API, with a key that lives in the form alone.
"""

from collections.abc import Iterable

from fastapi import Response

from app.http.read_route import Reading
from app.pages.labels import FILTERS
from app.pages.rendering import PageRouter, page
from app.schemas.meetings import MeetingBody
from app.schemas.vocabulary import (
    PLEDGE_ACTS,
    POSITION_ACTS,
    AttendanceRole,
    ConditionKind,
    Coverage,
    DueKind,
    InstrumentType,
    Level,
    LinkType,
    MeetingType,
    SourceType,
    Specificity,
    Zone,
)

router = PageRouter()


def _said(words: Iterable[str], how: str = "word") -> list[tuple[str, str]]:
    """Words of the book, each with what people are shown for it."""
    return [(str(word), str(FILTERS[how](word))) for word in words]


CHOICES = {
    "act": [("Pledges", _said(PLEDGE_ACTS)), ("Positions", _said(POSITION_ACTS))],
    "condition": _said(ConditionKind),
    "coverage": _said(Coverage),
    "due": _said(DueKind),
    "field": _said(name for name in MeetingBody.model_fields if name not in ("inferred", "sources", "participants")),
    "instrument": _said(InstrumentType),
    "level": _said(Level),
    "link": _said(LinkType),
    "media_type": [("text/plain", "plain text"), ("text/html", "HTML")],
    "meeting": _said(MeetingType, "meeting_type"),
    "role": _said(AttendanceRole),
    "source": _said(SourceType, "source_type"),
    "specificity": _said(Specificity),
    "zone": _said(Zone, "zone"),
}


@router.get("/post")
def posting(reading: Reading) -> Response:
    """The form."""
    return page(
        reading, "post/page.html", {"choices": CHOICES},
        title="Post a statement",
        description="Draft the pledges of a statement from its text, correct them beside it, and post them.",
        script=True,
    )  # fmt: skip
