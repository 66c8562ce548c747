"""/post: the form that turns the text of a statement into drafts, and posts the corrected meeting.

The page only holds the form. Its scripts call the API with the key in the form, which is not stored anywhere.
"""

from collections.abc import Iterable

from fastapi import Response

from app.http.read_route import Reading
from app.pages.labels import ACTS, FILTERS, TOWARDS
from app.pages.rendering import PageRouter, page
from app.schemas.meetings import MeetingBody
from app.schemas.pledges import PledgeBody
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


def _options(values: Iterable[str], label: str = "word") -> list[tuple[str, str]]:
    """The options of a select as pairs of value and label; `label` names a filter of `labels`."""
    return [(str(value), str(FILTERS[label](value))) for value in values]


# The options of the selects.
CHOICES = {
    "act": [("Pledges", _options(PLEDGE_ACTS, "act")), ("Positions", _options(POSITION_ACTS, "act"))],
    "condition": _options(ConditionKind, "condition"),
    "coverage": _options(Coverage, "coverage"),
    "due": _options(DueKind, "due_kind"),
    "field": _options(
        (name for name in MeetingBody.model_fields if name not in ("inferred", "sources", "participants")), "field"
    ),
    "instrument": _options(InstrumentType),
    "level": _options(Level),
    "link": _options(LinkType, "link"),
    "media_type": [("text/plain", "plain text"), ("text/html", "HTML")],
    "meeting": _options(MeetingType, "meeting_type"),
    "role": _options(AttendanceRole, "role"),
    "source": _options(SourceType, "source_type"),
    "specificity": _options(Specificity),
    "zone": _options(Zone, "zone"),
}


_PROPERTIES = PledgeBody.model_json_schema()["properties"]

# What the scripts of the page need of the vocabularies, as a JSON block in the page.
VOCABULARY = {
    "acts": ACTS,
    "positionActs": POSITION_ACTS,
    "towards": TOWARDS,
    "longest": {field: _PROPERTIES[field]["maxItems"] for field in ("topics", "formula")},
    "defaults": {"zone": Zone.body, "link": LinkType.renews, "instrument": InstrumentType.other},
}


@router.get("/post")
def posting(reading: Reading) -> Response:
    """The form."""
    return page(
        reading, "post/page.html", {"choices": CHOICES, "vocabulary": VOCABULARY},
        title="Post a meeting",
        description="Draft the pledges of a statement from its text, correct them and post the meeting.",
        script=True,
    )  # fmt: skip
