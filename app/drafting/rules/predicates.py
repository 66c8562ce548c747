"""Predicates: tell an answer to an attack, an event that the parties hold, a fate and a founding from other verbs."""

from app.drafting.rules.complements import after
from app.drafting.rules.dates import date_at
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import Subject
from app.drafting.rules.verb_forms import VerbForm, verb_forms

FATES = folded_words("acts", "will_fates")
ANSWERS = phrases("acts", "answers")
ANSWER_WORDS = folded_words("acts", "answer_nouns") | word_set("complements", "answer_adjectives")
FOUNDING_ACTS = word_set("acts", "founding_acts")
CONDUCT_ADJECTIVES = folded_words("grammar", "be_good")
HELD = folded_words("grammar", "held")
FOUNDED = folded_words("grammar", "founded")
HAVE = word_set("grammar", "have_forms")
CONVENING = word_set("complements", "convening_verbs")
FOUNDED_DETERMINERS = word_set("complements", "founded_determiners")
NAMED_THINGS = phrases("specifics", "named")
ANSWER_REACH = 16
SUBJECT_REACH = 12
AGENT_REACH = 8


def is_fate(view: SentenceView, verb: int) -> bool:
    """True if what follows "will" happens to the subject: "will face", "will be able to"."""
    key = view.key(verb)
    if key != "be":
        return key in FATES or key == "have"
    following = view.key(after(view, verb + 1))
    form = verb_forms().get(following)
    is_passive = (form and form.participle) or following.endswith("ed")
    return not is_passive and following not in CONDUCT_ADJECTIVES and not following.endswith("ing")


def is_answer(view: SentenceView, start: int) -> bool:
    """True for the answer of a deterrent threat: "be met with a … response", "result in the end of the regime"."""
    limit = min(len(view), start + ANSWER_REACH)
    return bool(ANSWERS.all_in(view.keys, start, limit)) and not ANSWER_WORDS.isdisjoint(view.keys[start:limit])


def is_event_held(view: SentenceView, verb: int, subject: Subject) -> bool:
    """True if the parties hold or found the subject: "will be held", "will take place", not "set up by the Council"."""
    key, following = view.key(verb), view.key(after(view, verb + 1))
    is_event = subject.kind in ("event", "body")
    if (key == "take" and following == "place") or key in CONVENING:
        return is_event
    if key != "be" or is_by_others(view, verb):
        return False
    return following in HELD if is_event else following in FOUNDED and _is_ours_to_found(view, subject)


def is_by_others(view: SentenceView, verb: int) -> bool:
    """True if the agent of a passive is no party of the meeting: "set up by the Council", not "set up by June"."""
    end = after(view, verb + 1)
    by = next((k for k in range(end + 1, min(len(view), end + 4)) if view.key(k) == "by"), 0)
    if not by or date_at(view, by + 1, None):
        return False
    agents = view.mentions_in(by, min(len(view), by + AGENT_REACH))
    return not any(view.entities.is_ours(code) for mention in agents for code in mention.codes)


def _is_ours_to_found(view: SentenceView, subject: Subject) -> bool:
    start = subject.start
    if start < len(view) and view.words[start].text.isupper() and len(view.words[start].text) > 2:
        return True  # a series of meetings by its abbreviation
    return bool(NAMED_THINGS.all_in(view.keys, start, min(len(view), start + SUBJECT_REACH)))


def founded_by(view: SentenceView, i: int, form: VerbForm) -> bool:
    """True if the verb at `i` founds its object by saying so: "we establish a …", not "we have established"."""
    if form.lemma not in FOUNDING_ACTS or form.ing:
        return False
    if not HAVE.isdisjoint(view.keys[max(0, i - 3) : i]):
        return False
    j = after(view, i + 1)
    return j < len(view) and (view.key(j) in FOUNDED_DETERMINERS or view.is_upper(j))
