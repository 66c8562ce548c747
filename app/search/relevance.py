"""Relevance: how well a record answers a question, from its document alone, so that both engines rank alike.

Each clause counts for itself: four if the record's own words meet it; and three if it names the first topic, two if
another topic, a party, an instrument or a person of the record, one if only its meeting or its topic's parent has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.schemas.vocabulary import Entity
from app.search.analyser import Clause, is_met, thing, words

_WORDS, _FIRST, _NAMED, _LENT = 4, 3, 2, 1


def pledge_score(clauses: Sequence[Clause], pledge: Mapping[str, Any]) -> int:
    """The score of a pledge that meets every clause."""
    named = {
        Entity.topic: pledge["topics"][1:],
        Entity.party: [*pledge["pledgors"], *pledge["towards"], *pledge["about"]],
        Entity.instrument: pledge["instruments"],
        Entity.participant: pledge["speakers"],
    }
    weights = {thing(entity, id): _NAMED for entity, ids in named.items() for id in ids}
    weights[thing(Entity.topic, pledge["topics"][0])] = _FIRST
    return _score(clauses, [pledge["summary"], *pledge["formula"]], weights)


def meeting_score(clauses: Sequence[Clause], meeting: Mapping[str, Any]) -> int:
    """The score of a meeting that, with its pledges, meets every clause."""
    people = [thing(Entity.participant, attendance["participant"]) for attendance in meeting["participants"]]
    parties = [thing(Entity.party, party) for party in meeting["parties"]]
    texts = [meeting[name] for name in ("title", "city", "venue") if meeting[name]]
    return _score(clauses, texts, dict.fromkeys([*people, *parties], _NAMED))


def _score(clauses: Sequence[Clause], texts: Iterable[str], weights: Mapping[str, int]) -> int:
    fields = [list(words(text)) for text in texts]
    total = 0
    for clause in clauses:
        if not clause.is_not:
            is_said = any(is_met(clause.words, field) for field in fields)
            best = max((weights.get(token, 0) for token in clause.things), default=0)
            total += (_WORDS if is_said else 0) + (best or (0 if is_said else _LENT))
    return total
