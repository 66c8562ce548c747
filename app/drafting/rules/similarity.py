"""Which earlier pledges a draft probably renews, and which drafts of one text say the same (codebook 8).

A score of 0 to 1 from topic, parties and wording. Rare words weigh more than common ones; candidates come from an index
by word and topic, so that a large book costs no more than the pledges that share something with the draft.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

from app.drafting.rules.draft_model import DraftPledge, EarlierPledge, Renewal
from app.drafting.rules.lexicon import words
from app.drafting.rules.tokenizer import folds

MOST = 3
LEAST = 0.3
DOUBLE = 0.62
RAREST = 8
POSTINGS = 120
CANDIDATES = 40
NEIGHBOURS = 12
WORDS_READ = 120
PLAIN = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "and",
        "in",
        "on",
        "for",
        "with",
        "by",
        "at",
        "as",
        "that",
        "this",
        "their",
        "our",
        "its",
        "his",
        "her",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "will",
        "would",
        "has",
        "have",
        "had",
        "from",
        "or",
        "it",
        "they",
        "we",
        "both",
        "two",
        "sides",
        "leaders",
        "ministers",
        "secretaries",
        "states",
        "also",
        "further",
        "continue",
        "which",
        "including",
        "through",
        "all",
        "any",
    ]
)


@lru_cache(maxsize=4096)
def _terms_of(passage: str) -> frozenset[str]:
    return terms(passage)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


_STEMMER = Stemmer("english")


def terms(passage: str) -> frozenset[str]:
    """The telling stems of a passage, governing verbs and function words left out."""
    skip = words("acts", "commit") | words("acts", "agree") | words("acts", "reaffirm")
    kept = (w for w in folds(passage)[:WORDS_READ] if w[0].isalnum() and w not in PLAIN and w not in skip)
    return frozenset(_stem(w) for w in kept)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A passage as it is compared: its stems, the length of their vector, topics, instruments and parties."""

    terms: frozenset[str]
    length: float
    topics: tuple[str, ...]
    instruments: frozenset[str]
    parties: frozenset[str]


class Index:
    """Passages with topics, instruments and parties, found again by likeness."""

    def __init__(self, entries: Sequence[tuple[str, Sequence[str], Sequence[str], Sequence[str]]]) -> None:
        """Each entry: its words, topics (primary first), instruments, parties."""
        read = [_terms_of(said) for said, *_ in entries]
        self._by_term: dict[str, list[int]] = {}
        self._by_topic: dict[str, list[int]] = {}
        for n, (found, (_, topics, _, _)) in enumerate(zip(read, entries, strict=True)):
            for term in found:
                self._by_term.setdefault(term, []).append(n)
            for topic in topics[:1]:
                self._by_topic.setdefault(topic, []).append(n)
        size = 1 + len(entries)
        self._square = {t: math.log(1.0 + size / (1 + len(held))) ** 2 for t, held in self._by_term.items()}
        self._new = math.log(1.0 + size) ** 2
        self._entries = [
            _Entry(found, self._length(found), tuple(topics), frozenset(instruments), frozenset(parties))
            for found, (_, topics, instruments, parties) in zip(read, entries, strict=True)
        ]

    def _length(self, found: frozenset[str]) -> float:
        """The length of a passage's vector: rare terms count for more."""
        return math.sqrt(sum(self._square.get(t, self._new) for t in found))

    def like(
        self,
        said: str,
        topics: Sequence[str],
        instruments: Iterable[str],
        parties: Iterable[str],
        reach: int = CANDIDATES,
    ) -> list[tuple[int, float]]:
        """The entries most like a passage, best first, with their scores;
        the work is bounded, however large the book.
        """
        found = _terms_of(said)
        mine = _Entry(found, self._length(found), tuple(topics), frozenset(instruments), frozenset(parties))
        votes: Counter[int] = Counter()
        for term in sorted(found, key=lambda t: (len(self._by_term.get(t, ())), t))[:RAREST]:
            votes.update(self._by_term.get(term, [])[-POSTINGS:])
        if topics:
            votes.update(self._by_topic.get(topics[0], [])[-POSTINGS:])
        best = [n for n, _ in votes.most_common(reach)]
        return sorted(((n, self._score(mine, self._entries[n])) for n in best), key=lambda item: (-item[1], item[0]))

    def _score(self, one: _Entry, two: _Entry) -> float:
        size = one.length * two.length
        wording = sum(self._square[t] for t in one.terms & two.terms) / size if size else 0.0
        either = set(one.topics) | set(two.topics)
        shared = len(set(one.topics) & set(two.topics)) / len(either) if either else 0.0
        about = (0.6 if one.topics[:1] == two.topics[:1] and one.topics else 0.0) + 0.4 * shared
        bound = one.parties | two.parties
        who = len(one.parties & two.parties) / len(bound) if bound else 0.0
        named = 0.1 if one.instruments & two.instruments else 0.0
        return min(1.0, 0.45 * wording + 0.35 * about + 0.2 * who + named)


@lru_cache(maxsize=4)
def _index_of(pledges: tuple[EarlierPledge, ...]) -> Index:
    return Index([(p.words, p.topics, p.instruments, p.pledgors or p.parties) for p in pledges])


def renewals_of(said: str, draft: DraftPledge, pledges: tuple[EarlierPledge, ...]) -> tuple[Renewal, ...]:
    """The likeliest earlier pledges for a draft, at most three; `said` are the draft's own words."""
    if not pledges or not draft.is_pledge:
        return ()
    found = _index_of(pledges).like(said, draft.topics, draft.instruments, draft.pledgors)
    return tuple(Renewal(pledges[n].id, round(score, 3)) for n, score in found[:MOST] if score >= LEAST)


def doubles_among(drafts: Sequence[DraftPledge], said: Sequence[str]) -> list[tuple[int, ...]]:
    """For each draft the numbers of the others of the text that probably say the same."""
    if len(drafts) < 2:
        return [()] * len(drafts)
    index = Index([(s, d.topics, d.instruments, d.pledgors) for s, d in zip(said, drafts, strict=True)])
    found: list[tuple[int, ...]] = []
    for n, (draft, words_said) in enumerate(zip(drafts, said, strict=True)):
        near = index.like(words_said, draft.topics, draft.instruments, draft.pledgors, NEIGHBOURS)[:8]
        same = [
            m
            for m, score in near
            if m != n
            and score >= DOUBLE
            and drafts[m].is_pledge == draft.is_pledge
            and drafts[m].topics[:1] == draft.topics[:1]
        ]
        found.append(tuple(sorted(drafts[m].number for m in same)[:3]))
    return found
