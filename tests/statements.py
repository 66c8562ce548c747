"""A made-up statement for tests that write, and the means to change it in one place."""

import copy
from typing import Any

ABSENT = ...  # in the place of a value: leave the field out

_PLEDGE = {
    "summary": "Sail together once a year.",
    "act": "commit",
    "pledgors": ["AUS", "KOR"],
    "speakers": ["ann-smith"],
    "towards": ["each-other"],
    "topics": ["maritime-security", "combined-exercises"],
    "instruments": [{"slug": "blue-water", "type": "exercise", "name": "Blue Water", "aliases": ["BW"]}, "unc"],
    "due": {"kind": "recurring", "text": "every year"},
    "specificity": "named-action",
    "formula": ["Blue Water every year"],
    "citations": [{"source": "canberra-2025", "zone": "body", "start": 10, "end": 60}],
    "links": [{"type": "extends", "target": "2021-03-18-kor-usa-2plus2-11"}],
}
_POSITION = {
    "summary": "Missile launches are to be condemned.",
    "act": "condemn",
    "pledgors": ["AUS", "KOR"],
    "towards": [],
    "about": ["PRK"],
    "topics": ["dprk-provocations"],
    "specificity": "general",
    "citations": [{"source": "canberra-2025", "zone": "body", "start": 100, "end": 160}],
}
_STATEMENT = {
    "title": "Talks of the defence ministers in Canberra",
    "type": "defense-ministers",
    "level": "ministers",
    "held_on": "2025-06-01",
    "city": "Canberra",
    "parties": ["AUS", "KOR"],
    "coverage": "full-text",
    "sources": [
        {
            "id": "canberra-2025",
            "type": "primary-text",
            "issued_by": ["AUS", "KOR"],
            "title": "Joint statement of Canberra",
            "language": "en",
            "published_on": "2025-06-01",
            "sha256": "ab" * 32,
            "length": 1000,
        }
    ],
    "participants": [
        {
            "participant": {"slug": "ann-smith", "name": "Ann Smith", "aliases": [{"name": "A. Smith"}]},
            "party": "AUS",
            "office": "Minister for Defence",
        },
        {"participant": "kim-yong-hyun", "party": "KOR", "office": "Minister of National Defense"},
    ],
    "pledges": [_PLEDGE, _POSITION],
}


def statement(**changes: Any) -> dict[str, Any]:
    """A valid new meeting on the seeds: a new source, person and instrument inline, one pledge and one position.

    `changes` name places by their path with `__` between the steps: `statement(pledges__0__act="agree")`.
    """
    body = copy.deepcopy(_STATEMENT)
    for path, value in changes.items():
        put(body, path.replace("__", "."), value)
    return body


def put(body: Any, path: str, value: Any) -> None:
    """Set (or with ABSENT remove) what stands at a dotted path; a number is a place in a list."""
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        body = body[step]
    if value is ABSENT:
        del body[last]
    elif isinstance(body, list) and last == len(body):
        body.append(value)
    else:
        body[last] = value
