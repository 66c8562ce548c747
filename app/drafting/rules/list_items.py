"""Lists under a lead-in (codebook 3): "WE COMMIT TO: 1. EXPAND …" makes each item a pledge, the lead-in none.

Items that only note or recall are none either; an item with a governing verb of its own (WELCOME, CALL ON) keeps it.
"""

from dataclasses import dataclass

from app.drafting.rules.clauses import Clause, trimmed
from app.drafting.rules.complements import object_of, undertaken
from app.drafting.rules.draft_model import Act
from app.drafting.rules.lexicon import doing, load, verb_forms
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subject_assignment import Head
from app.drafting.rules.subjects import Subject, is_adverb
from app.drafting.rules.verb_reading import Reading

NOTING = frozenset(
    ["note", "notes", "recall", "recognize", "acknowledge", "take", "recalling", "noting", "recognizing", "reaffirm"]
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A lead-in: what its items are, and whose."""

    act: Act
    cue: str
    subject: Subject

    def holds(self, view: View) -> bool:
        """Whether the list goes on: items, headings between them, or lines that begin with a bare verb."""
        block = view.sentence.block
        return block.kind in ("item", "heading") or (_first_verb(view) is not None and view.words[0].text.isupper())


def frame_after(view: View, heads: list[Head]) -> Frame | None:
    """The frame that a sentence opens if it ends with a colon right after a verb of undertaking ("we will:")."""
    last = len(view) - 1
    if last < 1 or view.key(last) != ":":
        return None
    for head in reversed(heads):
        reading = head.reading
        if reading.act in ("commit", "agree", "reaffirm") and (
            reading.form == "list" or last - reading.complement <= 4
        ):
            return Frame(reading.act, reading.cue, head.subject)
        if view.keys[head.verb] in ("will", "shall") and last - head.verb <= 4 and head.subject.binds:
            return Frame("commit", "will", head.subject)
    key = view.key(last - 1)
    form = verb_forms().get(key) or verb_forms().get(view.key(last - 2))
    if key == "to" and form and form.lemma in load("acts")["commit"] + load("acts")["agree"]:
        return Frame(
            "agree" if form.lemma in load("acts")["agree"] else "commit", form.lemma, Subject("party", 0, everyone=True)
        )
    return None


def _first_verb(view: View) -> int | None:
    """The bare verb or gerund that opens an item, adverbs passed."""
    i = 0
    while i < len(view) and (is_adverb(view, i) or view.key(i) in ("to", "further")):
        i += 1
    form = verb_forms().get(view.key(i))
    if view.key(i) in doing() or (form and (form.base or form.ing)):
        return i
    return None


def item_clauses(view: View, frame: Frame) -> list[Clause] | None:
    """The clause of one item, none for what only notes; None if the sentence is to be read as running text."""
    if view.sentence.block.kind == "heading":
        return []
    verb = _first_verb(view)
    if verb is None or view.sentence.index > 0:
        return None
    form = verb_forms().get(view.key(verb))
    lemma = form.lemma if form else view.key(verb)
    act: Act = frame.act
    acts = load("acts")
    if lemma in NOTING:
        thing = object_of(view, verb)
        if lemma != "reaffirm" or thing is None or thing.kind != "commitment" or not undertaken(view, thing.complement):
            return []
        act = "reaffirm"
    positions: tuple[Act, ...] = ("condemn", "urge", "support")
    for position in positions:
        if lemma in acts[position] and lemma not in (
            "support",
            "encourage",
            "press",
            "invite",
            "oppose",
            "reject",
            "celebrate",
        ):
            act = position
    end = trimmed(view, verb + 1, len(view))
    reading = Reading(act, f"{frame.cue} … {view.words[verb].text}", verb, verb, "list")
    head = Head(verb, 0, reading, frame.subject)
    return [Clause(head, verb if verb < 3 else 0, end, verb)]
