"""What is asked, in the words of each server: the same pledges, as far as its way of asking goes.

Each workload is a dozen requests that are sent in turn, drawn from the book: no two are the same question.
"""

import json
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.schemas.vocabulary import PLEDGE_ACTS, Specificity
from app.search.analyser import thing, tokens_of
from bench.books import topic, words

EACH = 12
TITLES = {
    "Q1": "page by topic",
    "Q2": "topic, party and days",
    "Q3": "deep page",
    "Q4": "search within a topic",
    "Q5": "facets under a party",
    "Q6": "one pledge",
    "P1": "page for people",
}


class Question(NamedTuple):
    """What one request asks."""

    topic: str = ""
    party: str = ""
    since: str = ""
    before: str = ""
    word: str = ""
    act: str = ""
    specificity: str = ""
    pledge: str = ""
    offset: int = 0  # of the deep page, where pages are counted


def questions(book: Path) -> dict[str, list[Question]]:
    """The questions of each workload, of equal rank in books of any size: they find as much in each, so that only the
    size of the book differs."""
    random = Random(book.stat().st_size)
    meetings = [line for line in map(json.loads, book.open(encoding="utf-8")) if line["kind"] == "meeting"]
    held: dict[str, list[str]] = {}
    promised: dict[str, list[str]] = {}
    for meeting in meetings:
        for pledge in meeting["pledges"]:
            if pledge["towards"]:
                for found, names in ((held, pledge["topics"]), (promised, pledge["pledgors"])):
                    for name in names:
                        found.setdefault(name, []).append(meeting["held_on"])
    topics = [topic(rank) for rank in range(1, EACH + 1)]
    common = sorted(promised, key=lambda party: len(promised[party]), reverse=True)[:EACH]
    deep = [(slug, sorted(held[slug], reverse=True)[len(held[slug]) * 3 // 4]) for slug in topics]
    chosen = random.sample(meetings, EACH)
    return {
        "Q1": [Question(topic=slug) for slug in topics],
        "Q2": [Question(topics[one], common[other], "1980-01-01", "2015-01-01") for one, other in _PAIRS],
        "Q3": [Question(topic=slug, before=day, offset=sum(one >= day for one in held[slug])) for slug, day in deep],
        "Q4": [Question(topic=slug, word=words()[_MOST // rank]) for rank, slug in enumerate(topics, start=1)],
        "Q5": [Question(party=party, since=sorted(promised[party])[-FACETED:][0]) for party in common],
        "Q6": [Question(pledge=f"{meeting['id']}-{random.randint(1, 20):02}") for meeting in chosen],
        "P1": [Question(act=act, specificity=one) for act in PLEDGE_ACTS for one in Specificity],
    }


# Ranks of topic and party, the commonest first: even a small book has a page of each. So it has of the words, of which
# a rare topic is asked for a common one.
_PAIRS = sorted(product(range(EACH), repeat=2), key=lambda pair: ((pair[0] + 1) * (pair[1] + 1), pair))[:EACH]
_MOST = 29
FACETED = 250  # facets cost what they count


def of_pledgebook(workload: str, asked: Question) -> str:
    if workload == "P1":
        return f"/pledges?{_query({'act': asked.act, 'specificity': asked.specificity})}"
    if workload == "Q6":
        return f"/v1/pledges/{asked.pledge}"
    query = {"topic": asked.topic, "party": asked.party, "held_on__gte": asked.since, "held_on__lt": asked.before}
    query |= {
        "q": asked.word,
        "facets": "topic,act" if workload == "Q5" else "",
        "limit": "1" if workload == "Q5" else "",
    }
    return f"/v1/pledges?{_query(query)}"


def of_raw(workload: str, asked: Question) -> str:
    return _of_raw(workload, asked, '"{}" AND "{}"')


def of_raw_postgresql(workload: str, asked: Question) -> str:
    return _of_raw(workload, asked, "'{}' & '{}'")


def _of_raw(workload: str, asked: Question, both: str) -> str:
    path = {"Q5": "/facets", "Q6": "/one"}.get(workload, "/page")
    found = both.format(tokens_of(asked.word)[0], thing("topic", asked.topic)) if asked.word else ""
    bounds = {"since": asked.since, "before": asked.before}
    return (
        f"{path}?{_query({'topic': asked.topic, 'party': asked.party, 'words': found, 'id': asked.pledge, **bounds})}"
    )


def of_datasette(workload: str, asked: Question) -> str:
    if workload == "P1":
        return f"/table/pledge?{_query({'act': asked.act, 'specificity': asked.specificity, '_size': '50'})}"
    name = {"Q1": "page", "Q2": "both", "Q3": "page", "Q4": "found", "Q5": "facets", "Q6": "one"}[workload]
    days = {"since": asked.since or "0", "before": asked.before or "9"} if name in ("page", "both", "facets") else {}
    query = {"topic": asked.topic, "party": asked.party, "q": asked.word, "id": asked.pledge, **days}
    return f"/table/{name}.json?{_query({**query, '_shape': 'array'})}"


def of_tutorial(workload: str, asked: Question) -> str:
    if workload == "Q6":
        return f"/pledges/{asked.pledge}"
    if workload == "Q5":
        return f"/facets?{_query({'party': asked.party, 'since': asked.since})}"
    if workload == "Q3":
        return f"/pledges?topic={asked.topic}&offset={asked.offset}"
    bounds = {"since": asked.since, "before": asked.before}
    return f"/pledges?{_query({'topic': asked.topic, 'party': asked.party, 'q': asked.word, **bounds})}"


def _query(values: Mapping[str, Any]) -> str:
    return urlencode({name: value for name, value in values.items() if value})


# Who answers what: pages for people are made by two of them.
PAGES_BY = frozenset({"pledgebook", "cached", "static", "datasette"})
ASKING: dict[str, Callable[[str, Question], str]] = {
    "pledgebook": of_pledgebook,
    "cached": of_pledgebook,
    "static": of_pledgebook,
    "raw": of_raw,
    "datasette": of_datasette,
    "tutorial": of_tutorial,
    "drf": of_tutorial,
}
