"""The words of the book as people say them: filters of the templates. What is no word of ours is left as it is."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

ACTS = {
    "commit": "Commitment", "agree": "Agreement", "reaffirm": "Reaffirmation",
    "support": "Support", "condemn": "Condemnation", "urge": "Appeal",
}  # fmt: skip
TOWARDS = {
    "each-other": "each other",
    "international-community": "the international community",
    "unspecified": "nobody named",
}
ATTESTED = {
    "joint-text": "Joint text",
    "both-sides": "Both sides’ accounts",
    "one-side": "One side’s account",
    "press": "Press account",
}
FULFILMENTS = {"none": "not assessed", "upheld": "being upheld", "partly-fulfilled": "partly fulfilled"}
MEETING_TYPES = {
    "summit": "Summit",
    "2plus2": "2+2 of foreign and defence ministers",
    "foreign-ministers": "Foreign ministers",
    "defense-ministers": "Defence ministers",
    "security-consultative": "Security consultative meeting",
    "senior-officials": "Senior officials",
    "call": "Call",
    "statement": "Statement",
    "other": "Meeting",
}
# The same where there is little room.
MET = {
    "2plus2": "2+2", "foreign-ministers": "foreign ministers", "defense-ministers": "defence ministers",
    "security-consultative": "security consultations", "other": "meeting",
}  # fmt: skip
SOURCE_TYPES = {"primary-text": "the statement itself", "press-release": "press release", "news-report": "news report"}
OPERATIONS = {
    "create": "written", "change": "changed", "retract": "withdrawn", "restore": "restored", "assess": "assessed",
    "reshape": "reshaped",
}  # fmt: skip
ZONES = {"body": "in the text", "quote": "in a quotation", "lede": "in the lede", "headline": "in the headline"}
FACETS = {
    "topic": "Topic", "party": "Made by", "towards": "Owed to", "about": "About", "act": "Act", "year": "Year",
    "meeting": "Meeting", "fulfilment": "Fulfilment", "specificity": "How specific", "participant": "Attended by",
    "instrument": "Names", "attested": "On whose account",
}  # fmt: skip


def _said(table: Mapping[str, str]) -> Callable[[Any], str]:
    """A filter that says a word by a table, and one that is not in it with spaces for hyphens."""
    return lambda word: table.get(word) or str(word).replace("-", " ")


@lru_cache(maxsize=4096)
def _day(day: str) -> Markup:
    year, month, number = day.split("-")
    return Markup('<time datetime="{}">{} {} {}</time>').format(day, int(number), _MONTHS[int(month) - 1], year)


def day(value: date | str | None) -> Markup:
    """`31 October 2024`, as a time that machines read too."""
    return _day(str(value)) if value else Markup("")


def plain_day(value: date | str) -> str:
    """`31 October 2024` without markup, for titles and descriptions."""
    return str(_day(str(value)).striptags())


def due(value: Mapping[str, Any] | None) -> Markup:
    """By when: the last day if there is one, else the days or the source's own words for it."""
    if not value:
        return Markup("")
    if value["to"] and value["from"] and value["from"] != value["to"]:
        return Markup("{} to {}").format(day(value["from"]), day(value["to"]))
    if value["to"]:
        return Markup("by {}").format(day(value["to"]))
    if value["from"]:
        return Markup("from {}").format(day(value["from"]))
    return escape(value["text"])


def count(number: int, one: str) -> str:
    """`1 pledge`, `2,300 pledges`."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def value(of: Any, names: Any) -> Markup:
    """A member of a pledge in a list of changes: a word, a deadline, quoted fragments, or parties by name."""
    if of in (None, [], {}):
        return Markup("none")
    if isinstance(of, dict):
        return due(of)
    if isinstance(of, list):
        is_party = all(item.isupper() or item in TOWARDS for item in of)
        parts = [names.party(item) if is_party else f"“{item}”" for item in of]
        return Markup(", ").join(parts)
    return escape(ACTS.get(of) or str(of).replace("-", " "))


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "plain_day": plain_day,
    "due": due,
    "count": count,
    "value": value,
    "act": _said(ACTS),
    "attested": _said(ATTESTED),
    "fulfilment": _said(FULFILMENTS),
    "meeting_type": _said(MEETING_TYPES),
    "met": _said(MET),
    "source_type": _said(SOURCE_TYPES),
    "zone": _said(ZONES),
    "operation": _said(OPERATIONS),
    "facet": _said(FACETS),
    "word": _said({}),
}
