"""The filters of a question, written a second time in plain Python, over the lines of an export.

Nothing here looks at the app: a book's lines go in, ids in the documented order come out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Line = dict[str, Any]

CONTINUATIONS = {"renews", "strengthens", "weakens", "extends", "supersedes"}
PLEDGES = {"commit", "agree", "reaffirm"}
OWING = {"not-started", "in-progress", "stalled", "partly-fulfilled", "not-fulfilled", "renounced"}


@dataclass
class Entry:
    """A pledge or position with all that a filter may ask of it."""

    id: str
    place: int  # in order of entry
    seq: int  # of its last revision
    line: Line
    meeting: Line
    topics: list[set[str]]  # each topic with its parent, the primary first
    standing: dict[str, str]  # the latest assessment of each party
    towards: set[str]
    attested: str


class Oracle:
    """The records of a book: `lines` are its export, `seqs` the last revision of each (entity, id)."""

    def __init__(self, lines: Sequence[Line], entered: Sequence[str], seqs: Mapping[tuple[str, str], int]) -> None:
        of_kind: dict[str, list[Line]] = {}
        for line in lines:
            of_kind.setdefault(line["kind"], []).append(line)
        self.parents = {line["slug"]: line["parent"] for line in of_kind["topic"]}
        self.sources = {line["id"]: line for line in of_kind["source"]}
        self.seqs = seqs
        self.meetings = sorted(of_kind["meeting"], key=lambda line: entered.index(line["id"]))
        pledges = [(meeting, line) for meeting in self.meetings for line in meeting["pledges"]]
        self.all = [self._entry(place, meeting, line) for place, (meeting, line) in enumerate(pledges)]
        self.entries = [entry for entry in self.all if entry.line["retracted"] is None]
        self.renewed = {
            link["target"]
            for entry in self.entries
            for link in entry.line["links"]
            if link["target"] and link["type"] in CONTINUATIONS
        }
        self.roots: dict[str, str] = {}
        for entry in sorted(self.all, key=lambda entry: entry.meeting["held_on"]):
            targets = [k["target"] for k in entry.line["links"] if k["target"] and k["type"] in CONTINUATIONS]
            self.roots[entry.id] = self.roots[targets[0]] if targets else entry.id

    def _entry(self, place: int, meeting: Line, line: Line) -> Entry:
        id = f"{meeting['id']}-{line['number']:02}"
        towards = set(line["towards"])
        if "each-other" in towards:
            towards |= set(line["pledgors"])
        judged = sorted(line["assessments"], key=lambda item: (item["effective_on"], item["number"]))
        return Entry(
            id=id,
            place=place,
            seq=self.seqs["pledge", id],
            line=line,
            meeting=meeting,
            topics=[{slug, self.parents[slug]} - {None} for slug in line["topics"]],
            standing={item["party"]: item["fulfilment"] for item in judged},
            towards=towards,
            attested=self._attested(meeting, line),
        )

    def _attested(self, meeting: Line, line: Line) -> str:
        cited = [self.sources[citation["source"]] for citation in line["citations"]]
        parties = set(meeting["parties"])
        if any(source["type"] == "primary-text" and parties <= set(source["issued_by"]) for source in cited):
            return "joint-text"
        sides = parties & {party for source in cited for party in source["issued_by"]}
        return "both-sides" if len(sides) > 1 else "one-side" if sides else "press"

    # Pledges

    def pledges(self, query: Mapping[str, Any], today: date) -> list[str]:
        """The ids that answer a question for pledges. Names in it are codes, slugs and ids."""
        kind = query.get("kind") or ("any" if query.get("act") else "pledge")
        found = [
            entry
            for entry in self.entries
            if kind == "any" or (entry.line["act"] in PLEDGES) == (kind == "pledge")
            if all(self._holds(entry, name, value, query, today) for name, value in query.items())
        ]
        return [entry.id for entry in ordered(found, query.get("sort", "-held_on"))]

    def _holds(self, entry: Entry, name: str, value: Any, query: Mapping[str, Any], today: date) -> bool:
        line, meeting = entry.line, entry.meeting
        last = (line["due"] or {}).get("to")
        any_topic = set().union(*entry.topics)
        simple: dict[str, Callable[[], Iterable[Any]]] = {
            "topic": lambda: any_topic,
            "topic__primary": lambda: entry.topics[0],
            "party": lambda: line["pledgors"],
            "towards": lambda: entry.towards,
            "about": lambda: line["about"],
            "party__any": lambda: {*line["pledgors"], *entry.towards, *line["about"]},
            "participant": lambda: [person["participant"] for person in meeting["participants"]],
            "speaker": lambda: line["speakers"],
            "meeting": lambda: [meeting["id"]],
            "series": lambda: [meeting["series"]],
            "meeting_type": lambda: [meeting["type"]],
            "level": lambda: [meeting["level"]],
            "source": lambda: [citation["source"] for citation in line["citations"]],
            "instrument": lambda: line["instruments"],
            "act": lambda: [line["act"]],
            "specificity": lambda: [line["specificity"]],
            "attested": lambda: [entry.attested],
            "condition": lambda: [(line["condition"] or {}).get("kind")],
            "undertaking": lambda: [id for id, root in self.roots.items() if root == self.roots[entry.id]],
            "fulfilment": lambda: self._fulfilment(entry, query.get("party") or line["pledgors"]),
            "due": lambda: self._due(entry, today),
        }
        if name in simple:
            return bool(set(value) & set(simple[name]()))
        continues = any(link["type"] in CONTINUATIONS for link in line["links"])
        facts: dict[str, Callable[[], bool]] = {
            "topic__all": lambda: set(value) <= any_topic,
            "pledgor__all": lambda: set(value) <= set(line["pledgors"]),
            "disputed": lambda: value == any(item["disputes"] for item in line["assessments"]),
            "borderline": lambda: value == (line["borderline"] is not None),
            "held_on__gte": lambda: meeting["held_on"] >= value,
            "held_on__lt": lambda: meeting["held_on"] < value,
            "due__gte": lambda: last is not None and last >= value,
            "due__lt": lambda: last is not None and last < value,
            "is_new": lambda: value == (not continues and line["act"] != "reaffirm"),
            "is_renewed": lambda: value == (entry.id in self.renewed),
            "updated_since": lambda: entry.seq > value,
        }
        return facts[name]() if name in facts else name in ("kind", "sort")

    def _fulfilment(self, entry: Entry, parties: Iterable[str]) -> set[str]:
        return {entry.standing[party] for party in parties if party in entry.standing} or {"none"}

    def _due(self, entry: Entry, today: date) -> set[str]:
        due = entry.line["due"]
        if due is None:
            return {"none"}
        if due["to"] is None:
            return {"open"}
        if due["to"] >= today.isoformat():
            return {"coming"}
        return {"passed", "overdue"} if OWING & set(entry.standing.values()) else {"passed"}

    # Meetings

    def find_meetings(self, query: Mapping[str, Any]) -> list[str]:
        """The ids that answer a question for meetings."""
        found = [line for line in self.meetings if line["retracted"] is None]
        for name, value in query.items():
            found = [line for line in found if self._meeting_holds(line, name, value)]
        sort = query.get("sort", "-held_on")
        by = {
            "id": lambda line: line["id"],
            "held_on": lambda line: line["held_on"],
            "updated": lambda line: self.seqs["meeting", line["id"]],
        }[sort.lstrip("-")]
        found.sort(key=lambda line: line["id"])
        return [line["id"] for line in sorted(found, key=by, reverse=sort.startswith("-"))]

    def _meeting_holds(self, line: Line, name: str, value: Any) -> bool:
        if name in ("held_on__gte", "held_on__lt"):
            return bool(line["held_on"] >= value if name == "held_on__gte" else line["held_on"] < value)
        entries = [entry for entry in self.entries if entry.meeting is line]
        values: dict[str, Iterable[Any]] = {
            "party": line["parties"],
            "type": [line["type"]],
            "level": [line["level"]],
            "series": [line["series"]],
            "coverage": [line["coverage"]],
            "participant": [person["participant"] for person in line["participants"]],
            "topic": {slug for entry in entries for topics in entry.topics for slug in topics},
        }
        return name == "sort" or bool(set(value) & set(values[name]))


def ordered(entries: Iterable[Entry], sort: str) -> list[Entry]:
    """In the order that a sort names: ties in order of entry, what has no such day last."""
    entries = sorted(entries, key=lambda entry: entry.place)
    is_down = sort.startswith("-")
    if sort.endswith("id"):
        return sorted(entries, key=lambda entry: (entry.meeting["id"], entry.line["number"]), reverse=is_down)
    if sort.endswith("updated"):
        return sorted(entries, key=lambda entry: entry.seq, reverse=is_down)
    if sort.endswith("held_on"):
        return _by_day(entries, lambda entry: entry.meeting["held_on"], is_down)
    dated = [entry for entry in entries if (entry.line["due"] or {}).get("to")]
    undated = [entry for entry in entries if entry not in dated]
    return _by_day(dated, lambda entry: entry.line["due"]["to"], is_down) + undated


def _by_day(entries: list[Entry], day: Callable[[Entry], str], is_down: bool) -> list[Entry]:
    """Sorting is stable, also in reverse: ties stay as they were."""
    return sorted(entries, key=day, reverse=is_down)
