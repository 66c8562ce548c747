"""Examples for the OpenAPI document: requests, and the responses recorded from a book of the seed files.

The requests are written here. `make examples` records the responses in `openapi_examples.json`, and a test compares
them with those of both engines. A new operation needs an entry in `EXAMPLES`.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

ANSWERS_FILE = Path(__file__).with_name("openapi_examples.json")
MERGE_PATCH = "application/merge-patch+json"
_LARGER_THAN_ANY = 3 * 1024 * 1024


@dataclass(frozen=True)
class Example:
    """One request to an operation. The first one of an operation fills its "Try it out" form.

    `version` says which ETag is sent as `If-Match`: that of the current version, a stale one, or none.
    """

    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str = "application/json"
    key: Literal["write", "assess"] | None = None
    version: Literal["current", "stale"] | None = None
    summary: str = ""


# A meeting to post ----------------------------------------------------------------------------------------------------

# This text is invented. The offsets of the spans below count its code points.
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
    """One citation of the invented statement: the span from the words `first` to the words `last`."""
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
_DUPLICATE = {**_SMALLEST, "held_on": "2021-03-18", "type": "2plus2", "level": "ministers", "parties": ["KOR", "USA"]}

_ADDED = {
    "summary": "Go on readying the alliance for the day when wartime operational control changes hands.",
    "act": "agree",
    "pledgors": ["KOR", "USA"],
    "towards": ["each-other"],
    "topics": ["opcon-transition"],
    "specificity": "general",
    "citations": [{"source": "press-report-2024-10-31-2plus2", "zone": "body", "start": 5114, "end": 5169}],
}
_ASSESSMENT = {
    "party": "KOR",
    "fulfilment": "in-progress",
    "effective_on": "2025-03-01",
    "evidence": [{"title": "An invented progress report", "publisher": "An invented paper", "type": "report"}],
    "assessor": "An invented desk",
}
_TOPIC = {"slug": "fisheries", "name": "Fisheries", "definition": "Who may fish where, and how that is watched over."}
_PARTY = {"code": "PIF", "type": "organisation", "name": "Pacific Islands Forum"}
_PARTICIPANT = {"slug": "im-kkeok-jeong", "name": "Im Kkeok-jeong", "names": {"ko": "임꺽정"}}
_INSTRUMENT = {"slug": "example-plan", "type": "plan", "name": "An invented plan", "aliases": ["AIP"]}
_REGISTER_SOURCE = {**_SOURCE, "id": "example-press-release-2030-11-08", "type": "press-release"}

# The text to draft from: the first two sentences of the statement above.
_DRAFT = {
    "text": STATEMENT[: STATEMENT.index(" Both")],
    "meeting": {"held_on": "2030-11-07", "parties": ["KOR", "USA"]},
}


def _posts(body: dict[str, Any]) -> list[Example]:
    """Requests that post a record of a register: a valid one, the same again, and one with an unknown field."""
    return [Example(body=body, key="write", summary="Invented"), Example(body=body, key="write"),
            Example(body={**body, "colour": "blue"}, key="write")]  # fmt: skip


def _changes(id: str, patch: dict[str, Any], summary: str) -> list[Example]:
    """Requests that change a record: a valid one, then without a version, stale, with an unknown field, unknown id."""
    right = Example({"id": id}, body=patch, media_type=MERGE_PATCH, key="write", version="current", summary=summary)
    return [
        right,
        replace(right, version=None, summary=""),
        replace(right, version="stale", summary=""),
        replace(right, body={"colour": "blue"}, summary=""),
        replace(right, path={"id": "no-such-record"}, version=None, summary=""),
    ]


def _retractions(id: str, in_use: str | None = None) -> list[Example]:
    """Requests that retract a record: a valid one, without a version, stale, without a reason, and one in use.

    `in_use` is the id of a record that other records refer to.
    """
    right = Example({"id": id}, {"reason": "Coded in error."}, key="write", version="current")
    examples = [right, replace(right, version=None), replace(right, version="stale"), replace(right, query={})]
    if in_use:
        examples.append(replace(right, path={"id": in_use}))
    return examples


def _history(id: str) -> list[Example]:
    return [Example({"id": id}), Example({"id": "no-such-record"}), Example({"id": id}, {"limit": 0})]


_ON_TOPIC = {"topic": ["opcon-transition"]}
_MISSPELT = Example(query={"topic": ["opcon-transfer"]})

# The requests of each operation ---------------------------------------------------------------------------------------

# The order matters: the reads come first, while the book contains the seed files only.
EXAMPLES: dict[str, list[Example]] = {
    "index": [Example(), Example(query={"topic": "cyber"})],
    "list_pledges": [Example(query={"topic": ["opcon-transition"]}), Example(query={"topic": ["opcon-transfer"]})],
    "get_pledge": [
        Example(path={"id": "2024-10-31-kor-usa-2plus2-27"}),
        Example(path={"id": "2024-10-31-kor-usa-2plus2-72"}),
    ],
    "get_thread": [Example({"id": "2024-10-31-kor-usa-2plus2-27"}), Example({"id": "2024-10-31-kor-usa-2plus2-72"})],
    "list_assessments": [
        Example({"id": "2024-10-31-kor-usa-2plus2-27"}),
        Example({"id": "2024-10-31-kor-usa-2plus2-72"}),
    ],
    "list_undertakings": [
        Example(
            query={
                "topic": ["opcon-transition"],
                "in_meeting": ["2021-03-18-kor-usa-2plus2"],
                "not_in_meeting": ["2024-10-31-kor-usa-foreign-ministers"],
            }
        ),
        Example(query={"in_meeting": ["2021-03-18-usa-kor-2plus2"]}),
    ],
    "cross_pledges": [
        Example(query={"rows": "topic", "columns": "meeting", **_ON_TOPIC}),
        Example(query={"rows": "topic", "columns": "topic"}),
    ],
    "pledges_jsonl": [Example(query=_ON_TOPIC), _MISSPELT],
    "pledges_csv": [Example(query=_ON_TOPIC), _MISSPELT],
    "pledges_atom": [Example(query={**_ON_TOPIC, "limit": 1}), _MISSPELT],
    "pledges_feed_json": [Example(query={**_ON_TOPIC, "limit": 1}), _MISSPELT],
    "pledges_ics": [Example(query={"party": ["KOR"], "limit": 1}), Example(query={"due": ["soon"]})],
    "list_meetings": [
        Example(query={"series": ["kor-usa-2plus2"]}),
        Example(query={"series": ["kor-usa-scm"]}),
    ],
    "get_meeting": [
        Example(path={"id": "2024-10-31-kor-usa-2plus2"}),
        Example(path={"id": "2024-10-31-usa-kor-2plus2"}),
    ],
    "get_meeting_document": [
        Example(path={"id": "2024-10-31-kor-usa-foreign-ministers"}),
        Example(path={"id": "2024-10-31-kor-usa-foreign-minister"}),
    ],
    "meetings_jsonl": [Example(query={"series": ["kor-usa-2plus2"]}), Example(query={"series": ["kor-usa-scm"]})],
    "meetings_csv": [Example(query={"series": ["kor-usa-2plus2"]}), Example(query={"series": ["kor-usa-scm"]})],
    "list_topics": [Example(query={"name": "확장억제"}), Example(query={"limit": 0})],
    "get_topic": [Example(path={"id": "opcon-transition"}), Example(path={"id": "opcon"})],
    "list_parties": [Example(query={"name": "South Korea"}), Example(query={"limit": 201})],
    "get_party": [Example(path={"id": "KOR"}), Example(path={"id": "ROK"})],
    "list_participants": [Example(query={"name": "Cho Tae-yu"}), Example(query={"nam": "Cho"})],
    "get_participant": [Example(path={"id": "cho-tae-yul"}), Example(path={"id": "cho-tae-yu"})],
    "list_instruments": [Example(query={"name": "COT-P"}), Example(query={"cursor": "abc"})],
    "get_instrument": [Example(path={"id": "cotp"}), Example(path={"id": "cot-p"})],
    "list_sources": [Example(query={"limit": 2}), Example(query={"limit": "two"})],
    "get_source": [
        Example(path={"id": "korea-defense-daily-2024-11-14"}),
        Example(path={"id": "korea-defence-daily-2024-11-14"}),
    ],
    "get_pledge_history": _history("2024-10-31-kor-usa-2plus2-27"),
    "get_meeting_history": _history("2024-10-31-kor-usa-foreign-ministers"),
    "get_topic_history": _history("opcon-transition"),
    "get_party_history": _history("KOR"),
    "get_participant_history": _history("cho-tae-yul"),
    "get_instrument_history": _history("cotp"),
    "get_source_history": _history("korea-defense-daily-2024-11-14"),
    "list_changes": [Example(query={"since": 200, "limit": 2}), Example(query={"since": "yesterday"})],
    "get_head": [Example()],
    "stream_changes": [Example(query={"since": 200}), Example(query={"since": "yesterday"})],
    "export_book": [Example(), Example(query={"as_of": "yesterday"})],
    "health": [Example()],
    "readiness": [Example()],
    "post_meeting": [
        Example(body=MEETING, key="write", summary="An invented statement with all its pledges"),
        Example(body=_SMALLEST, query={"dry_run": True}, key="write", summary="The required fields only"),
        Example(body=MEETING),
        Example(body=MEETING, key="assess"),
        Example(body=_DUPLICATE, key="write"),
        Example(body={"title": "x" * _LARGER_THAN_ANY}, key="write"),
        Example(body=MEETING, key="write", media_type="text/plain"),
        Example(body=_UNCITED, key="write"),
    ],
    "post_draft": [
        Example(body=_DRAFT, key="write", summary="An invented statement, with the day and the parties of its meeting"),
        Example(body={"text": ""}, key="write"),
    ],
    "post_pledges": [
        Example(
            {"id": "2024-10-31-kor-usa-2plus2"}, body=[_ADDED], key="write", summary="A pledge that was found later"
        ),
        Example(
            {"id": "2024-10-31-kor-usa-2plus2"}, {"dry_run": True}, body=[{**_ADDED, "act": "commit"}], key="write"
        ),
        Example({"id": "2024-10-31-usa-kor-2plus2"}, body=[_ADDED], key="write"),
        Example({"id": "2024-10-31-kor-usa-2plus2"}, body=[_ADDED], key="write"),
        Example({"id": "2024-10-31-kor-usa-2plus2"}, body=[], key="write"),
    ],
    "post_assessment": [
        Example({"id": "2024-10-31-kor-usa-2plus2-27"}, body=_ASSESSMENT, key="assess", summary="In progress"),
        Example({"id": "2024-10-31-kor-usa-2plus2-27"}, {"dry_run": True}, body=_ASSESSMENT, key="assess"),
        Example({"id": "2024-10-31-kor-usa-2plus2-72"}, body=_ASSESSMENT, key="assess"),
        Example({"id": "2024-10-31-kor-usa-2plus2-27"}, body={**_ASSESSMENT, "party": "JPN"}, key="assess"),
    ],
    "post_topic": _posts(_TOPIC),
    "post_party": _posts(_PARTY),
    "post_participant": _posts(_PARTICIPANT),
    "post_instrument": _posts(_INSTRUMENT),
    "post_source": _posts(_REGISTER_SOURCE),
    "change_pledge": _changes("2021-03-18-kor-usa-2plus2-06", {"note": "Read again."}, "Another note"),
    "change_meeting": _changes("2024-10-31-kor-usa-foreign-ministers", {"venue": "An invented place"}, "The venue"),
    "change_topic": _changes(
        "opcon-transition", {"definition": "Who commands in wartime, and from when."}, "The definition"
    ),
    "change_party": _changes("PRK", {"names": {"fr": "Corée du Nord"}}, "A name in another language"),
    "change_participant": _changes("suh-wook", {"aliases": [{"name": "Seo Uk"}]}, "A new spelling"),
    "change_instrument": _changes("cotp", {"name": "Conditions-based OPCON Transition Plan"}, "The name"),
    "change_source": _changes("korea-defense-daily-2024-11-14", {"publisher": "An invented paper"}, "The publisher"),
    "retract_pledge": _retractions("2021-03-18-kor-usa-2plus2-07", "2021-03-18-kor-usa-2plus2-06"),
    "retract_topic": _retractions("counterterrorism", "opcon-transition"),
    "retract_party": _retractions("ABW", "KOR"),
    # All participants and sources of the seed files are in use. These two were posted above.
    "retract_participant": _retractions("im-kkeok-jeong", "cho-tae-yul"),
    "retract_instrument": _retractions("edscg", "cotp"),
    "retract_source": _retractions("example-press-release-2030-11-08", "korea-defense-daily-2024-11-14"),
    "retract_meeting": _retractions("2024-10-31-kor-usa-foreign-ministers"),
}


def read_answers() -> dict[str, dict[str, Any]]:
    """The recorded responses by operation id, then by status. A response that is not JSON has its first lines only."""
    answers: dict[str, dict[str, Any]] = json.loads(ANSWERS_FILE.read_text(encoding="utf-8"))
    return answers
