"""Meetings to post, made by number: each with a source, a person and pledges of its own, on one topic."""

import hashlib
from typing import Any

TOPIC: dict[str, Any] = {"slug": "drills", "name": "Joint drills", "definition": "Exercises held together."}
PLEDGES = 3


def meeting(number: int, pledges: int = PLEDGES) -> dict[str, Any]:
    """The meeting `number`: no two are doubles, and each brings its own source and person."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    source = {"id": f"text-{number}", "type": "press-release", "issued_by": ["KOR"], "title": f"Text {number}",
              "language": "en", "sha256": digest, "length": 10_000}  # fmt: skip
    person = {"slug": f"person-{number}", "name": f"Person {number}"}
    return {
        "id": f"meeting-{number}",
        "title": f"Meeting {number}",
        "type": "other",
        "level": "ministers",
        "held_on": f"{1900 + number % 100}-{1 + number // 100 % 12:02}-{1 + number // 1200 % 28:02}",
        "parties": ["KOR", "USA"],
        "coverage": "report-only",
        "sources": [source],
        "participants": [{"participant": person, "party": "KOR", "office": "Minister"}],
        "pledges": [pledge(number, place) for place in range(pledges)],
    }


def pledge(number: int, place: int) -> dict[str, Any]:
    """The pledge at one place of the meeting `number`."""
    return {
        "summary": f"Holds drill {place} of {number}",
        "act": "commit",
        "pledgors": ["KOR"],
        "towards": ["USA"],
        "topics": [TOPIC["slug"]],
        "specificity": "general",
        "citations": [{"source": f"text-{number}", "zone": "body", "start": place * 100, "end": place * 100 + 50}],
    }
