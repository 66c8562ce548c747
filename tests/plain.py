"""The filters once more, in plain Python over the lines of an export: what the real ones are held against."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

PLEDGES = ("commit", "agree", "reaffirm")
CONTINUATIONS = ("renews", "strengthens", "weakens", "extends", "supersedes")
WORDS = ("each-other", "international-community", "unspecified")
OWING = ("not-started", "in-progress", "stalled", "partly-fulfilled", "not-fulfilled", "renounced")


class PlainBook:
    """A book as its export tells it. Codes stand for themselves: it knows no names."""

    def __init__(self, lines: Iterable[Mapping[str, Any]], today: date | None = None) -> None:
        self.today = str(today or datetime.now(UTC).date())
        self.parents: dict[str, str] = {}
        self.sources: dict[str, Any] = {}
        self.pledges: list[dict[str, Any]] = []
        for line in lines:
            if line["kind"] == "topic" and line["parent"]:
                self.parents[line["slug"]] = line["parent"]
            elif line["kind"] == "source":
                self.sources[line["id"]] = line
            elif line["kind"] == "meeting":
                self.pledges += [self._derived(line, pledge) for pledge in line["pledges"]]
        self.roots: dict[str, str] = {}
        self.known: dict[tuple[str, str, str], set[str]] = {}
        for pledge in self.pledges:
            target = next((link["target"] for link in pledge["links"] if _continues(link) and link["target"]), None)
            self.roots[pledge["id"]] = self.roots[target] if target else pledge["id"]
        self.pledges = [one for one in self.pledges if one["retracted"] is None and one["met"]["retracted"] is None]
        self.renewed = {link["target"] for one in self.pledges for link in one["links"] if _continues(link)}

    def _derived(self, meeting: Mapping[str, Any], pledge: Mapping[str, Any]) -> dict[str, Any]:
        cited = [self.sources[citation["source"]] for citation in pledge["citations"]]
        sides = {party for source in cited for party in source["issued_by"]} & set(meeting["parties"])
        joint = any(
            source["type"] == "primary-text" and set(meeting["parties"]) <= set(source["issued_by"]) for source in cited
        )
        judged = sorted(pledge["assessments"], key=lambda one: (one["effective_on"], one["number"]))
        return {
            **pledge,
            "id": f"{meeting['id']}-{pledge['number']:02}",
            "met": meeting,
            "attested": "joint-text" if joint else ("press", "one-side", "both-sides")[min(len(sides), 2)],
            "fulfilment": {one["party"]: one["fulfilment"] for one in judged},
            "disputed": any(one["disputes"] is not None for one in judged),
        }

    def find(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The pledges that match, in the order of the default sort."""
        asked = {"kind": "any" if "act" in query else "pledge", **query}
        matching = [self._matching(name, value, asked.get("party")) for name, value in asked.items()]
        found = [one for one in self.pledges if all(one["id"] in ids for ids in matching)]
        return sorted(found, key=lambda one: one["met"]["held_on"], reverse=True)

    def _matching(self, name: str, value: Any, parties: Any) -> set[str]:
        """The ids that one filter lets through; remembered, since tests ask for the same ones over and over."""
        key = (name, str(value), str(parties) if name == "fulfilment" else "")
        if key not in self.known:
            self.known[key] = {one["id"] for one in self.pledges if self._holds(name, value, one, parties)}
        return self.known[key]

    def counts(self, query: Mapping[str, Any]) -> tuple[int, int, int]:
        """Mentions, undertakings and new ones."""
        found = self.find(query)
        return len(found), len({self.roots[one["id"]] for one in found}), sum(map(is_new, found))

    def _topics(self, pledge: Mapping[str, Any]) -> set[str]:
        return {*pledge["topics"], *(self.parents[topic] for topic in pledge["topics"] if topic in self.parents)}

    def _holds(self, name: str, value: Any, one: Mapping[str, Any], parties: Any) -> bool:
        values = set(value if isinstance(value, list) else [value])
        yes = value in ("true", ["true"])
        text = next(iter(values))
        to = (one["due"] or {}).get("to")
        first = one["topics"][0]
        owed = set(one["pledgors"]) if one["towards"] == ["each-other"] else set(one["towards"]) - set(WORDS)
        simple: dict[str, Callable[[], object]] = {
            "topic": lambda: values & self._topics(one),
            "topic__all": lambda: values <= self._topics(one),
            "topic__primary": lambda: values & {first, self.parents.get(first)},
            "party": lambda: values & set(one["pledgors"]),
            "pledgor__all": lambda: values <= set(one["pledgors"]),
            "towards": lambda: values & (owed | set(one["towards"])),
            "about": lambda: values & set(one["about"]),
            "party__any": lambda: values & (owed | set(one["pledgors"]) | set(one["about"])),
            "participant": lambda: values & {each["participant"] for each in one["met"]["participants"]},
            "speaker": lambda: values & set(one["speakers"]),
            "meeting": lambda: one["met"]["id"] in values,
            "series": lambda: one["met"]["series"] in values,
            "meeting_type": lambda: one["met"]["type"] in values,
            "level": lambda: one["met"]["level"] in values,
            "instrument": lambda: values & set(one["instruments"]),
            "kind": lambda: text == "any" or (one["act"] in PLEDGES) == (text == "pledge"),
            "act": lambda: one["act"] in values,
            "specificity": lambda: one["specificity"] in values,
            "fulfilment": lambda: any(_stands(word, one, parties) for word in values),
            "disputed": lambda: one["disputed"] == yes,
            "attested": lambda: one["attested"] in values,
            "condition": lambda: (one["condition"] or {}).get("kind") in values,
            "borderline": lambda: (one["borderline"] is not None) == yes,
            "held_on__gte": lambda: one["met"]["held_on"] >= text,
            "held_on__lt": lambda: one["met"]["held_on"] < text,
            "due": lambda: any(self._due(word, one) for word in values),
            "due__gte": lambda: to is not None and to >= text,
            "due__lt": lambda: to is not None and to < text,
            "is_new": lambda: is_new(one) == yes,
            "is_renewed": lambda: (one["id"] in self.renewed) == yes,
        }
        return bool(simple[name]())

    def _due(self, word: str, one: Mapping[str, Any]) -> bool:
        due = one["due"]
        to = due and due["to"]
        passed = bool(to and to < self.today)
        return {
            "passed": passed,
            "overdue": passed and any(standing in OWING for standing in one["fulfilment"].values()),
            "coming": bool(to and to >= self.today),
            "open": due is not None and to is None,
            "none": due is None,
        }[word]


def is_new(one: Mapping[str, Any]) -> bool:
    return one["act"] != "reaffirm" and not any(_continues(link) for link in one["links"])


def _continues(link: Mapping[str, Any]) -> bool:
    return link["type"] in CONTINUATIONS


def _stands(word: str, one: Mapping[str, Any], parties: Any) -> bool:
    wanted = None if parties is None else set(parties if isinstance(parties, list) else [parties])
    standing = {value for party, value in one["fulfilment"].items() if wanted is None or party in wanted}
    return not standing if word == "none" else word in standing
