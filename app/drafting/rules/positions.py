"""Positions: read verbs of support, condemnation and urging, which never carry a pledge (codebook 1)."""

from app.drafting.rules.complements import after
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.verb_forms import VerbForm
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import Act

URGING_PREPOSITIONS = word_set("complements", "urging_prepositions")
REQUEST_REACH = 12


def read_position(view: SentenceView, i: int, form: VerbForm) -> VerbReading | None:
    """The position that the verb at `i` takes, or None. "call", "object" and "ask" need their complement."""
    lemma = form.lemma
    j = after(view, i + 1)
    if lemma == "look" or (lemma == "call" and view.key(j) not in URGING_PREPOSITIONS):
        return None
    if (lemma == "object" and view.key(j) != "to") or (lemma == "ask" and "to" not in view.keys[j : j + REQUEST_REACH]):
        return None
    for act in (Act.urge, Act.condemn, Act.support):
        if lemma in word_set("acts", act):
            return VerbReading(act, view.words[i].text, i + 1, i + 1)
    return None
