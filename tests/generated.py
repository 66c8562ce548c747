"""Books made up for tests: a few hundred pledges with every kind of part, from a seed, and queries to ask of them."""

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

PARTIES = ("KOR", "USA", "JPN", "CHN", "AUS")
ABOUT = ("PRK", "CHN", "RUS")
TOPICS = {"deterrence": None, "extended-deterrence": "deterrence", "strategic-assets": "deterrence",
          "alliance": None, "opcon-transition": "alliance", "exercises": "alliance", "cyber": None}  # fmt: skip
INSTRUMENTS = ("cotp", "mutual-defense-treaty", "guidelines")
PEOPLE = ("park-jin", "lloyd-austin", "cho-tae-yul", "antony-blinken")
SERIES = ("kor-usa-2plus2", "trilateral")
ACTS = ("commit", "agree", "reaffirm", "support", "condemn", "urge")
FULFILMENTS = ("not-started", "in-progress", "stalled", "fulfilled", "upheld", "not-fulfilled", "renounced")
CONTINUATIONS = ("renews", "strengthens", "weakens", "extends", "supersedes")
# What spreadsheets, XML, calendars and CSV readers stumble over.
AWKWARD = ("=1+1", "+82 2", "-not a number", "@home", '"quoted", twice', "two\nlines", "한미 연합방위태세",
           "<b>&amp;</b>", "; and; more;", "\\n not a break", "e\u0301 and \U0001f54a")  # fmt: skip


def book(seed: int, meetings: int = 24) -> list[dict[str, Any]]:
    """The lines of a made-up book, in a book's order."""
    random = Random(seed)
    lines: list[dict[str, Any]] = [
        {"kind": "topic", "slug": slug, "parent": parent, "name": slug.title(), "definition": "Made up."}
        for slug, parent in sorted(TOPICS.items(), key=lambda item: (item[1] is not None, item[0]))
    ]
    lines += [{"kind": "instrument", "slug": slug, "type": "plan", "name": slug.upper()} for slug in INSTRUMENTS]
    lines += [{"kind": "participant", "slug": slug, "name": slug.replace("-", " ").title()} for slug in PEOPLE]
    days = sorted(date(2014, 1, 1) + timedelta(days=random.randrange(4000)) for _ in range(meetings))
    days[1] = days[0]  # two meetings on one day
    made = [_meeting(random, number, day) for number, day in enumerate(days)]
    earlier: list[tuple[str, str]] = []
    for sources, meeting in made:
        lines += sources
        _link(random, meeting, earlier)
        earlier += [(meeting["held_on"], f"{meeting['id']}-{pledge['number']:02}") for pledge in meeting["pledges"]
                    if pledge["act"] in ACTS[:3]]  # fmt: skip
    targets = {link.get("target") for _, meeting in made for pledge in meeting["pledges"] for link in pledge["links"]}
    for _, meeting in made:
        for pledge in meeting["pledges"]:
            if f"{meeting['id']}-{pledge['number']:02}" not in targets and random.random() < 0.05:
                pledge["retracted"] = "Made up twice."
    return lines + sorted((meeting for _, meeting in made), key=lambda one: (one["held_on"], one["id"]))


def _meeting(random: Random, number: int, day: date) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    parties = sorted(random.sample(PARTIES, random.choice((2, 2, 3))))
    sources = [_source(random, f"source-{number}-{index}", parties) for index in range(random.choice((1, 2)))]
    meeting = {
        "kind": "meeting", "id": f"{day}-meeting-{number}", "title": f"Meeting {number}, {random.choice(AWKWARD[:4])}",
        "type": random.choice(("summit", "2plus2", "call")), "level": random.choice(("leaders", "ministers")),
        "series": random.choice((None, *SERIES)), "held_on": str(day), "parties": parties,
        "coverage": random.choice(("full-text", "report-only")), "sources": [source["id"] for source in sources],
        "participants": [
            {"participant": person, "party": parties[0], "office": "Minister"}
            for person in random.sample(PEOPLE, random.randrange(3))
        ],
        "pledges": [_pledge(random, index, day, parties, sources) for index in range(1, random.randrange(4, 20))],
    }  # fmt: skip
    return sources, meeting


def _source(random: Random, id: str, parties: list[str]) -> dict[str, Any]:
    return {
        "kind": "source", "id": id, "type": random.choice(("primary-text", "press-release", "news-report")),
        "issued_by": random.choice(([], parties, parties[:1])), "title": f"Source {id}", "language": "en",
        "sha256": f"{random.getrandbits(256):064x}", "length": 5000,
    }  # fmt: skip


