"""Filter chips: each filter of a query with its label, its value and the query without it."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from app.pages import labels
from app.pages.names import Names
from app.query.filters import PledgeFilters, query_string
from app.query.pages import PledgeQuery

_LABELS = {
    "topic": "topic", "topic__all": "also on topic", "topic__primary": "primary topic", "party": "made by",
    "pledgor__all": "made by", "towards": "promised to", "about": "about", "party__any": "names",
    "participant": "attended by", "speaker": "said by", "meeting": "meeting", "series": "series",
    "meeting_type": "kind of meeting", "level": "level", "source": "source", "instrument": "mentions",
    "kind": "records", "act": "act", "specificity": "how specific", "fulfilment": "status", "disputed": "disputed",
    "attested": "according to", "condition": "condition", "borderline": "coding uncertain", "held_on__gte": "from",
    "held_on__lt": "before", "due": "deadline", "due__gte": "deadline from", "due__lt": "deadline before",
    "is_new": "new", "is_renewed": "renewed later", "undertaking": "same undertaking as",
    "updated_since": "updated since", "q": "search",
}  # fmt: skip
_VALUES = {
    "act": labels.ACTS,
    "attested": labels.ATTESTED,
    "condition": labels.CONDITIONS,
    "meeting_type": labels.MEETING_TYPES,
    "fulfilment": labels.FULFILMENTS,
    "kind": {"pledge": "pledges", "position": "positions", "any": "pledges and positions"},
    "due": {"coming": "in the future", "open": "no fixed date"},
}
_PARTIES = frozenset({"party", "pledgor__all", "towards", "about", "party__any"})
_TOPICS = frozenset({"topic", "topic__all", "topic__primary"})
_PERSONS = frozenset({"participant", "speaker"})


class Chip(NamedTuple):
    """One value of one filter; `without` is the query string of the other filters."""

    label: str
    value: str
    without: str


def names_asked(query: PledgeFilters) -> dict[str, list[str]]:
    """The ids in the filters of a query by kind of record, so that their names can be read."""
    ids: dict[str, list[str]] = {}
    for kind, filters in (
        ("party", _PARTIES), ("topic", _TOPICS), ("participant", _PERSONS), ("meeting", {"meeting"}),
        ("source", {"source"}), ("instrument", {"instrument"}),
    ):  # fmt: skip
        ids[kind] = [id for name in sorted(filters) for id in getattr(query, name)]
    return ids


def chips(query: PledgeQuery, names: Names) -> list[Chip]:
    """One chip for each value of each filter, in the order in which the filters are documented."""
    found = []
    for name in PledgeFilters.model_fields:
        value = getattr(query, name)
        if value in (None, ()) or (name == "q" and not value.strip()):
            continue
        values = value if isinstance(value, tuple) else [value]
        for one in values:
            rest = [other for other in values if other != one]
            without = asked_with(query, **{name: rest or None})
            found.append(Chip(_LABELS[name], _value_label(name, one, names), without))
    return found


def asked_with(query: PledgeQuery, **replaced: Any) -> str:
    """The query string of the filters, with some replaced, and of the sort order if it is not the default."""
    search = replaced.get("q", query.q)
    is_default = query.sort == "-held_on" or (query.sort == "relevance" and not search)
    order = "" if is_default else urlencode({"sort": query.sort})
    return "&".join(filter(None, (query_string(query, replaced), order)))


def _value_label(name: str, value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if name in _VALUES:
        return _VALUES[name].get(text, text.replace("-", " "))
    if name in _PARTIES:
        return names.party(text)
    if name in _TOPICS:
        return names.topic(text)
    if name in _PERSONS:
        return names.person(text)
    if name in ("meeting", "source", "instrument"):
        return {"meeting": names.meeting, "source": names.source, "instrument": names.instrument}[name](text)
    return labels.plain_day(text) if name.endswith(("__gte", "__lt")) else text
