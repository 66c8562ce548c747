"""Relevance: compute how well a record matches a search query.

The score depends only on the record's document, so SQLite and PostgreSQL give the same order. It is the sum over the
clauses of the query. A clause scores 4 if it matches the record's own words. In addition, it scores 3 if it names the
record's first topic, or 2 if it names another topic, a party, an instrument or a person of the record. If it matches
only by the meeting of a pledge or the parent of a topic, it scores 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.schemas.vocabulary import Entity
from app.search.analyser import Clause, is_match, record_token, words

_WORDS, _FIRST_TOPIC, _NAMED, _INHERITED = 4, 3, 2, 1


def pledge_score(clauses: Sequence[Clause], pledge: Mapping[str, Any]) -> int:
    """The score of a pledge that matches every clause."""
    named = {
        Entity.topic: pledge["topics"][1:],
        Entity.party: [*pledge["pledgors"], *pledge["towards"], *pledge["about"]],
        Entity.instrument: pledge["instruments"],
        Entity.participant: pledge["speakers"],
    }
    weights = {record_token(entity, id): _NAMED for entity, ids in named.items() for id in ids}
    weights[record_token(Entity.topic, pledge["topics"][0])] = _FIRST_TOPIC
    return _score(clauses, [pledge["summary"], *pledge["formula"]], weights)


def meeting_score(clauses: Sequence[Clause], meeting: Mapping[str, Any]) -> int:
    """The score of a meeting that, together with its pledges, matches every clause."""
    people = [record_token(Entity.participant, attendance["participant"]) for attendance in meeting["participants"]]
    parties = [record_token(Entity.party, party) for party in meeting["parties"]]
    texts = [meeting[name] for name in ("title", "city", "venue") if meeting[name]]
    return _score(clauses, texts, dict.fromkeys([*people, *parties], _NAMED))


def _score(clauses: Sequence[Clause], texts: Iterable[str], weights: Mapping[str, int]) -> int:
    fields = [list(words(text)) for text in texts]
    total = 0
    for clause in clauses:
        if not clause.is_not:
            has_words = any(is_match(clause.words, field) for field in fields)
            named = max((weights.get(token, 0) for token in clause.record_tokens), default=0)
            total += (_WORDS if has_words else 0) + (named or (0 if has_words else _INHERITED))
    return total
