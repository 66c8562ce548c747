"""Speech acts: read a governing verb, with its subject and its complement, by the tables of the codebook (1 and 2).

Each rule takes the index of a verb and returns a `VerbReading`, or None if it does not apply. `read_verb` tries the
rules in order.
"""

from app.drafting.rules.complements import REFLEXIVES, after, is_deed, object_of, undertaken
from app.drafting.rules.draft_model import DESCRIBE
from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.modal_verbs import read_copula, read_future, read_obligation
from app.drafting.rules.nominal_pledges import read_after_with, read_object
from app.drafting.rules.positions import read_position
from app.drafting.rules.predicates import founded_by
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import Subject
from app.drafting.rules.verb_forms import VerbForm
from app.drafting.rules.verb_reading import VerbReading, that_after
from app.schemas.vocabulary import Act

COMMIT = word_set("acts", "commit")
AGREE = word_set("acts", "agree")
REAFFIRM = word_set("acts", "reaffirm")
ANNOUNCE = word_set("acts", "announce")
SUPPORT = word_set("acts", "support")
DESCRIBING = word_set("acts", "describe") | REAFFIRM | ANNOUNCE
DIRECTIVES = word_set("acts", "directives")
PASSIVE_FATES = word_set("acts", "passive_fates")
CONCERNED = folded_words("acts", "concerned_adjectives")
OWN_WORDS = folded_words("acts", "own_words")
OWN_ORGANS = folded_words("acts", "own_organs")
NOMINAL_OPENERS = word_set("clauses", "nominal_openers")
FUTURE = word_set("grammar", "future_modals")
OBLIGATION = word_set("grammar", "obligation_modals")
COPULAS = word_set("grammar", "copulas")
NOUN_PLEDGING = word_set("complements", "noun_pledging_verbs")
NO_NOUN_PLEDGED = word_set("complements", "no_noun_pledged")
TENTATIVE_PLEDGES = word_set("complements", "tentative_pledges")
TENTATIVE_AGREEMENTS = word_set("complements", "tentative_agreements")
NO_AGREEMENT = word_set("complements", "no_agreement")
AGREEMENT_TOPICS = word_set("complements", "agreement_topics")
URGING_PREPOSITIONS = word_set("complements", "urging_prepositions")
DIRECTIVE_ENDS = word_set("complements", "directive_ends")
MILD_DIRECTIVES = word_set("complements", "mild_directives")
REPORTING = word_set("complements", "reporting_verbs")
CONVEYING = word_set("complements", "conveying_verbs")
LIGHT = word_set("complements", "light_verbs")
FOUNDING_ANNOUNCEMENTS = word_set("complements", "founding_announcements")
NO_ANNOUNCED_OBJECT = word_set("complements", "no_announced_object")
SAYING = word_set("complements", "saying_verbs")
NOTING = word_set("complements", "noting_verbs")
CURRENCY_SIGNS = frozenset("$€£")
DIRECTIVE_REACH = 8
MESSAGE_REACH = 14


def read_verb(
    view: SentenceView, i: int, form: VerbForm, subject: Subject, governor: VerbReading | None
) -> VerbReading | None:
    """The reading of the verb at `i`, or None if the codebook has no rule for it.

    `governor` is the reading of the verb above a "that" clause.
    """
    key = view.keys[i]
    if key in NOMINAL_OPENERS:
        return read_after_with(view, i)
    if key in OBLIGATION:
        return read_obligation(view, i, subject)
    if key in FUTURE or key == "would":
        return read_future(view, i, subject, governor)
    if key in COPULAS:
        return read_copula(view, i, subject)
    lemma = form.lemma
    if not (subject.binds or subject.kind in ("statement", "event")):
        return VerbReading(DESCRIBE, key, i + 1, i + 1) if subject.kind != "other" or form.past else None
    if governor is not None and lemma not in COMMIT and lemma != "continue":
        return None
    for rule in (_commits, _agrees, _directs, _reaffirms, _announces, _founds, _continues):
        reading = rule(view, i, form, subject)
        if reading:
            return reading
    return read_position(view, i, form) or (_describes(view, i, form) if lemma in DESCRIBING else None)


