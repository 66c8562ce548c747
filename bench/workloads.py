"""Workloads: the requests of Q1 to Q6, in the URLs of each server.

Each workload is a dozen requests that are sent in turn. They are drawn from the book so that they match about as many
pledges in a book of any size: what differs between two books is the size alone.
"""

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.books import topic, words

REQUESTS = 12
TITLES = {
    "Q1": "page by topic",
    "Q2": "topic, party and days",
    "Q3": "deep page",
    "Q4": "search within a topic",
    "Q5": "facets under a party",
    "Q6": "one pledge",
}
_FACETED = 250  # pledges that a facet request counts: its cost is proportional to them
_WORD_RANK = 29  # the word for the most frequent topic; a rarer topic gets a more frequent word

# Ranks of topic and party, the most frequent first: even a book of 10,000 pledges has a full page of each pair.
_PAIRS = sorted(
    product(range(REQUESTS), repeat=2), key=lambda pair: ((pair[0] + 1) * (pair[1] + 1), pair)
)[:REQUESTS]  # fmt: skip


class Query(NamedTuple):
    """The parameters of one request."""

    topic: str = ""
    party: str = ""
    since: str = ""
    before: str = ""
    word: str = ""
    pledge: str = ""


def queries(book: Path) -> dict[str, list[Query]]:
    """The requests of each workload, for a book in JSON Lines."""
    random = Random(book.stat().st_size)
    with book.open(encoding="utf-8") as lines:
        meetings = [line for line in map(json.loads, lines) if line["kind"] == "meeting"]
    days_of_topic: dict[str, list[str]] = {}
    days_of_party: dict[str, list[str]] = {}
    for meeting in meetings:
        for pledge in meeting["pledges"]:
            if pledge["towards"]:  # not a position, which lists leave out
                for days, names in ((days_of_topic, pledge["topics"]), (days_of_party, pledge["pledgors"])):
                    for name in names:
                        days.setdefault(name, []).append(meeting["held_on"])
    topics = [topic(rank) for rank in range(1, REQUESTS + 1)]
    parties = sorted(days_of_party, key=lambda party: len(days_of_party[party]), reverse=True)[:REQUESTS]
    deep = {slug: sorted(days_of_topic[slug], reverse=True)[len(days_of_topic[slug]) * 3 // 4] for slug in topics}
    return {
        "Q1": [Query(topic=slug) for slug in topics],
        "Q2": [Query(topics[one], parties[other], "1980-01-01", "2015-01-01") for one, other in _PAIRS],
        "Q3": [Query(topic=slug, before=day) for slug, day in deep.items()],
        "Q4": [Query(topic=slug, word=words()[_WORD_RANK // rank]) for rank, slug in enumerate(topics, start=1)],
        "Q5": [Query(party=party, since=sorted(days_of_party[party])[-_FACETED:][0]) for party in parties],
        "Q6": [Query(pledge=f"{one['id']}-{random.randint(1, 20):02}") for one in random.sample(meetings, REQUESTS)],
    }


def targets(server: str, workload: str, each: list[Query]) -> list[str]:
    """The URLs of a workload for a server. The bare apps have the project's own."""
    make = _of_datasette if server == "datasette" else _of_pledgebook
    return [make(workload, query) for query in each]


def _of_pledgebook(workload: str, query: Query) -> str:
    if workload == "Q6":
        return f"/v1/pledges/{query.pledge}"
    filters = {"topic": query.topic, "party": query.party, "q": query.word}
    days = {"held_on__gte": query.since, "held_on__lt": query.before}
    facets = {"facets": "topic,act", "limit": "1"} if workload == "Q5" else {}
    return f"/v1/pledges?{_encode({**filters, **days, **facets})}"


def _of_datasette(workload: str, query: Query) -> str:
    name = {"Q1": "page", "Q2": "both", "Q3": "page", "Q4": "found", "Q5": "facets", "Q6": "one"}[workload]
    days = {"since": query.since or "0", "before": query.before or "9"} if name in ("page", "both", "facets") else {}
    filters = {"topic": query.topic, "party": query.party, "q": query.word, "id": query.pledge}
    return f"/table/{name}.json?{_encode({**filters, **days, '_shape': 'array'})}"


def _encode(values: Mapping[str, Any]) -> str:
    return urlencode({name: value for name, value in values.items() if value})
