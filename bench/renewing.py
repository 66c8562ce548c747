"""How often the renewal that people coded is among the three that drafting proposes: recall at 3 on the seeds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from app.drafting.rules import DraftPledge, EarlierPledge, Hints, KnownBook, draft
from app.schemas.vocabulary import CONTINUATIONS
from bench.gold import book_lines, texts_of


def recall_at_3(folder: Path, texts: Path, book: KnownBook) -> tuple[int, int, list[str]]:
    """Hits, coded links with a target in the book, and a line for every miss."""
    lines = list(book_lines(folder))
    at_hand = texts_of(lines, texts)
    meetings = sorted((x for x in lines if x["kind"] == "meeting"), key=lambda m: (str(m["held_on"]), str(m["id"])))
    earlier: list[EarlierPledge] = []
    hits = links = 0
    misses: list[str] = []
    for meeting in meetings:
        day = date.fromisoformat(str(meeting["held_on"]))
        known = replace(book, pledges=tuple(e for e in earlier if e.held_on < day))
        drafts: dict[str, tuple[DraftPledge, ...]] = {}
        for pledge in meeting.get("pledges", ()):
            targets = [x["target"] for x in pledge.get("links", ()) if x["type"] in CONTINUATIONS and x.get("target")]
            proposed = _proposed(pledge, meeting, at_hand, known, drafts) if targets else None
            if proposed is None:
                continue
            links += 1
            hits += targets[0] in proposed
            if targets[0] not in proposed:
                misses.append(f"   {meeting['id']}-{pledge['number']:02}: {proposed} for {targets[0]}")
        earlier += [_earlier(p, meeting, day, at_hand) for p in meeting.get("pledges", ())]
    return hits, links, misses


def _proposed(
    pledge: Mapping[str, Any],
    meeting: Mapping[str, Any],
    at_hand: Mapping[str, str],
    book: KnownBook,
    drafts: dict[str, tuple[DraftPledge, ...]],
) -> list[str] | None:
    """The renewals of the draft that shares most with the pledge's first citation; None if drafting did not find it."""
    citation = next((c for c in pledge["citations"] if c["source"] in at_hand), None)
    if citation is None:
        return None
    hints = Hints(date.fromisoformat(str(meeting["held_on"])), tuple(meeting["parties"]))
    if citation["source"] not in drafts:
        drafts[citation["source"]] = draft(at_hand[citation["source"]], book, hints).pledges
    shared = [
        (min(citation["end"], d.citations[0].end) - max(citation["start"], d.citations[0].start), d)
        for d in drafts[citation["source"]]
    ]
    most, best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return [r.pledge for r in best.renewals] if best is not None and most > 0 else None


def _earlier(
    pledge: Mapping[str, Any], meeting: Mapping[str, Any], day: date, texts: Mapping[str, str]
) -> EarlierPledge:
    said = [texts[c["source"]][c["start"] : c["end"]] for c in pledge["citations"] if c["source"] in texts]
    return EarlierPledge(
        id=f"{meeting['id']}-{pledge['number']:02}",
        held_on=day,
        parties=tuple(meeting["parties"]),
        topics=tuple(pledge["topics"]),
        words=" ".join([pledge.get("summary") or "", *said[:1]]),
        pledgors=tuple(pledge["pledgors"]),
        instruments=tuple(pledge.get("instruments", ())),
    )