def _that_clause(view: SentenceView, i: int, that: int, governs: Act | None) -> VerbReading:
    """A verb whose "that" clause may be a pledge of its own."""
    return VerbReading(DESCRIBE, view.text_of(i, that), that, that, governs=governs, is_that=True)


def _commits(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "commit to", "pledged close coordination", "resolve that we will", "plans to": the subject itself acts."""
    if form.lemma not in COMMIT:
        return None
    that = that_after(view, i)
    if that:
        return _that_clause(view, i, that, Act.commit)
    act = Act.reaffirm if form.lemma == "recommit" else Act.commit
    j = after(view, i + 1)
    key = view.key(j)
    if key == ":":
        return VerbReading(act, view.text_of(i, j), j, j, "list")
    takes_deed = key == "to" or key in REFLEXIVES or (form.lemma == "commit" and key == "towards")
    found = undertaken(view, i + 1) if takes_deed else None
    if found:
        at, complement = found[0] + 1, found[1]
        arguable = "pledged only to explore" if view.key(after(view, at)) in TENTATIVE_PLEDGES else None
        return VerbReading(act, view.text_of(i, at), at, at, complement, arguable)
    takes_noun = form.lemma in NOUN_PLEDGING and key not in NO_NOUN_PLEDGED
    takes_sum = (form.lemma == "commit" and key[:1].isdigit()) or key in CURRENCY_SIGNS
    if takes_noun or takes_sum:
        return VerbReading(act, view.words[i].text, j, j, "noun", certainty=0.75)
    return None


def _agrees(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "agree to", "decided on X", "concurred in doing X", "concur that X would be done".

    Counter-example: "concurred on the need" only describes.
    """
    if form.lemma not in AGREE:
        return None
    that = that_after(view, i)
    if that:
        return _that_clause(view, i, that, Act.agree)
    j = after(view, i + 1)
    if view.key(j) == ":":
        return VerbReading(Act.agree, view.text_of(i, j), j, j, "list")
    if view.key(j) == "in" and view.key(j + 1) == "principle":
        j = after(view, j + 2)
    if view.key(j) == "in" and is_deed(view, j + 1):
        return VerbReading(Act.agree, view.text_of(i, j + 1), j + 1, j + 1, "ing")
    if view.key(j) in NO_AGREEMENT:
        return VerbReading(DESCRIBE, view.words[i].text, j, j)
    if view.key(j) in AGREEMENT_TOPICS:
        return _agrees_on(view, i, j, form)
    found = undertaken(view, i + 1) if view.key(j) == "to" else None
    if found:
        at, complement = found[0] + 1, found[1]
        tentative = view.key(after(view, at)) in TENTATIVE_AGREEMENTS
        arguable = "agreed only to explore or consider" if tentative else None
        return VerbReading(Act.agree, view.text_of(i, at), at, at, complement, arguable)
    return VerbReading(DESCRIBE, view.words[i].text, j, j, governs=Act.agree)


def _agrees_on(view: SentenceView, i: int, j: int, form: VerbForm) -> VerbReading:
    """ "agreed on the following", "agree on the importance of" only describe; "decided on joint patrols" agrees."""
    deed = is_deed(view, j + 1)
    thing = object_of(view, j)
    describes = (thing and thing.kind == DESCRIBE) or (form.lemma == "concur" and not deed)
    if describes or "following" in view.keys[j : j + 4]:
        return VerbReading(DESCRIBE, view.text_of(i, j + 1), j + 1, j + 1)
    return VerbReading(Act.agree, view.text_of(i, j + 1), j + 1, j + 1, "ing" if deed else "noun", certainty=0.75)


def _directs(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """A directive to the parties' own ministries or officials is a pledge; a call on others is not."""
    if form.lemma not in DIRECTIVES:
        return None
    start = after(view, i + 1)
    if view.key(start) in URGING_PREPOSITIONS:
        start += 1
    j = start
    while j < min(len(view), start + DIRECTIVE_REACH) and view.key(j) not in DIRECTIVE_ENDS:
        j += 1
    addressees = view.keys[start:j]
    if view.key(j) not in DIRECTIVE_ENDS or OWN_ORGANS.isdisjoint(addressees):
        return None
    if form.lemma in MILD_DIRECTIVES and OWN_WORDS.isdisjoint(addressees):
        return None
    if any(not view.entities.is_ours(code) for m in view.mentions_in(start, j) for code in m.codes):
        return None
    reason = "a directive to the parties' own ministries"
    return VerbReading(Act.commit, view.text_of(i, j + 1), j + 1, j + 1, "to", reason, certainty=0.7)


def _reaffirms(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "reaffirm our commitment to", "underscored that we will"; "reaffirm the importance of" only describes."""
    if form.lemma not in REAFFIRM:
        return None
    that = that_after(view, i)
    if that:
        return _that_clause(view, i, that, Act.reaffirm)
    thing = object_of(view, i)
    if thing is None:
        return VerbReading(DESCRIBE, view.words[i].text, i + 1, i + 1, governs=Act.reaffirm, certainty=0.5)
    return read_object(view, i, thing, Act.reaffirm)


def _announces(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "express our commitment to", "announced plans to hold", "announce the establishment of", "said that we will"."""
    lemma = form.lemma
    if lemma not in ANNOUNCE or lemma in COMMIT:
        return None
    that = that_after(view, i)
    if that:
        return _that_clause(view, i, that, None if lemma in REPORTING else Act.commit)
    if lemma in CONVEYING:
        limit = min(len(view), i + MESSAGE_REACH)
        that = next((k + 1 for k in range(i + 1, limit) if view.key(k) == "that"), 0)
        if that:
            return _that_clause(view, i, that, Act.commit)
    thing = object_of(view, i)
    if thing and lemma in LIGHT and thing.kind not in ("commitment", "purpose"):
        thing = None
    if thing and thing.kind == "founding" and lemma in FOUNDING_ANNOUNCEMENTS:
        cue = view.text_of(i, thing.complement)
        return VerbReading(Act.agree, cue, i + 1, i + 1, "noun", "founded by the text itself", certainty=0.8)
    if thing and lemma not in NO_ANNOUNCED_OBJECT:
        return read_object(view, i, thing, Act.commit)
    return VerbReading(DESCRIBE, view.words[i].text, i + 1, i + 1, governs=Act.commit if lemma in SAYING else None)


def _founds(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "We hereby establish …", "the leaders launched …"; "has established" is past and only describes."""
    if not founded_by(view, i, form):
        return None
    reason = "founded by the text itself"
    return VerbReading(Act.agree, view.words[i].text, i + 1, i + 1, "noun", reason, certainty=0.65)


def _continues(view: SentenceView, i: int, form: VerbForm, subject: Subject) -> VerbReading | None:
    """ "we continue to support" reaffirms; "we continue to face" describes; "continue to urge" urges."""
    if form.lemma != "continue" or form.ing:
        return None
    j = after(view, i + 1)
    if view.key(j) != "to":
        return VerbReading(DESCRIBE, view.words[i].text, i + 1, i + 1)
    verb = after(view, j + 1)
    key = view.key(verb)
    for act in (Act.condemn, Act.urge):
        if key in word_set("acts", act):
            return VerbReading(act, view.text_of(i, verb + 1), verb + 1, verb + 1)
    if key in SUPPORT and key != "support":
        return VerbReading(Act.support, view.text_of(i, verb + 1), verb + 1, verb + 1)
    if key == "be" and view.key(after(view, verb + 1)) in CONCERNED:
        return VerbReading(Act.condemn, view.text_of(i, verb + 2), verb + 2, verb + 2)
    if key == "be" or key in PASSIVE_FATES or not subject.binds or form.past:
        return VerbReading(DESCRIBE, view.text_of(i, verb + 1), verb + 1, verb + 1)
    return VerbReading(Act.reaffirm, view.text_of(i, j + 1), j + 1, j + 1, "to", certainty=0.7)


def _describes(view: SentenceView, i: int, form: VerbForm) -> VerbReading:
    """ "look forward to" supports. All other verbs describe, and most "that" clauses below them are no pledge."""
    if form.lemma == "look" and view.key(i + 1) == "forward":
        return VerbReading(Act.support, view.text_of(i, i + 2), i + 3, i + 3)
    that = that_after(view, i)
    return VerbReading(
        DESCRIBE,
        view.words[i].text,
        that or i + 1,
        that or i + 1,
        governs=Act.commit if that and form.lemma in NOTING else None,
        is_that=bool(that),
    )
