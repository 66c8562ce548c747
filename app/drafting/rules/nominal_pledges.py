"""Nominal pledges: read pledges that a noun carries: "reaffirm our commitment to", "with plans to hold"."""

from app.drafting.rules.complements import ComplementForm, ObjectNoun, after, is_deed, object_of, undertaken
from app.drafting.rules.draft_model import DESCRIBE
from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import Act

MEASURE_NOUNS = folded_words("acts", "measure_nouns")
FIRM_NOUNS = folded_words("acts", "firm_nouns")
POSSESSIVES = word_set("grammar", "possessives")
WEAK_PURPOSES = word_set("complements", "weak_purposes")
PLAN_NOUNS = word_set("complements", "plan_nouns")
PURPOSES_AFTER_WITH = word_set("complements", "purposes_after_with")
COMMITMENTS_AFTER_INCLUDING = word_set("complements", "commitments_after_including")
SECOND_OBJECT_JOINERS = word_set("complements", "second_object_joiners")
POSSESSIVE_REACH = 4
NOUN_REACH = 6


def read_object(view: SentenceView, i: int, thing: ObjectNoun, act: Act) -> VerbReading:
    """The reading of a reaffirming or announcing verb at `i` with this noun as its object."""
    found = undertaken(view, thing.complement)
    cue = view.text_of(i, thing.complement)
    own = _own_act(thing, act, found)
    plain = VerbReading(DESCRIBE, cue, i + 1, i + 1, governs=act)
    if thing.kind == "commitment":
        at = thing.complement + 1
        if view.key(thing.complement) == "that":
            return VerbReading(own, cue + " that", at, at, owners=thing.possessors)
        if found:
            return VerbReading(own, cue, found[0] + 1, found[0] + 1, found[1], owners=thing.possessors)
    elif thing.kind == "purpose":
        return _read_purpose(view, thing, own, cue, found) or plain
    elif isinstance(thing.kind, Act):
        return VerbReading(thing.kind, cue, thing.complement, thing.complement, owners=thing.possessors)
    return plain


def _own_act(thing: ObjectNoun, act: Act, found: tuple[int, ComplementForm] | None) -> Act:
    """A commitment with an infinitive is new if it is announced. Every other commitment is a restated one."""
    if act is Act.commit and found and found[1] == "to":
        return Act.commit
    return Act.reaffirm if act is Act.reaffirm or thing.kind == "commitment" else Act.commit


def _read_purpose(
    view: SentenceView, thing: ObjectNoun, act: Act, cue: str, found: tuple[int, ComplementForm] | None
) -> VerbReading | None:
    """A goal, plan or measure is a pledge where the parties' own action follows. All but firm ones are arguable."""
    noun, end = view.key(thing.noun), thing.complement
    if (noun in MEASURE_NOUNS and act is not Act.reaffirm) or noun in WEAK_PURPOSES:
        return None
    firm = noun in FIRM_NOUNS or (noun in PLAN_NOUNS and act is Act.commit)
    reason = None if firm else f"restates {noun} of the parties' own"
    if found and found[1] in ("to", "ing") and view.key(end) == "to":
        at = found[0] + 1
        return VerbReading(act, cue, at, at, "to", reason, owners=thing.possessors, certainty=0.7)
    own_deed = is_deed(view, end + 1) and view.key(after(view, end + 1)) != "achieving"
    if view.key(end) == "of" and (noun == "pursuit" or own_deed):
        return VerbReading(act, cue, end + 1, end + 1, "noun", reason, owners=thing.possessors, certainty=0.7)
    return None


def read_second_object(view: SentenceView, i: int) -> VerbReading | None:
    """The second object of a restating verb: "expressed their gratitude …, and *their resolve to* …"."""
    low = max(0, i - POSSESSIVE_REACH)
    own = next((k for k in range(i - 1, low - 1, -1) if view.key(k) in POSSESSIVES), None)
    if own is None or view.key(own - 1) not in SECOND_OBJECT_JOINERS or view.key(i + 1) != "to":
        return None
    found = undertaken(view, i + 1)
    if not found:
        return None
    at = found[0] + 1
    return VerbReading(Act.reaffirm, view.text_of(own, at), at, at, found[1], nominal=True, certainty=0.75)


def read_after_with(view: SentenceView, i: int) -> VerbReading | None:
    """A pledge that "with" or "including" joins: "with a commitment to …", "with plans to hold …"."""
    thing = object_of(view, i)
    if thing is None or thing.kind not in ("commitment", "purpose") or thing.noun - i > NOUN_REACH:
        return None
    noun = view.key(thing.noun)
    if thing.kind == "purpose" and noun not in PURPOSES_AFTER_WITH:
        return None
    if view.keys[i] == "including" and noun not in COMMITMENTS_AFTER_INCLUDING:
        return None
    found = undertaken(view, thing.complement) if view.key(thing.complement) == "to" else None
    if not found:
        return None
    at, cue = found[0] + 1, view.text_of(i, found[0] + 1)
    return VerbReading(Act.commit, cue, at, at, found[1], nominal=True, owners=thing.possessors, certainty=0.7)
