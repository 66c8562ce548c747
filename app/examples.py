"""The requests that the reference shows, and what a book holding the seeds answered to them.

The requests are written here by hand; the answers stand in `examples.json`, written by `make examples` and held by a
test to what both engines really answer. A new operation needs an entry in `ASKS`.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

ANSWERS_FILE = Path(__file__).with_name("examples.json")
_LARGER_THAN_ANY = 3 * 1024 * 1024


@dataclass(frozen=True)
class Ask:
    """One request to an operation. The first of an operation fills the form of its "Try it out"."""

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str = "application/json"
    key: Literal["write", "assess"] | None = None
    summary: str = ""


# A meeting to post ----------------------------------------------------------------------------------------------------

# Invented for this page, as is everybody in it. Spans below count its code points.
STATEMENT = (
    "The Republic of Korea and the United States reaffirmed that they will carry out the transition of wartime "
    "operational control by the conditions-based plan. They agreed to publish a joint report on its progress before "
    "the end of 2031. Both expressed support for a free and open Indo-Pacific."
)
_SOURCE = {
    "id": "example-joint-statement-2030-11-07",
    "type": "primary-text",
    "issued_by": ["KOR", "USA"],
    "publisher": None,
    "title": "An invented joint statement",
    "language": "en",
    "published_on": "2030-11-07",
    "url": None,
    "sha256": hashlib.sha256(STATEMENT.encode()).hexdigest(),
    "length": len(STATEMENT),
}


def _cited(first: str, last: str) -> list[dict[str, Any]]:
    """A citation of the invented statement, from its words `first` to its words `last`."""
    return [
        {
            "source": _SOURCE["id"],
            "zone": "body",
            "start": STATEMENT.index(first),
            "end": STATEMENT.index(last) + len(last),
        }
    ]


MEETING = {
    "title": "An invented meeting, to show how one is posted",
    "type": "2plus2",
    "level": "ministers",
    "held_on": "2030-11-07",
    "city": "Seoul",
    "parties": ["KOR", "USA"],
    "coverage": "full-text",
    "sources": [_SOURCE],
    "participants": [
        {
            "participant": {"slug": "hong-gil-dong", "name": "Hong Gil-dong", "names": {"ko": "홍길동"}},
            "party": "KOR",
            "office": "Minister of Foreign Affairs",
        },
        {
            "participant": {"slug": "jane-example", "name": "Jane Example"},
            "party": "USA",
            "office": "Secretary of State",
        },
    ],
    "pledges": [
        {
            "summary": "Hand over wartime operational control in the way the conditions-based plan lays down.",
            "act": "reaffirm",
            "pledgors": ["KOR", "USA"],
            "towards": ["each-other"],
            "topics": ["opcon-transition"],
            "instruments": ["cotp"],
            "condition": {"kind": "conditions-based", "text": "conditions-based plan"},
            "specificity": "named-action",
            "formula": ["conditions-based plan"],
            "citations": _cited("they will carry out", "conditions-based plan"),
            "links": [{"type": "renews", "target": "2024-10-31-kor-usa-2plus2-27"}],
        },
        {
            "summary": "Tell the public together, before 2032 begins, how far the handover has come.",
            "act": "agree",
            "pledgors": ["KOR", "USA"],
            "towards": ["each-other"],
            "topics": ["opcon-transition"],
            "due": {"kind": "deadline", "text": "before the end of 2031", "to": "2031-12-31"},
            "specificity": "measurable",
            "citations": _cited("publish a joint report", "the end of 2031"),
        },
        {
            "summary": "Back an order in the Indo-Pacific that leaves it free and open.",
            "act": "support",
            "pledgors": ["KOR", "USA"],
            "topics": ["indo-pacific-order"],
            "specificity": "general",
            "formula": ["free and open Indo-Pacific"],
            "citations": _cited("support for", "Indo-Pacific"),
        },
    ],
}
_SMALLEST = {
    "title": "An invented call, as short as can be",
    "type": "call",
    "level": "leaders",
    "held_on": "2030-12-01",
    "parties": ["KOR", "JPN"],
    "coverage": "report-only",
    "sources": ["korea-defense-daily-2024-11-14"],
    "participants": [],
    "pledges": [],
}
_UNCITED = {**MEETING, "pledges": [{**MEETING["pledges"][1], "citations": []}]}  # type: ignore[dict-item]
_STANDING = {**_SMALLEST, "held_on": "2021-03-18", "type": "2plus2", "level": "ministers", "parties": ["KOR", "USA"]}

# What is asked --------------------------------------------------------------------------------------------------------

ASKS: dict[str, list[Ask]] = {
    "list_pledges": [Ask(query={"topic": ["opcon-transition"]}), Ask(query={"topic": ["opcon-transfer"]})],
    "get_pledge": [
        Ask(path={"id": "2024-10-31-kor-usa-2plus2-27"}),
        Ask(path={"id": "2024-10-31-kor-usa-2plus2-72"}),
    ],
    "list_meetings": [
        Ask(query={"series": ["kor-usa-2plus2"]}),
        Ask(query={"series": ["kor-usa-scm"]}),
    ],
    "get_meeting": [Ask(path={"id": "2024-10-31-kor-usa-2plus2"}), Ask(path={"id": "2024-10-31-usa-kor-2plus2"})],
    "get_meeting_document": [
        Ask(path={"id": "2024-10-31-kor-usa-foreign-ministers"}),
        Ask(path={"id": "2024-10-31-kor-usa-foreign-minister"}),
    ],
    "post_meeting": [
        Ask(body=MEETING, key="write", summary="An invented statement, coded whole"),
        Ask(body=_SMALLEST, query={"dry_run": True}, key="write", summary="As little as will do"),
        Ask(body=MEETING),
        Ask(body=MEETING, key="assess"),
        Ask(body=_STANDING, key="write"),
        Ask(body={"title": "x" * _LARGER_THAN_ANY}, key="write"),
        Ask(body=MEETING, key="write", media_type="text/plain"),
        Ask(body=_UNCITED, key="write"),
    ],
    "list_topics": [Ask(query={"name": "확장억제"}), Ask(query={"limit": 0})],
    "get_topic": [Ask(path={"id": "opcon-transition"}), Ask(path={"id": "opcon"})],
    "list_parties": [Ask(query={"name": "South Korea"}), Ask(query={"limit": 201})],
    "get_party": [Ask(path={"id": "KOR"}), Ask(path={"id": "ROK"})],
    "list_participants": [Ask(query={"name": "Cho Tae-yu"}), Ask(query={"nam": "Cho"})],
    "get_participant": [Ask(path={"id": "cho-tae-yul"}), Ask(path={"id": "cho-tae-yu"})],
    "list_instruments": [Ask(query={"name": "COT-P"}), Ask(query={"cursor": "abc"})],
    "get_instrument": [Ask(path={"id": "cotp"}), Ask(path={"id": "cot-p"})],
    "list_sources": [Ask(query={"limit": 2}), Ask(query={"limit": "two"})],
    "get_source": [
        Ask(path={"id": "korea-defense-daily-2024-11-14"}),
        Ask(path={"id": "korea-defence-daily-2024-11-14"}),
    ],
    "export_book": [Ask()],
    "health": [Ask()],
    "readiness": [Ask()],
}


def read_answers() -> dict[str, dict[str, Any]]:
    """The recorded answers: by operation, then by status. Of a text, the first lines."""
    answers: dict[str, dict[str, Any]] = json.loads(ANSWERS_FILE.read_text(encoding="utf-8"))
    return answers
