"""Modal verbs and copulas: read "will", "must" and "remain committed to" (codebook 1)."""

from app.drafting.rules.complements import after, object_of, undertaken
from app.drafting.rules.draft_model import DESCRIBE
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.nominal_pledges import read_object
from app.drafting.rules.positions import read_position
from app.drafting.rules.predicates import is_answer, is_by_others, is_event_held, is_fate
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import Subject, is_adverb
from app.drafting.rules.verb_forms import verb_forms
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import PLEDGE_ACTS, Act

COMMITTED = folded_words("acts", "committed_adjectives")
STEADFAST = folded_words("acts", "steadfast_adjectives")
CONCERNED = folded_words("acts", "concerned_adjectives")
STANDING = phrases("acts", "standing_adjectives")
STANDING_COPULAS = word_set("grammar", "standing_copulas")
STEADFAST_PREPOSITIONS = word_set("complements", "steadfast_prepositions")
RESTATING_PARTICIPLES = word_set("complements", "restating_participles")
PREPOSITION_REACH = 5


def read_future(view: SentenceView, i: int, subject: Subject, governor: VerbReading | None) -> VerbReading | None:
    """ "will" is a pledge if its subject is a party, its ministries or a body that the parties run.

    An attack that "will be met with" an answer is a pledge too. "would" is one only below a verb of undertaking.
    """
    plain = VerbReading(DESCRIBE, view.words[i].text, i + 1, i + 1)
    if view.keys[i] == "would" and (governor is None or governor.governs not in PLEDGE_ACTS):
        return VerbReading(DESCRIBE, "would", i + 1, i + 1)
    act = governor.governs if governor and governor.governs else Act.commit
    verb = after(view, i + 1)
    cue = view.text_of(i, verb + 1)
    if subject.kind == "threat":
        return VerbReading(Act.reaffirm, cue, i + 1, i + 1, "noun", certainty=0.85) if is_answer(view, i + 1) else plain
    if subject.binds and not is_fate(view, verb):
        return VerbReading(act, cue, i + 1, i + 1, "to")
    if _is_done_by_parties(view, verb, subject, act, is_governed=governor is not None):
        return VerbReading(act, view.text_of(i, verb + 2), i + 1, i + 1, "to", certainty=0.75)
    return plain


def _is_done_by_parties(view: SentenceView, verb: int, subject: Subject, act: Act, *, is_governed: bool) -> bool:
    """True for a passive whose agent is the parties: "the talks will be held", "agreed that X would be set up"."""
    is_thing = subject.kind in ("event", "body", "other", "statement")
    if is_thing and is_event_held(view, verb, subject):
        return True
    is_kept = view.key(verb) == "remain" and view.key(verb + 1).endswith("ed") and is_governed
    is_agreed = view.key(verb) == "be" and act is Act.agree and (is_thing or subject.kind == "outsider")
    return (is_agreed or (is_kept and subject.kind == "other")) and not is_by_others(view, verb)


def read_obligation(view: SentenceView, i: int, subject: Subject) -> VerbReading | None:
    """ "X must withdraw", "X should refrain" urge others. Of the parties themselves they only describe."""
    if subject.kind != "outsider" or view.key(subject.start - 1) == "that":
        return None
    return VerbReading(Act.urge, view.words[i].text, i + 1, i + 1, certainty=0.7)


def read_copula(view: SentenceView, i: int, subject: Subject) -> VerbReading | None:
    """ "remain committed to", "are united in their determination to"; a commitment that "is ironclad"."""
    j = i + 1
    while j < len(view) and (is_adverb(view, j) or view.hidden[j]):
        j += 1
    key = view.key(j)
    if subject.kind == "commitment":
        return _read_standing(view, i, j, subject)
    if key in CONCERNED and subject.binds and view.keys[i] not in STANDING_COPULAS:
        return VerbReading(Act.condemn, view.text_of(i, j + 1), j + 1, j + 1)
    if not subject.binds:
        describes = subject.kind in ("threat", "event", "statement")
        return VerbReading(DESCRIBE, view.words[i].text, i + 1, i + 1) if describes else None
    if key in STEADFAST and view.key(j + 1) in ("and", ",") and view.key(j + 2) in COMMITTED:
        j, key = j + 2, view.key(j + 2)
    if key in COMMITTED:
        reading = _read_committed(view, i, j)
        if reading:
            return reading
    elif key in STEADFAST:
        at = next((k for k in range(j + 1, j + 1 + PREPOSITION_REACH) if view.key(k) in STEADFAST_PREPOSITIONS), None)
        if at is not None:
            return _read_steadfast(view, i, at)
    return VerbReading(DESCRIBE, view.text_of(i, j + 1), i + 1, i + 1)


def _read_committed(view: SentenceView, i: int, j: int) -> VerbReading | None:
    """ "remain committed that we will", "are determined to expand"; `j` is the adjective."""
    if view.key(j + 1) == "that":
        cue = view.text_of(i, j + 2)
        return VerbReading(DESCRIBE, cue, j + 2, j + 2, governs=Act.reaffirm, is_that=True)
    found = undertaken(view, j + 1)
    if not found:
        return None
    at = found[0] + 1
    return VerbReading(Act.reaffirm, view.text_of(i, at), at, at, found[1])


def _read_steadfast(view: SentenceView, i: int, at: int) -> VerbReading | None:
    """ "united in their determination to", "firm in condemning"; `at` is the preposition."""
    verb = after(view, at + 1)
    shared = verb_forms().get(view.key(verb))
    if shared and shared.ing:
        return read_position(view, verb, shared)
    thing = object_of(view, at)
    if thing is None:
        return VerbReading(DESCRIBE, view.text_of(i, at), i + 1, i + 1)
    if thing.kind == "purpose" and view.key(thing.noun) != "pursuit":
        return None
    return read_object(view, i, thing, Act.reaffirm)


def _read_standing(view: SentenceView, i: int, j: int, subject: Subject) -> VerbReading | None:
    """ "our commitment to … is ironclad", "… was reaffirmed": what is undertaken stands before the verb."""
    is_standing = j < len(view) and STANDING.at(view.keys, j) is not None
    if not is_standing and view.key(j) not in RESTATING_PARTICIPLES:
        return None
    return VerbReading(Act.reaffirm, view.text_of(i, j + 1), j + 1, subject.start, "noun", certainty=0.75)
