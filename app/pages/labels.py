"""Labels: what the pages call each word of a vocabulary, each field and each number; filters of the templates.

A word without a label is shown as it is, with spaces for hyphens and underscores.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

# Vocabularies ---------------------------------------------------------------------------------------------------------

ACTS = {
    "commit": "Commitment", "agree": "Agreement", "reaffirm": "Reaffirmation",
    "support": "Support", "condemn": "Condemnation", "urge": "Appeal",
}  # fmt: skip
TOWARDS = {
    "each-other": "each other",
    "international-community": "the international community",
    "unspecified": "not specified",
}
# Each completes "According to …".
ATTESTED = {
    "joint-text": "the joint text", "both-sides": "both sides", "one-side": "one side only",
    "press": "press reports only",
}  # fmt: skip
FULFILMENTS = {
    "none": "not assessed", "upheld": "being kept", "overtaken": "overtaken by events",
    "not-triggered": "condition not met", "not-assessable": "cannot be assessed",
}  # fmt: skip
DUE_KINDS = {
    "deadline": "before a date", "deadline-event": "before an event", "window": "within a period",
    "recurring": "at regular intervals", "open": "no fixed date", "event-relative": "after an event",
}  # fmt: skip
CONDITIONS = {
    "trigger": "only if an event happens", "conditions-based": "when conditions are met",
    "contingency": "in one case of several", "qualifier": "limited in extent",
}  # fmt: skip
LINKS = {"supersedes": "replaces"}
MEETING_TYPES = {
    "summit": "Summit",
    "2plus2": "2+2 of foreign and defence ministers",
    "foreign-ministers": "Foreign ministers",
    "defense-ministers": "Defence ministers",
    "security-consultative": "Security consultative meeting",
    "senior-officials": "Senior officials",
    "call": "Call",
    "statement": "Statement",
    "other": "Other meeting",
}
# Short forms, for tables and axis labels.
MET = {
    "2plus2": "2+2", "foreign-ministers": "foreign ministers", "defense-ministers": "defence ministers",
    "security-consultative": "security consultations", "other": "meeting",
}  # fmt: skip
COVERAGES = {"full-text": "full text available", "report-only": "only press reports available"}
ROLES = {"principal": "main participant"}
SOURCE_TYPES = {"primary-text": "original text"}
ZONES = {"body": "main text", "quote": "quotation", "lede": "first paragraph"}
OPERATIONS = {
    "create": "added", "change": "changed", "retract": "withdrawn", "restore": "restored", "assess": "assessed",
    "reshape": "converted to a new document format",
}  # fmt: skip
ACTORS = {"load": "seed import"}

# Fields ---------------------------------------------------------------------------------------------------------------

FACETS = {
    "topic": "Topic", "party": "Made by", "towards": "Promised to", "about": "About", "act": "Act", "year": "Year",
    "meeting": "Meeting", "fulfilment": "Status", "specificity": "How specific", "participant": "Attended by",
    "instrument": "Treaty, plan or body", "attested": "According to",
}  # fmt: skip
# Members of the public documents, as they appear in histories and forms.
FIELDS = {
    "about": "about", "act": "act", "attested": "according to", "borderline": "coding uncertain",
    "citations": "sources", "coverage": "sources available", "due": "deadline", "ended_on": "last day",
    "formula": "key wording", "fulfilment": "status", "held_on": "date", "instruments": "treaties, plans and bodies",
    "ordinal": "number in the series", "pledgors": "made by", "retracted": "reason for withdrawal",
    "specificity": "how specific", "towards": "promised to", "type": "kind",
}  # fmt: skip


def _labels(table: Mapping[str, str]) -> Callable[[Any], str]:
    """A filter that returns the label of a word."""
    return lambda word: table.get(word) or str(word).replace("-", " ").replace("_", " ")


@lru_cache(maxsize=4096)
def _day(day: str) -> Markup:
    year, month, number = day.split("-")
    return Markup('<time datetime="{}">{} {} {}</time>').format(day, int(number), _MONTHS[int(month) - 1], year)


def day(value: date | str | None) -> Markup:
    """A date as `<time>`: `31 October 2024`; empty for None."""
    return _day(str(value)) if value else Markup("")


def plain_day(value: date | str) -> str:
    """A date without markup, for titles and descriptions: `31 October 2024`."""
    return str(_day(str(value)).striptags())


def due(value: Mapping[str, Any] | None) -> Markup:
    """A deadline: `by` its last day, a period, or the words of the source if it has no dates. Empty for None."""
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
    """A number with its noun: `1 pledge`, `2,300 pledges`."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def ordinal(number: int) -> str:
    """A number in a series: `1st`, `6th`, `22nd`."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else suffix}"


def series(slug: str) -> str:
    """The name of a series of meetings: `KOR-USA 2+2` for `kor-usa-2plus2`."""
    for type in MEETING_TYPES:
        if slug == type or slug.endswith(f"-{type}"):
            parties = slug.removesuffix(type).rstrip("-").upper()
            return f"{parties} {MET.get(type, type.replace('-', ' '))}".strip()
    return slug.replace("-", " ")


def value(of: Any, names: Any) -> Markup:
    """One value in a list of differences: a label, a deadline, quoted fragments, or parties by name."""
    if of in (None, [], {}):
        return Markup("none")
    if isinstance(of, dict):
        return due(of)
    if isinstance(of, list):
        is_party = all(item.isupper() or item in TOWARDS for item in of)
        parts = [names.party(item) if is_party else f"“{item}”" for item in of]
        return Markup(", ").join(parts)
    return escape(word_label(str(of)))


def word_label(word: str) -> str:
    """The label of a word of any facet that has no names of its own: act, status, specificity, account."""
    for table in (ACTS, ATTESTED, FULFILMENTS, TOWARDS):
        if word in table:
            return table[word]
    return word.replace("-", " ")


FILTERS: dict[str, Callable[..., Any]] = {
    "day": day,
    "plain_day": plain_day,
    "due": due,
    "count": count,
    "ordinal": ordinal,
    "series": series,
    "value": value,
    "act": _labels(ACTS),
    "actor": _labels(ACTORS),
    "attested": _labels(ATTESTED),
    "condition": _labels(CONDITIONS),
    "coverage": _labels(COVERAGES),
    "due_kind": _labels(DUE_KINDS),
    "facet": _labels(FACETS),
    "field": _labels(FIELDS),
    "fulfilment": _labels(FULFILMENTS),
    "link": _labels(LINKS),
    "meeting_type": _labels(MEETING_TYPES),
    "met": _labels(MET),
    "operation": _labels(OPERATIONS),
    "role": _labels(ROLES),
    "source_type": _labels(SOURCE_TYPES),
    "zone": _labels(ZONES),
    "word": _labels({}),
}
