"""Topics: weigh the cues of each topic in a clause, to find what the clause is about (codebook 5).

A longer cue or a name weighs more than a plain word. The words right after the verb weigh most; purposes, examples and
grounds ("to deter …", "including …", "consistent with …") weigh less. Of overlapping cues the longest wins, so that
"nuclear energy" is not "nuclear".
"""

from collections.abc import Sequence
from functools import lru_cache

from app.drafting.rules.draft_model import KnownTopic
from app.drafting.rules.lexicon_files import party_designations, shares, word_list, word_lists, word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.tokenizer import folds

EXAMPLES = word_set("topics", "examples")
ASIDES = word_set("topics", "asides")
ASIDE_ENDS = word_set("topics", "aside_ends")
NO_PURPOSE_AFTER = word_set("topics", "no_purpose_after")
YIELDING = shares("topics", "yielding")
NOT_PLURALS = word_list("spelling", "not_plurals")
MOST = 6
ENOUGH = 0.55
STATE_NAME = 0.9
ASIDE = 0.55
FIRST_EXAMPLE = 4.0
Weights = dict[str, float]


def stem(word: str) -> str:
    """A word without its plural ending: "sanctions" gives "sanction", "technologies" gives "technology"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(NOT_PLURALS):
        return word[:-1]
    return word


class TopicCues:
    """A lookup table of the cues of all topics, by stems.

    It holds the cues of the book and of the lexicon. A cue may belong to several topics; it weighs most for the first
    of them in the order of the lexicon.
    """

    def __init__(self, topics: Sequence[KnownTopic]) -> None:
        table: dict[tuple[str, ...], tuple[float, list[str]]] = {}
        further = word_lists("topics", "further_cues")
        places = {slug: place for place, slug in enumerate(further)}
        for topic in sorted(topics, key=lambda topic: places.get(topic.slug, len(places))):
            for cue in dict.fromkeys((*topic.cues, *further.get(topic.slug, ()))):
                key = tuple(stem(w) for w in folds(cue))
                if key:
                    table.setdefault(key, (_weight(cue, len(key)), []))[1].append(topic.slug)
        by_first: dict[str, list[tuple[tuple[str, ...], float, list[str]]]] = {}
        for key, (weight, slugs) in table.items():
            by_first.setdefault(key[0], []).append((key, weight, slugs))
        self._table = {first: sorted(found, key=lambda c: -len(c[0])) for first, found in by_first.items()}

    def weigh(self, view: SentenceView, start: int, end: int, *, asides: bool = True) -> Weights:
        """The weight of each topic in `words[start:end]`. Without `asides`, purposes and grounds do not count."""
        weights: Weights = {}
        listed = False
        stems = [stem(k) for k in view.keys[start:end]]
        aside = 1.0
        i = 0
        while i < len(stems):
            key = view.key(start + i)
            listed = listed or (key in EXAMPLES and not weights)
            if key in ASIDES or (key == "to" and i and _is_purpose(view, start + i)):
                aside = ASIDE
            elif key in ("and", ",") and aside < 1.0 and view.key(start + i + 1) in ASIDE_ENDS:
                aside = 1.0
            hit = self._cue_at(stems, i)
            if hit is None or (aside < 1.0 and not asides):
                i += 1
                continue
            n, weight, slugs = hit
            place = 1.0 / (1.0 + 0.035 * i)
            if listed and not weights:
                place *= FIRST_EXAMPLE  # among examples, the first gives the primary topic
            for rank, slug in enumerate(slugs):
                weights[slug] = weights.get(slug, 0.0) + weight * aside * place * (1.0 if rank == 0 else 0.9)
            i += n
        return _yielded(weights)

    def _cue_at(self, stems: Sequence[str], i: int) -> tuple[int, float, list[str]] | None:
        for key, weight, slugs in self._table.get(stems[i], ()):
            if tuple(stems[i : i + len(key)]) == key:
                return len(key), weight, slugs
        return None


def _weight(cue: str, words: int) -> float:
    """The weight of a cue. A name weighs more than a plain word; the name of a state only says where."""
    if words == 1 and " ".join(folds(cue)) in _state_names():
        return STATE_NAME
    named = any(c.isupper() for c in cue)
    return (0.8 if words == 1 and not named else 1.0) + 0.5 * (words - 1) + (0.7 if named else 0.0)


@lru_cache
def _state_names() -> frozenset[str]:
    states = party_designations("states").values()
    return frozenset(
        " ".join(folds(name)) for state in states for name in (*state.names, *state.adjectives, *state.capitals)
    )


def _yielded(weights: Weights) -> Weights:
    """The weights with those of general topics lowered, if there is more than one topic."""
    if len(weights) < 2:
        return weights
    return {slug: weight * YIELDING.get(slug, 1.0) for slug, weight in weights.items()}


def _is_purpose(view: SentenceView, i: int) -> bool:
    """True if the "to" at `i` opens a purpose, not the complement of a verb."""
    return view.key(i - 1) not in NO_PURPOSE_AFTER


@lru_cache(maxsize=8)
def cues_of(topics: tuple[KnownTopic, ...]) -> TopicCues:
    """The cue table of the topics of a book."""
    return TopicCues(topics)


def ranked(weights: Weights) -> list[tuple[str, float]]:
    """The topics by weight, the highest first; equal ones by slug."""
    return sorted(weights.items(), key=lambda item: (-round(item[1], 4), item[0]))


def primary(weights: Weights) -> str | None:
    """The topic with the highest weight, or None if no weight is high enough."""
    best = ranked(weights)
    return best[0][0] if best and best[0][1] >= ENOUGH else None


def chosen(direct: Weights, fallback: str | None, *, refers_back: bool = False) -> tuple[str, ...]:
    """Up to six topics, the primary one first.

    `fallback`, the topic of the surrounding text, is the primary one if the clause has none or refers back.
    """
    best = [(slug, w) for slug, w in ranked(direct) if w >= ENOUGH * 0.6]
    top = best[0][1] if best else 0.0
    slugs = [slug for slug, w in best if w >= 0.34 * top]
    if fallback and (not slugs or refers_back):
        slugs = [fallback, *(s for s in slugs if s != fallback)]
    return tuple(slugs[:MOST])
