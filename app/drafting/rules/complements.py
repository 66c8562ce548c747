"""What a verb takes: the noun that decides whether "reaffirmed …" is a pledge, a position or a description
(codebook 1).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.drafting.rules.lexicon import doing, load, phrases, verb_forms, words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import JOINERS, PREPOSITIONS, is_adverb

NounKind = Literal["commitment", "purpose", "founding", "support", "condemn", "urge", "describe"]
ComplementForm = Literal["to", "ing", "noun"]
REACH = 14
LISTS: tuple[tuple[str, NounKind], ...] = (
    ("commitment_nouns", "commitment"),
    ("purpose_nouns", "purpose"),
    ("founding_nouns", "founding"),
    ("support_nouns", "support"),
    ("condemn_nouns", "condemn"),
    ("urge_nouns", "urge"),
    ("describe_nouns", "describe"),
)
REFLEXIVES = frozenset({"ourselves", "themselves", "itself", "himself", "herself", "myself"})


@lru_cache
def noun_kinds() -> dict[str, NounKind]:
    """Which kind of noun a word is; the first list that has it wins."""
    kinds: dict[str, NounKind] = {}
    for name, kind in LISTS:
        for noun in load("acts")[name]:
            kinds.setdefault(noun, kind)
    return kinds


@dataclass(frozen=True, slots=True)
class Object:
    """The deciding noun of an object, where it stands, who possesses it, and where its own complement begins."""

    kind: NounKind
    noun: int
    complement: int
    possessors: tuple[str, ...]


def after(view: View, i: int) -> int:
    """The next word that is neither adverb, intensity nor in brackets."""
    intensity = phrases("acts", "intensities")
    while i < len(view):
        hit = intensity.at(view.keys, i)
        if view.hidden[i]:
            i += 1
        elif hit:
            i += hit[0]
        elif is_adverb(view, i) and view.key(i) not in ("both",):
            i += 1
        elif (
            view.key(i) in (",",)
            and i + 1 < len(view)
            and (hit := intensity.at(view.keys, i + 1))
            and view.key(i + 1 + hit[0]) == ","
        ):
            i += hit[0] + 2
        else:
            break
    return i


def object_of(view: View, verb: int) -> Object | None:
    """The first deciding noun of the noun phrase after a verb: "their unwavering *commitment* to …"."""
    start = after(view, verb + 1)
    owners: list[str] = []
    named = False
    for i in range(start, min(len(view), start + REACH)):
        key = view.key(i)
        if view.hidden[i]:
            continue
        mention = view.mention_at.get(i)
        if mention:
            if mention.start == i:
                owners += mention.codes
                named = True
            continue
        kind = noun_kinds().get(key)
        if kind and not _is_modifier(view, i):
            end = i + 1
            while view.key(end) in JOINERS and _joined_noun(view, end + 1):  # "commitment and resolve to"
                end = _joined_noun(view, end + 1)
            return Object(kind, i, end, tuple(owners) if named else ())
        if key in PREPOSITIONS or key in ("that", ".", ";", ":", "how") or (key == "," and i - start > 6):
            return None
        form = verb_forms().get(key)
        if form and form.past and not form.participle:
            return None
    return None


def _is_modifier(view: View, i: int) -> bool:
    """A noun that only modifies the next one: "plan documents", "commitment period"; "call" before "for" is none."""
    return noun_kinds().get(view.key(i + 1)) is not None and view.key(i + 1) not in ("will",)


def _joined_noun(view: View, i: int) -> int:
    """Where a second noun of undertaking after "and" ends, or 0: "and (their) firm resolve"."""
    for j in range(i, min(i + 4, len(view))):
        if view.key(j) in words("acts", "commitment_nouns") and view.key(j) != "will":
            return j + 1
        if view.key(j) in PREPOSITIONS or view.key(j) == ",":
            break
    return 0


def undertaken(view: View, i: int) -> tuple[int, ComplementForm] | None:
    """Where what is undertaken begins after a verb or noun that ends before `i`, and its form; None if nothing is.

    Passes over "of both nations", "by all parties", "between us" to the "to" of the complement.
    """
    i = after(view, i)
    if view.key(i) in REFLEXIVES:
        i = after(view, i + 1)
    if view.key(i) in ("of", "by", "between", "among", "from", "made", "under", ","):
        limit = min(len(view), i + 12)
        j = next((k for k in range(i + 1, limit) if view.key(k) == "to" and not view.hidden[k]), 0)
        if not j or any(view.key(k) in (";", ".", "and that") for k in range(i + 1, j)):
            return None
        i = j
    if view.key(i) == "both" and view.key(i + 1) == "to":
        i += 1
    if view.key(i) == "to":
        return i, form_at(view, i + 1)
    if view.key(i) in ("towards", "toward", "for", "in", "on"):
        return i, form_at(view, i + 1)
    return None


def form_at(view: View, i: int) -> ComplementForm:
    """The form of a complement from its first word on: an infinitive, a gerund, or a noun phrase."""
    i = after(view, i)
    if view.key(i) in doing() or view.key(i) in ("be", "ensure", "take", "do"):
        return "to"
    form = verb_forms().get(view.key(i))
    if form and form.base:
        return "to"
    if (form and form.ing) or (view.key(i).endswith("ing") and len(view.key(i)) > 5 and view.key(i + 1) not in ("of",)):
        return "ing"
    return "noun"


def is_deed(view: View, i: int) -> bool:
    """Whether an infinitive or gerund of doing begins at `i` (after adverbs)."""
    i = after(view, i)
    form = verb_forms().get(view.key(i))
    return bool(form and (form.base or form.ing)) or view.key(i) in doing()
