"""List items: read a list below a lead-in such as "WE COMMIT TO:" (codebook 3).

Each item is a pledge; the lead-in is none. An item that only notes or recalls is no pledge. An item with a governing
verb of its own (WELCOME, CALL ON) keeps the act of that verb.
"""

from dataclasses import dataclass

from app.drafting.rules.clauses import VerbClause, trimmed_end
from app.drafting.rules.complements import object_of, undertaken
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subject_assignment import GoverningVerb
from app.drafting.rules.subjects import Subject, is_adverb
from app.drafting.rules.verb_forms import doing, verb_forms
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import PLEDGE_ACTS, POSITION_ACTS, Act

COMMIT = word_set("acts", "commit")
AGREE = word_set("acts", "agree")
FUTURE = word_set("grammar", "plain_future_modals")
NOTING = word_set("clauses", "noting_items")
UNDERTAKEN_POSITIONS = word_set("clauses", "undertaken_positions")
ITEM_OPENERS = word_set("clauses", "item_openers")
LEAD_IN_REACH = 4


@dataclass(frozen=True, slots=True)
class LeadIn:
    """The act, the cue and the subject that a lead-in gives to its items."""

    act: Act
    cue: str
    subject: Subject

    def goes_on(self, view: SentenceView) -> bool:
        """True if a sentence belongs to the list: an item, a heading between items, or a line with a bare verb."""
        if view.sentence.block.kind in ("item", "heading"):
            return True
        return _first_verb(view) is not None and view.words[0].text.isupper()


def lead_in_of(view: SentenceView, verbs: list[GoverningVerb]) -> LeadIn | None:
    """The lead-in that a sentence is, if it ends with a colon right after a verb of undertaking ("we will:")."""
    last = len(view) - 1
    if last < 1 or view.key(last) != ":":
        return None
    for verb in reversed(verbs):
        reading, act = verb.reading, verb.act
        is_near = reading.form == "list" or last - reading.complement <= LEAD_IN_REACH
        if isinstance(act, Act) and act in PLEDGE_ACTS and is_near:
            return LeadIn(act, reading.cue, verb.subject)
        if view.keys[verb.index] in FUTURE and last - verb.index <= LEAD_IN_REACH and verb.subject.binds:
            return LeadIn(Act.commit, "will", verb.subject)
    key = view.key(last - 1)
    form = verb_forms().get(key) or verb_forms().get(view.key(last - 2))
    if key == "to" and form and form.lemma in COMMIT | AGREE:
        act = Act.agree if form.lemma in AGREE else Act.commit
        return LeadIn(act, form.lemma, Subject("party", 0, everyone=True))
    return None


def _first_verb(view: SentenceView) -> int | None:
    """The index of the bare verb or gerund that opens an item, adverbs skipped."""
    i = 0
    while i < len(view) and (is_adverb(view, i) or view.key(i) in ITEM_OPENERS):
        i += 1
    form = verb_forms().get(view.key(i))
    return i if view.key(i) in doing() or (form and (form.base or form.ing)) else None


def item_clauses(view: SentenceView, lead_in: LeadIn) -> list[VerbClause] | None:
    """The clause of one item; an empty list if it only notes; None if the sentence must be read as running text."""
    if view.sentence.block.kind == "heading":
        return []
    index = _first_verb(view)
    if index is None or view.sentence.index > 0:
        return None
    act = _item_act(view, index, lead_in)
    if act is None:
        return []
    reading = VerbReading(act, f"{lead_in.cue} … {view.words[index].text}", index, index, "list")
    verb = GoverningVerb(index, 0, reading, lead_in.subject)
    return [VerbClause(verb, act, index if index < 3 else 0, trimmed_end(view, index + 1, len(view)), index)]


def _item_act(view: SentenceView, index: int, lead_in: LeadIn) -> Act | None:
    """The act of an item by its verb, or None if it only notes."""
    form = verb_forms().get(view.key(index))
    lemma = form.lemma if form else view.key(index)
    if lemma in NOTING:
        thing = object_of(view, index) if lemma == "reaffirm" else None
        is_commitment = thing is not None and thing.kind == "commitment" and undertaken(view, thing.complement)
        return Act.reaffirm if is_commitment else None
    if lemma not in UNDERTAKEN_POSITIONS:
        for act in POSITION_ACTS:
            if lemma in word_set("acts", act):
                return act
    return lead_in.act
