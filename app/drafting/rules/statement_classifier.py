"""Statement classifier: decide whether a text is a statement between parties.

Administrative news has no pledges, whatever its verbs (codebook 1).
"""

from collections.abc import Iterable

from app.drafting.rules.entities import Entities, Mention
from app.drafting.rules.lexicon import phrases
from app.drafting.rules.lexicon_files import party_designations, word_set
from app.drafting.rules.sentences import Sentence

FIRST_PERSON = word_set("grammar", "first_person")
JOINT = phrases("boilerplate", "joint")
ADMINISTRATIVE = phrases("boilerplate", "administrative")
ENOUGH = 3
WORDS_PER_ADMINISTRATIVE = 150


def is_statement(
    entities: Entities, sentences: Iterable[Sentence], mentions: Iterable[list[Mention]], *, hinted: bool = False
) -> bool:
    """True if words of a joint voice outweigh words of an administration.

    A joint voice is "both sides", "the leaders", "we", or two or more parties. `hinted` is true if the caller named
    the parties.
    """
    joint = administrative = total = first_person = 0
    for sentence in sentences:
        total += len(sentence.folds)
        joint += len(JOINT.all_in(sentence.folds))
        administrative += len(ADMINISTRATIVE.all_in(sentence.folds))
        first_person += sum(1 for key in sentence.folds if key in FIRST_PERSON)
    parties = entities.parties
    voice = joint + first_person
    several = len(parties) > 1 or not party_designations("organisations").keys().isdisjoint(parties)
    if hinted and several and administrative <= ENOUGH + voice:
        return True
    if len(parties) < 2 and not joint and first_person < ENOUGH:
        named = {code for found in mentions for m in found if m.kind != "capital" for code in m.codes}
        return len(parties) == 1 and len(named) > 1 and administrative < ENOUGH
    if joint >= ENOUGH or (len(parties) >= 2 and voice > administrative):
        return administrative <= 2 * voice + ENOUGH
    return administrative <= max(1, total // WORDS_PER_ADMINISTRATIVE) or voice > administrative
