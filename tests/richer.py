"""What the seeds do not have, so that every filter has something to find: assessments, disputes, retractions, ties."""

import json
from pathlib import Path
from typing import Any

from tests.statements import statement

_REPORT = [{"title": "A report", "type": "report", "publisher": "The Gazette", "published_on": "2025-09-01"}]


def _judged(number: int, party: str, fulfilment: str, effective_on: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number, "party": party, "fulfilment": fulfilment, "effective_on": effective_on,
        "evidence": _REPORT, "assessor": "The desk", **more,
    }  # fmt: skip


def _pledge(number: int, **fields: Any) -> dict[str, Any]:
    start = number % 90 * 10
    plain = {
        "number": number, "summary": f"Do the thing of number {number}.", "act": "agree", "pledgors": ["AUS", "KOR"],
        "towards": ["each-other"], "topics": ["cyber"], "specificity": "general",
        "citations": [{"source": "canberra-2025", "zone": "body", "start": start, "end": start + 9}],
    }  # fmt: skip
    return {**plain, **fields}


def richer_lines() -> list[dict[str, Any]]:
    """Book lines to load over the seeds."""
    side = {
        "id": "side-2025", "type": "press-release", "issued_by": ["KOR"], "title": "One side", "language": "ko",
        "sha256": "cd" * 32, "length": 500,
    }  # fmt: skip
    other_side = {**side, "id": "other-side-2025", "issued_by": ["AUS"], "sha256": "ef" * 32}
    passed = {"kind": "deadline", "text": "by March", "to": "2025-03-01"}
    coming = {"kind": "window", "text": "in that year", "from": "2998-01-01", "to": "2998-12-31"}
    cites = {
        name: [{"source": name, "zone": "quote", "start": 1, "end": 9}] for name in (side["id"], "other-side-2025")
    }
    call = statement(
        id="2024-10-31-aus-kor-call", type="call", level="leaders", held_on="2024-10-31", coverage="report-only",
        sources=[statement()["sources"][0], side, other_side], parties=["AUS", "KOR"],
        pledges=[
            _pledge(1, due=passed, assessments=[_judged(1, "AUS", "stalled", "2025-04-01")]),
            _pledge(2, due=passed, assessments=[
                _judged(1, "KOR", "in-progress", "2025-04-01"), _judged(2, "KOR", "fulfilled", "2025-05-01"),
                _judged(3, "AUS", "renounced", "2025-04-01", disputes=1),
            ]),
            _pledge(3, due=coming, assessments=[
                _judged(1, "KOR", "fulfilled", "2025-05-01"), _judged(2, "KOR", "not-started", "2025-02-01"),
            ]),
            _pledge(4, due={**passed, "to": "2025-02-28"}, retracted="Coded in error."),
            _pledge(5, due=passed, citations=cites["side-2025"], towards=["PRK"], about=["RUS"], topics=["space"]),
            _pledge(6, citations=[*cites["side-2025"], *cites["other-side-2025"]], pledgors=["KOR", "AUS", "JPN"]),
            _pledge(7, act="urge", towards=[], about=["PRK"], topics=["deterrence"]),
            _pledge(8, act="commit", topics=["tabletop-exercises", "cyber"], specificity="measurable",
                    condition={"kind": "trigger", "text": "if attacked"}, instruments=["scm"],
                    speakers=["kim-yong-hyun"], borderline="It may be one with number 2."),
        ],
    )  # fmt: skip
    later = statement(
        held_on="2025-06-01", id="2025-06-01-aus-kor-defense-ministers", sources=["canberra-2025"],
        pledges=[
            _pledge(1, links=[{"type": "supersedes", "target": "2024-10-31-aus-kor-call-01"}]),
            _pledge(2, links=[{"type": "renews", "target": "2024-10-31-aus-kor-call-02"}], retracted="A slip."),
            _pledge(3, links=[{"type": "implements", "target": "2024-10-31-aus-kor-call-03"}]),
            _pledge(4, links=[{"type": "weakens", "target": "2024-10-31-kor-usa-2plus2-01"}]),
            _pledge(12, links=[{"type": "renews", "external": "An older promise"}]),
            _pledge(101, summary="Numbers sort as numbers."),
        ],
        participants=["kim-yong-hyun", "ann-smith"],
    )  # fmt: skip
    later["participants"] = [
        {"participant": "ann-smith", "party": "AUS", "office": "Minister for Defence", "role": "chair"}
    ]
    gone = statement(
        id="2025-07-01-aus-kor-other", type="other", level="officials", held_on="2025-07-01", ended_on="2025-07-02",
        sources=["canberra-2025"], participants=[], retracted="It never met.",
        pledges=[_pledge(1, retracted="It never met.")],
    )  # fmt: skip
    return [{"kind": "meeting", **meeting} for meeting in (call, later, gone)]


def write_richer(folder: Path) -> Path:
    """The lines as a JSON Lines file in `folder`."""
    path = folder / "richer.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in richer_lines()), encoding="utf-8")
    return path
