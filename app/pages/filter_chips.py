"""What a query asks for, in people's words: each filter that is set, with the query that is left without it."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.pages import labels
from app.pages.names import Names
from app.query.filters import PledgeFilters, query_string
from app.query.pages import PledgeQuery

_LABELS = {
    "topic": "topic", "topic__all": "also on", "topic__primary": "first of all on", "party": "made by",
    "pledgor__all": "made by", "towards": "owed to", "about": "about", "party__any": "naming",
    "participant": "attended by", "speaker": "voiced by", "meeting": "meeting", "series": "series",
    "meeting_type": "meeting of", "level": "level", "source": "source", "instrument": "naming", "kind": "kind",
    "act": "act", "specificity": "how specific", "fulfilment": "fulfilment", "disputed": "disputed",
    "attested": "account", "condition": "condition", "borderline": "arguable coding", "held_on__gte": "since",
    "held_on__lt": "before", "due": "deadline", "due__gte": "due since", "due__lt": "due before", "is_new": "new",
    "is_renewed": "renewed later", "undertaking": "undertaking of", "updated_since": "written since", "q": "words",
}  # fmt: skip
_TOLD = {
    "act": labels.ACTS,
    "attested": labels.ATTESTED,
    "meeting_type": labels.MEETING_TYPES,
    "fulfilment": labels.FULFILMENTS,
    "kind": {"pledge": "pledges", "position": "positions", "any": "pledges and positions"},
    "due": {"passed": "passed", "overdue": "overdue", "coming": "to come", "open": "without a day", "none": "none"},
}
_PARTIES = frozenset({"party", "pledgor__all", "towards", "about", "party__any"})
_TOPICS = frozenset({"topic", "topic__all", "topic__primary"})
_PERSONS = frozenset({"participant", "speaker"})


class Chip(NamedTuple):
    """One value of one filter, and the query without it."""

    label: str
    value: str
    without: str


def names_asked(query: PledgeFilters) -> dict[str, list[str]]:
    """The ids that a query gives to its filters, by kind of record, for reading their names."""
    asked: dict[str, list[str]] = {}
    for kind, filters in (
        ("party", _PARTIES), ("topic", _TOPICS), ("participant", _PERSONS), ("meeting", {"meeting"}),
        ("source", {"source"}), ("instrument", {"instrument"}),
    ):  # fmt: skip
        asked[kind] = [id for name in sorted(filters) for id in getattr(query, name)]
    return asked


def chips(query: PledgeQuery, names: Names) -> list[Chip]:
    """What is asked for, one chip a value, in the order in which the filters are documented."""
    found = []
    for name in PledgeFilters.model_fields:
        value = getattr(query, name)
        if value in (None, ()) or (name == "q" and not value.strip()):
            continue
        values = value if isinstance(value, tuple) else [value]
        for one in values:
            rest = [other for other in values if other != one]
            found.append(Chip(_LABELS[name], _say(name, one, names), asked_with(query, **{name: rest or None})))
    return found


def asked_with(query: PledgeQuery, **replaced: Any) -> str:
    """The query string of the filters, some of them replaced, and of the order if it is not the usual one."""
    words_left = replaced.get("q", query.q)
    is_usual = query.sort == "-held_on" or (query.sort == "relevance" and not words_left)
    order = "" if is_usual else urlencode({"sort": query.sort})
    return "&".join(filter(None, (query_string(query, replaced), order)))


def _say(name: str, value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if name in _TOLD:
        return _TOLD[name].get(text, text.replace("-", " "))
    if name in _PARTIES:
        return names.party(text)
    if name in _TOPICS:
        return names.topic(text)
    if name in _PERSONS:
        return names.person(text)
    if name in ("meeting", "source", "instrument"):
        return {"meeting": names.meeting, "source": names.source, "instrument": names.instrument}[name](text)
    return labels.plain_day(text) if name.endswith(("__gte", "__lt")) else text
