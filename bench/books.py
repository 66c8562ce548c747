"""Generated books: `python -m bench.books PLEDGES > book.jsonl`. The same number always gives the same bytes.

20 pledges per meeting; meetings at equal distances from 1950 to 2026. 37 topics, 200 parties and 3,000 words, each
drawn by Zipf's law: the n-th is drawn 1/n times as often as the first. A third of the pledges have a deadline, a fifth
renew an earlier pledge of the same parties, one in fifty is assessed. Everything is invented except the states.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

import pycountry

PER_MEETING = 20
TOPICS = 37
PARTIES = 200
FIRST, LAST = date(1950, 1, 1), date(2026, 6, 30)
WORDS = 3000
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "mo", "nu")
_ACTS = ("commit", "agree", "reaffirm", "support", "condemn", "urge")
_TYPES = (("summit", "leaders"), ("foreign-ministers", "ministers"), ("defense-ministers", "ministers"))
_NOTHING: dict[str, Any] = {"ended_on": None, "venue": None, "inferred": {}, "retracted": None}


class Zipf(NamedTuple):
    """Things to draw from: the n-th is drawn 1/n times as often as the first."""

    things: Sequence[str]
    bounds: Sequence[float]

    @classmethod
    def of(cls, things: Sequence[str]) -> "Zipf":
        return cls(things, list(accumulate(1 / rank for rank in range(1, len(things) + 1))))

    def draw(self, random: Random, count: int) -> list[str]:
        """At most `count` different things, in the order drawn; fewer if one is drawn twice."""
        return list(dict.fromkeys(random.choices(self.things, cum_weights=self.bounds, k=count)))


def words() -> list[str]:
    """Invented words, the most frequent first."""
    random, found = Random(1950), dict[str, None]()
    while len(found) < WORDS:
        found["".join(random.choice(_SYLLABLES) for _ in range(random.randint(2, 4)))] = None
    return list(found)


def topic(rank: int) -> str:
    return f"topic-{rank:02}"


def lines(pledges: int) -> Iterator[dict[str, Any]]:
    """The document lines of a book of that many pledges, in the order in which `load` accepts them."""
    random = Random(pledges)
    parties = sorted(country.alpha_3 for country in pycountry.countries)[:PARTIES]
    people = [f"person-{number:05}" for number in range(max(60, pledges // 200))]
    for rank in range(1, TOPICS + 1):
        about = {"name": f"Matter {rank}", "names": {}, "definition": f"Definition {rank}.", "cues": []}
        yield {"kind": "topic", "slug": topic(rank), "parent": None, **about, "retracted": None}
    for person in people:
        yield {"kind": "participant", "slug": person, "name": person.title().replace("-", " "), "names": {},
               "aliases": [], "retracted": None}  # fmt: skip
    meetings = Meetings(random, Zipf.of(random.sample(parties, PARTIES)), people, Zipf.of(words()))
    count = -(-pledges // PER_MEETING)
    drawn = [meetings.draw(number, count, min(PER_MEETING, pledges - number * PER_MEETING)) for number in range(count)]
    yield from (source for source, _ in drawn)
    yield from (meeting for _, meeting in drawn)


class Meetings:
    """Draws meetings in order of time. A pledge may renew one of the last meeting of exactly the same parties."""

    def __init__(self, random: Random, parties: Zipf, people: list[str], vocabulary: Zipf) -> None:
        self.random, self.parties, self.people, self.vocabulary = random, parties, people, vocabulary
        self.topics = Zipf.of([topic(rank) for rank in range(1, TOPICS + 1)])
        self.before: dict[tuple[str, ...], tuple[date, list[str]]] = {}

    def draw(self, number: int, count: int, pledges: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """A source, and the meeting that cites it."""
        random = self.random
        held_on = FIRST + timedelta(days=number * (LAST - FIRST).days // count)
        parties = sorted(self.parties.draw(random, 3))
        while len(parties) < 2:
            parties = sorted(self.parties.draw(random, 3))
        id = f"{held_on}-{'-'.join(parties).lower()}-{number}"
        type, level = _TYPES[number % len(_TYPES)]
        source = {
            "kind": "source", "id": f"{id}-text", "type": "primary-text", "issued_by": parties, "publisher": None,
            "title": f"Joint statement {number}", "language": "en", "published_on": held_on.isoformat(), "url": None,
            "sha256": hashlib.sha256(id.encode()).hexdigest(), "length": 100_000, "retracted": None,
        }  # fmt: skip
        earlier = self.before.get(tuple(parties))
        renewable = earlier[1] if earlier and earlier[0] < held_on else []
        made = [self.pledge(id, place, held_on, parties, renewable) for place in range(1, pledges + 1)]
        self.before[tuple(parties)] = held_on, [f"{id}-{pledge['number']:02}" for pledge in made if pledge["towards"]]
        meeting = {
            "kind": "meeting", "id": id, "title": f"Meeting {number} of {', '.join(parties)}", "type": type,
            "level": level, "series": f"{'-'.join(parties).lower()}-{type}", "ordinal": None, **_NOTHING,
            "held_on": held_on.isoformat(), "city": f"City {number % 90}", "parties": parties, "coverage": "full-text",
            "sources": [source["id"]], "pledges": made,
            "participants": [
                {"participant": person, "party": parties[place % len(parties)], "office": "Minister",
                 "role": "principal"}
                for place, person in enumerate(random.sample(self.people, 6))
            ],
        }  # fmt: skip
        return source, meeting

    def pledge(
        self, meeting: str, number: int, held_on: date, parties: list[str], renewable: list[str]
    ) -> dict[str, Any]:
        random = self.random
        act = random.choices(_ACTS, (30, 30, 20, 10, 5, 5))[0]
        binds = act in ("commit", "agree", "reaffirm")
        is_mutual = binds and random.random() < 0.4
        pledgors = parties if is_mutual else [random.choice(parties)]
        said = self.vocabulary.draw(random, 14)
        due_to = held_on + timedelta(days=random.randint(30, 2000))
        due = {"kind": "deadline", "text": "by then", "from": None, "to": due_to.isoformat(), "inferred": None}
        target = random.choice(renewable) if renewable else None
        renewed = [{"type": "renews", "target": target, "external": None, "partial": False}]
        judged = {
            "number": 1, "party": pledgors[0], "fulfilment": "fulfilled",
            "effective_on": min(due_to, LAST).isoformat(), "assessor": "desk", "note": None, "disputes": None,
            "evidence": [{"title": "A report", "publisher": None, "url": None, "published_on": None, "type": "report"}],
        }  if binds else {}  # fmt: skip
        towards = [party for party in parties if party not in pledgors] or ["unspecified"]
        return {
            "number": number, "summary": " ".join(said).capitalize(), "act": act, "pledgors": pledgors,
            "speakers": [], "towards": ["each-other"] if is_mutual else towards if binds else [],
            "about": random.sample(self.parties.things, 1) if random.random() < 0.2 else [],
            "topics": self.topics.draw(random, random.randint(1, 2)), "instruments": [],
            "due": due if binds and random.random() < 0.4 else None, "condition": None,
            "specificity": random.choice(("general", "named-action", "measurable")), "formula": [" ".join(said[:4])],
            "borderline": None, "note": None,
            "links": renewed if binds and target and random.random() < 0.25 else [],
            "citations": [
                {"source": f"{meeting}-text", "zone": "body", "start": number * 200, "end": number * 200 + 90}
            ],
            "assessments": [judged] if judged and random.random() < 0.025 else [], "retracted": None,
        }  # fmt: skip


def main() -> None:
    for line in lines(int(sys.argv[1])):
        sys.stdout.write(f"{json.dumps(line, separators=(',', ':'))}\n")


if __name__ == "__main__":
    main()
