"""Similarity: find the earlier pledges that a draft may renew, and duplicates within one text (codebook 8).

The score of 0 to 1 comes from topics, parties and wording; rare words weigh more. Candidates come from an index by stem
and topic, so that the cost does not grow with the book.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from Stemmer import Stemmer

from app.drafting.rules.draft_model import DraftPledge, EarlierPledge, Renewal
from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.tokenizer import folds

MOST = 3
LEAST = 0.3
DUPLICATE = 0.62
RAREST = 8
POSTINGS = 120
CANDIDATES = 40
NEIGHBOURS = 12
WORDS_READ = 120
STOP_WORDS = (
    word_set("similarity", "stop_words")
    | folded_words("acts", "commit")
    | folded_words("acts", "agree")
    | folded_words("acts", "reaffirm")
)
_STEMMER = Stemmer("english")


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=4096)
def _terms_of(passage: str) -> frozenset[str]:
    """The stems of a passage without function words and governing verbs."""
    words = folds(passage)[:WORDS_READ]
    return frozenset(_stem(word) for word in words if word[0].isalnum() and word not in STOP_WORDS)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A passage as it is compared: its stems, the length of their vector, topics, instruments and parties."""

    terms: frozenset[str]
    length: float
    topics: tuple[str, ...]
    instruments: frozenset[str]
    parties: frozenset[str]


class SimilarityIndex:
    """An index of passages by stem and topic, searched by similarity."""

    def __init__(self, entries: Sequence[tuple[str, Sequence[str], Sequence[str], Sequence[str]]]) -> None:
        """Each entry is its words, topics (primary first), instruments and parties."""
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
        """The length of the vector of a passage; rare stems weigh more."""
        return math.sqrt(sum(self._square.get(t, self._new) for t in found))

    def similar(
        self,
        said: str,
        topics: Sequence[str],
        instruments: Iterable[str],
        parties: Iterable[str],
        reach: int = CANDIDATES,
    ) -> list[tuple[int, float]]:
        """The indices and scores of the most similar entries, best first. At most `reach` entries are compared."""
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
def _index_of(pledges: tuple[EarlierPledge, ...]) -> SimilarityIndex:
    return SimilarityIndex([(p.words, p.topics, p.instruments, p.pledgors or p.parties) for p in pledges])


def renewals_of(said: str, draft: DraftPledge, pledges: tuple[EarlierPledge, ...]) -> tuple[Renewal, ...]:
    """The most likely earlier pledges for a draft, at most three. `said` is the cited text of the draft."""
    if not pledges or not draft.is_pledge:
        return ()
    found = _index_of(pledges).similar(said, draft.topics, draft.instruments, draft.pledgors)
    return tuple(Renewal(pledges[n].id, round(score, 3)) for n, score in found[:MOST] if score >= LEAST)


def duplicates_among(drafts: Sequence[DraftPledge], said: Sequence[str]) -> list[tuple[int, ...]]:
    """For each draft, the numbers of up to three drafts of the same text that may be duplicates."""
    if len(drafts) < 2:
        return [()] * len(drafts)
    index = SimilarityIndex([(s, d.topics, d.instruments, d.pledgors) for s, d in zip(said, drafts, strict=True)])
    found: list[tuple[int, ...]] = []
    for n, (draft, words_said) in enumerate(zip(drafts, said, strict=True)):
        near = index.similar(words_said, draft.topics, draft.instruments, draft.pledgors, NEIGHBOURS)[:8]
        same = [
            m
            for m, score in near
            if m != n
            and score >= DUPLICATE
            and drafts[m].is_pledge == draft.is_pledge
            and drafts[m].topics[:1] == draft.topics[:1]
        ]
        found.append(tuple(sorted(drafts[m].number for m in same)[:3]))
    return found
