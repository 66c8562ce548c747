"""Whether a text is a statement between parties at all:
administrative news has no pledges, whatever its verbs (codebook 1).
"""

from collections.abc import Iterable

from app.drafting.rules.entities import Cast, Mention
from app.drafting.rules.lexicon import load, phrases
from app.drafting.rules.sentences import Sentence

SURE = 3


def is_statement(
    cast: Cast, sentences: Iterable[Sentence], mentions: Iterable[list[Mention]], *, hinted: bool = False
) -> bool:
    """Weighs a joint voice ("both sides", "the leaders", two or more parties) against the words of an
    administration.
    """
    joint = administrative = total = 0
    first_person = 0
    for sentence in sentences:
        total += len(sentence.folds)
        joint += len(phrases("boilerplate", "joint").all_in(sentence.folds))
        administrative += len(phrases("boilerplate", "administrative").all_in(sentence.folds))
        first_person += sum(1 for k in sentence.folds if k in ("we", "our"))
    several = len(cast.parties) > 1 or any(p in load("organisations") for p in cast.parties)
    if hinted and several and administrative <= SURE + joint + first_person:
        return True
    named = {c for found in mentions for m in found if m.kind != "capital" for c in m.codes}
    if len(cast.parties) < 2 and not joint and first_person < SURE:
        return len(cast.parties) == 1 and len(named) > 1 and administrative < SURE
    if joint >= SURE or (len(cast.parties) >= 2 and joint + first_person > administrative):
        return administrative <= 2 * (joint + first_person) + SURE
    return administrative <= max(1, total // 150) or joint + first_person > administrative
