"""What a clause is about (codebook 5): the cues kept with each topic, weighed by what they say and where they stand.

A longer cue, or one with capitals (a name), says more than a plain word. What stands first after the verb is what is
undertaken; purposes, examples and grounds ("to deter …", "including …", "consistent with …") count for less. Names and
cues overlap: the longest wins, so that "nuclear energy" is not "nuclear".
"""

from collections.abc import Sequence
from functools import lru_cache

from app.drafting.rules.draft_model import Topic
from app.drafting.rules.lexicon import load
from app.drafting.rules.sentence_view import View
from app.drafting.rules.tokenizer import folds

MOST = 6
ENOUGH = 0.55
PLACE = 0.9
FIRST = 4.0
EXAMPLES = frozenset({"including", "such"})
ASIDES = frozenset(
    [
        "including",
        "such",
        "by",
        "through",
        "via",
        "under",
        "consistent",
        "based",
        "with",
        "accordance",
        "line",
        "guided",
        "like",
        "as",
    ]
)
Weights = dict[str, float]


def stem(word: str) -> str:
    """Plurals fall together: "sanctions" and "sanction", "technologies" and "technology"."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class Cues:
    """The cues of all topics, looked up by stems; a cue may belong to several topics, the first named weighing most.

    Beside the cues that a topic keeps itself stand those of the lexicon, in whose order topics that share a cue come.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        table: dict[tuple[str, ...], tuple[float, list[str]]] = {}
        further: dict[str, list[str]] = load("topics")["further_cues"]
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

    def weigh(self, view: View, start: int, end: int, *, asides: bool = True) -> Weights:
        """How strongly the words `[start, end)` speak of each topic; without `asides` only of what is done itself."""
        weights: Weights = {}
        listed = False
        stems = [stem(k) for k in view.keys[start:end]]
        aside = 1.0
        i = 0
        while i < len(stems):
            key = view.key(start + i)
            listed = listed or (key in EXAMPLES and not weights)
            if key in ASIDES or (key == "to" and i and _is_purpose(view, start + i)):
                aside = 0.55
            elif key in ("and", ",") and aside < 1.0 and view.key(start + i + 1) in ("to", "will"):
                aside = 1.0
            hit = self._at(stems, i)
            if hit is None or (aside < 1.0 and not asides):
                i += 1
                continue
            n, weight, slugs = hit
            place = 1.0 / (1.0 + 0.035 * i)
            if listed and not weights:
                place *= FIRST  # of mere examples the first is the primary one
            for rank, slug in enumerate(slugs):
                weights[slug] = weights.get(slug, 0.0) + weight * aside * place * (1.0 if rank == 0 else 0.9)
            i += n
        return yielded(weights)

    def _at(self, stems: Sequence[str], i: int) -> tuple[int, float, list[str]] | None:
        for key, weight, slugs in self._table.get(stems[i], ()):
            if tuple(stems[i : i + len(key)]) == key:
                return len(key), weight, slugs
        return None


def _weight(cue: str, words: int) -> float:
    """A plain word says little, a name more; the name of a state says where rather than what."""
    if words == 1 and " ".join(folds(cue)) in _state_names():
        return PLACE
    named = any(c.isupper() for c in cue)
    return (0.8 if words == 1 and not named else 1.0) + 0.5 * (words - 1) + (0.7 if named else 0.0)


@lru_cache
def _state_names() -> frozenset[str]:
    states = load("states").values()
    return frozenset(
        " ".join(folds(n)) for s in states for n in (*s["names"], *s.get("adjectives", ()), *s.get("capitals", ()))
    )


def yielded(weights: Weights) -> Weights:
    """The general topics count for less beside a particular one: where one consults is rarely what it is about."""
    general = load("topics")["yielding"]
    if len(weights) < 2:
        return weights
    return {slug: w * general.get(slug, 1.0) for slug, w in weights.items()}


def _is_purpose(view: View, i: int) -> bool:
    """A "to" after a noun, with an infinitive: the purpose of what was named before it."""
    left = view.key(i - 1)
    return left not in ("and", "or", ",", "continue", "work", "seek", "endeavor", "as", "than", "efforts", "effort")


@lru_cache(maxsize=8)
def cues_of(topics: tuple[Topic, ...]) -> Cues:
    """The cue table of a book's topics, made once."""
    return Cues(topics)


def ranked(weights: Weights) -> list[tuple[str, float]]:
    """Topics by weight, the strongest first, ties by name."""
    return sorted(weights.items(), key=lambda item: (-round(item[1], 4), item[0]))


def primary(weights: Weights) -> str | None:
    """The strongest topic, if it says enough."""
    best = ranked(weights)
    return best[0][0] if best and best[0][1] >= ENOUGH else None


def chosen(direct: Weights, fallback: str | None, *, refers_back: bool = False) -> tuple[str, ...]:
    """One to six topics: those of the clause first;
    its surroundings give a primary where it has none or only refers back.
    """
    best = [(slug, w) for slug, w in ranked(direct) if w >= ENOUGH * 0.6]
    top = best[0][1] if best else 0.0
    slugs = [slug for slug, w in best if w >= 0.34 * top]
    if fallback and (not slugs or refers_back):
        slugs = [fallback, *(s for s in slugs if s != fallback)]
    return tuple(slugs[:MOST])