def _pledge(
    random: Random, number: int, day: date, parties: list[str], sources: list[dict[str, Any]]
) -> dict[str, Any]:
    act = random.choice(ACTS[:3] if random.random() < 0.75 else ACTS[3:])
    pledgors = random.sample(parties, random.choice((1, 2)))
    others = [party for party in PARTIES if party not in pledgors]
    towards: list[str] = []
    if act in ACTS[:3]:
        words = ["international-community", "unspecified", *(["each-other"] if len(pledgors) > 1 else [])]
        towards = random.choice(([random.choice(words)], random.sample(others, random.choice((1, 2)))))
    assessments = []
    if act in ACTS[:3] and random.random() < 0.3:
        assessments = [_assessment(random, index, day, pledgors) for index in range(1, random.randrange(2, 4))]
    return {
        "number": number, "summary": f"{random.choice(AWKWARD)} {random.getrandbits(48):x}", "act": act,
        "pledgors": pledgors, "speakers": random.sample(PEOPLE, random.choice((0, 0, 1))), "towards": towards,
        "about": random.sample(ABOUT, random.choice((0, 0, 1, 2))),
        "topics": random.sample(sorted(TOPICS), random.choice((1, 1, 2, 3))),
        "instruments": random.sample(INSTRUMENTS, random.choice((0, 0, 1))), "due": _due(random, day),
        "condition": random.choice((None, None, {"kind": "trigger", "text": "if attacked"})),
        "specificity": random.choice(("general", "named-action", "measurable")),
        "borderline": random.choice((None, None, "-arguable")), "note": random.choice((None, *AWKWARD)),
        "citations": [
            {"source": source["id"], "zone": "body", "start": number * 10, "end": number * 10 + 9}
            for source in random.sample(sources, random.randint(1, len(sources)))
        ],
        "links": [], "assessments": assessments,
    }  # fmt: skip


def _due(random: Random, day: date) -> dict[str, Any] | None:
    if random.random() < 0.6:
        return None
    last = day + timedelta(days=random.randrange(4000))
    first = random.choice((None, str(last - timedelta(days=random.randrange(60)))))
    return {"kind": random.choice(("deadline", "window", "open")), "text": "soon", "from": first,
            "to": str(last) if first or random.random() < 0.7 else None}  # fmt: skip


def _assessment(random: Random, number: int, day: date, pledgors: list[str]) -> dict[str, Any]:
    return {
        "number": number, "party": random.choice(pledgors), "fulfilment": random.choice(FULFILMENTS),
        "effective_on": str(day + timedelta(days=random.randrange(300))), "assessor": "desk",
        "evidence": [{"title": "Seen", "type": "action"}], "disputes": number - 1 if number == 2 else None,
    }  # fmt: skip


def _link(random: Random, meeting: dict[str, Any], earlier: list[tuple[str, str]]) -> None:
    """Links from a meeting's pledges to those of earlier days."""
    possible = [id for day, id in earlier if day < meeting["held_on"]]
    for pledge in meeting["pledges"]:
        if pledge["act"] in ACTS[:3] and possible and random.random() < 0.45:
            pledge["links"].append({"type": random.choice(CONTINUATIONS), "target": random.choice(possible)})
        if pledge["act"] in ACTS[:3] and random.random() < 0.1:
            pledge["links"].append({"type": random.choice(("renews", "implements")), "external": "54th SCM"})


# Queries --------------------------------------------------------------------------------------------------------------

_DAYS = st.dates(date(2013, 6, 1), date(2027, 1, 1)).map(str)
_YES = st.sampled_from(("true", "false"))


def _some(values: Any) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=2, unique=True)


FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "topic": _some(TOPICS), "topic__all": _some(TOPICS), "topic__primary": _some(TOPICS), "party": _some(PARTIES),
    "pledgor__all": _some(PARTIES), "towards": _some((*PARTIES, "each-other", "unspecified")), "about": _some(ABOUT),
    "party__any": _some(PARTIES), "participant": _some(PEOPLE), "speaker": _some(PEOPLE), "series": _some(SERIES),
    "meeting_type": _some(("summit", "2plus2", "call")), "level": _some(("leaders", "ministers")),
    "instrument": _some(INSTRUMENTS), "kind": st.sampled_from(("pledge", "position", "any")), "act": _some(ACTS),
    "specificity": _some(("general", "named-action", "measurable")), "fulfilment": _some((*FULFILMENTS, "none")),
    "disputed": _YES, "attested": _some(("joint-text", "both-sides", "one-side", "press")),
    "condition": _some(("trigger", "qualifier")), "borderline": _YES, "held_on__gte": _DAYS, "held_on__lt": _DAYS,
    "due": _some(("passed", "overdue", "coming", "open", "none")), "due__gte": _DAYS, "due__lt": _DAYS,
    "is_new": _YES, "is_renewed": _YES,
}  # fmt: skip


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    """A query of at most three filters, as the parameters of a request."""
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True))
    return {name: draw(FILTERS[name]) for name in names}
