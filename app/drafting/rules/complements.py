"""Complements: find what a governing verb or noun takes, and in which grammatical form (codebook 1).

The noun in the object decides whether "reaffirmed …" is a pledge, a position or a description.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.drafting.rules.draft_model import DESCRIBE, Description
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import word_list, word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import CONJUNCTIONS, PREPOSITIONS, is_adverb
from app.drafting.rules.verb_forms import doing, verb_forms
from app.schemas.vocabulary import Act

NounKind = Literal["commitment", "purpose", "founding"] | Act | Description
ComplementForm = Literal["to", "ing", "noun"]

OBJECT_REACH = 14
INTERPOSED_REACH = 12
JOINED_NOUN_REACH = 4
NOUN_LISTS: tuple[tuple[str, NounKind], ...] = (
    ("commitment_nouns", "commitment"),
    ("purpose_nouns", "purpose"),
    ("founding_nouns", "founding"),
    ("support_nouns", Act.support),
    ("condemn_nouns", Act.condemn),
    ("urge_nouns", Act.urge),
    ("describe_nouns", DESCRIBE),
)
REFLEXIVES = word_set("grammar", "reflexives")
COMPLEMENT_PREPOSITIONS = word_set("complements", "complement_prepositions")
INTERPOSED = word_set("complements", "interposed")
OBJECT_ENDS = word_set("complements", "object_ends")
BARE_INFINITIVES = word_set("complements", "bare_infinitives")
INTENSITIES = phrases("acts", "intensities")
COMMITMENT_NOUNS = folded_words("acts", "commitment_nouns")


@cache
def noun_kinds() -> dict[str, NounKind]:
    """The kind of each deciding noun. The first list that has the noun wins."""
    kinds: dict[str, NounKind] = {}
    for name, kind in NOUN_LISTS:
        for noun in word_list("acts", name):
            kinds.setdefault(noun, kind)
    return kinds


@dataclass(frozen=True, slots=True)
class ObjectNoun:
    """The deciding noun of an object: its index, the parties that possess it, and where its complement begins."""

    kind: NounKind
    noun: int
    complement: int
    possessors: tuple[str, ...]


def after(view: SentenceView, i: int) -> int:
    """The index of the next word from `i` on that is no adverb, no phrase of emphasis and not in brackets."""
    while i < len(view):
        hit = INTENSITIES.at(view.keys, i)
        if view.hidden[i]:
            i += 1
        elif hit:
            i += hit[0]
        elif is_adverb(view, i) and view.key(i) != "both":
            i += 1
        elif (aside := _aside_length(view, i)) > 0:
            i += aside
        else:
            break
    return i


def _aside_length(view: SentenceView, i: int) -> int:
    """The number of words of ", in particular," at `i`, or 0."""
    hit = INTENSITIES.at(view.keys, i + 1) if view.key(i) == "," and i + 1 < len(view) else None
    return hit[0] + 2 if hit and view.key(i + 1 + hit[0]) == "," else 0


def object_of(view: SentenceView, verb: int) -> ObjectNoun | None:
    """The first deciding noun in the object of a verb: "their unwavering *commitment* to …"."""
    start = after(view, verb + 1)
    owners: list[str] = []
    for i in range(start, min(len(view), start + OBJECT_REACH)):
        key = view.key(i)
        if view.hidden[i]:
            continue
        mention = view.mention_at.get(i)
        if mention:
            if mention.start == i:
                owners += mention.codes
            continue
        kind = noun_kinds().get(key)
        if kind and not _is_modifier(view, i):
            end = i + 1
            while view.key(end) in CONJUNCTIONS and _joined_noun(view, end + 1):  # "commitment and resolve to"
                end = _joined_noun(view, end + 1)
            return ObjectNoun(kind, i, end, tuple(owners))
        if key in PREPOSITIONS or key in OBJECT_ENDS or (key == "," and i - start > 6):
            return None
        form = verb_forms().get(key)
        if form and form.past and not form.participle:
            return None
    return None


def _is_modifier(view: SentenceView, i: int) -> bool:
    """True for a noun that only modifies the next noun: "plan documents", "commitment period"."""
    return noun_kinds().get(view.key(i + 1)) is not None and view.key(i + 1) != "will"


def _joined_noun(view: SentenceView, i: int) -> int:
    """Where a second noun of undertaking after "and" ends, or 0: "and (their) firm resolve"."""
    for j in range(i, min(i + JOINED_NOUN_REACH, len(view))):
        if view.key(j) in COMMITMENT_NOUNS and view.key(j) != "will":
            return j + 1
        if view.key(j) in PREPOSITIONS or view.key(j) == ",":
            break
    return 0


def undertaken(view: SentenceView, i: int) -> tuple[int, ComplementForm] | None:
    """The index of the preposition before what is undertaken, and its form; None if nothing is undertaken.

    `i` is the word after the verb or noun. Skips "of both nations", "by all parties" and "between us".
    """
    i = after(view, i)
    if view.key(i) in REFLEXIVES:
        i = after(view, i + 1)
    if view.key(i) in INTERPOSED:
        limit = min(len(view), i + INTERPOSED_REACH)
        j = next((k for k in range(i + 1, limit) if view.key(k) == "to" and not view.hidden[k]), 0)
        if not j or any(view.key(k) in (";", ".") for k in range(i + 1, j)):
            return None
        i = j
    if view.key(i) == "both" and view.key(i + 1) == "to":
        i += 1
    if view.key(i) == "to" or view.key(i) in COMPLEMENT_PREPOSITIONS:
        return i, form_at(view, i + 1)
    return None


def form_at(view: SentenceView, i: int) -> ComplementForm:
    """The form of the complement that begins at `i`: an infinitive, a gerund or a noun phrase."""
    i = after(view, i)
    key = view.key(i)
    form = verb_forms().get(key)
    if key in doing() or key in BARE_INFINITIVES or (form and form.base):
        return "to"
    if (form and form.ing) or (key.endswith("ing") and len(key) > 5 and view.key(i + 1) != "of"):
        return "ing"
    return "noun"


def is_deed(view: SentenceView, i: int) -> bool:
    """True if an infinitive or gerund begins at `i`, after any adverbs."""
    i = after(view, i)
    form = verb_forms().get(view.key(i))
    return bool(form and (form.base or form.ing)) or view.key(i) in doing()
