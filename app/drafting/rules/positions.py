"""Support, condemnation and urging (codebook 1): positions, which never carry a pledge."""

from app.drafting.rules.complements import after
from app.drafting.rules.lexicon import Form, load
from app.drafting.rules.sentence_view import View
from app.drafting.rules.verb_reading import Reading


def read_position(view: View, i: int, form: Form) -> Reading | None:
    """Support, condemnation and urging; "support" and "call" must be verbs here, not nouns."""
    acts = load("acts")
    j = after(view, i + 1)
    if form.lemma == "look" or (form.lemma == "call" and view.key(j) not in ("on", "upon", "for")):
        return None
    if (form.lemma == "object" and view.key(j) != "to") or (form.lemma == "ask" and "to" not in view.keys[j : j + 12]):
        return None
    for act in ("urge", "condemn", "support"):
        if form.lemma in acts[act]:
            return Reading(act, view.words[i].text, i + 1, i + 1)
    return None
