"""The codebook's tables (1 and 2): what a verb with this subject and this complement is.

Each rule is a small function that takes the verb's place and gives a `Reading` or None. `read_verb` asks them in order.
"""

from app.drafting.rules.complements import REFLEXIVES, after, is_deed, object_of, undertaken
from app.drafting.rules.draft_model import Act
from app.drafting.rules.lexicon import Form, load, words
from app.drafting.rules.modal_verbs import read_being, read_must, read_will
from app.drafting.rules.nominal_pledges import read_object, read_with
from app.drafting.rules.positions import read_position
from app.drafting.rules.predicates import founded_by
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import Subject
from app.drafting.rules.verb_reading import Reading, said, that_after

WILL = frozenset({"will", "shall", "'ll"})
BE = frozenset(
    {"is", "are", "was", "were", "am", "'re", "remain", "remains", "remained", "stand", "stands", "stay", "stays", "be"}
)


def read_verb(view: View, i: int, form: Form, subject: Subject, governor: Reading | None) -> Reading | None:
    """The reading of the verb at `i`, or None if nothing is said by it that the codebook knows."""
    key = view.keys[i]
    if key in ("with", "including"):
        return read_with(view, i)
    if key in ("must", "should"):
        return read_must(view, i, subject)
    if key in WILL or key == "would":
        return read_will(view, i, subject, governor)
    if key in BE:
        return read_being(view, i, subject, governor)
    lemma = form.lemma
    if not (subject.binds or subject.kind in ("statement", "event")):
        return Reading("describe", key, i + 1, i + 1) if subject.kind != "other" or form.past else None
    acts = load("acts")
    if governor is not None and lemma not in acts["commit"] and lemma != "continue":
        return None
    for rule in (_commits, _agrees, _directs, _reaffirms, _announces, _founds, _continues):
        reading = rule(view, i, form, subject)
        if reading:
            return reading
    position = read_position(view, i, form)
    if position:
        return position
    return (
        _describes(view, i, form)
        if lemma in acts["describe"] or lemma in acts["reaffirm"] or lemma in acts["announce"]
        else None
    )


def _commits(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "commit to", "pledged close coordination", "resolve that we will", "plans to". Own conduct must follow."""
    if form.lemma not in load("acts")["commit"]:
        return None
    that = that_after(view, i)
    if that:
        return Reading("describe", said(view, i, that), that, that, governs="commit", is_that=True)
    act: Act = "reaffirm" if form.lemma == "recommit" else "commit"
    j = after(view, i + 1)
    if view.key(j) == ":":
        return Reading(act, said(view, i, j), j, j, "list")
    found = (
        undertaken(view, i + 1)
        if view.key(j) in ("to", *REFLEXIVES) or (form.lemma == "commit" and view.key(j) == "towards")
        else None
    )
    if found:
        arguable = (
            "pledged only to explore"
            if view.key(after(view, found[0] + 1)) in ("explore", "exploring", "consider", "considering")
            else None
        )
        return Reading(act, said(view, i, found[0] + 1), found[0] + 1, found[0] + 1, found[1], arguable)
    if form.lemma in ("pledge", "promise", "vow", "undertake", "guarantee") and view.key(j) not in (
        "in",
        "by",
        "at",
        "on",
        "under",
        ",",
        ".",
        "for",
        ";",
    ):
        return Reading(act, view.words[i].text, j, j, "noun", certainty=0.75)
    if (form.lemma == "commit" and view.key(j)[:1].isdigit()) or view.key(j) in ("$", "€", "£"):
        return Reading(act, view.words[i].text, j, j, "noun", certainty=0.75)
    return None


def _agrees(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "agree to", "decided on X", "concurred in doing X", "concur that X would be done"; "concurred on the need" only
    describes.
    """
    if form.lemma not in load("acts")["agree"]:
        return None
    that = that_after(view, i)
    if that:
        return Reading("describe", said(view, i, that), that, that, governs="agree", is_that=True)
    j = after(view, i + 1)
    if view.key(j) == ":":
        return Reading("agree", said(view, i, j), j, j, "list")
    if view.key(j) == "in" and view.key(j + 1) == "principle":
        j = after(view, j + 2)
    if view.key(j) == "in" and is_deed(view, j + 1):
        return Reading("agree", said(view, i, j + 1), j + 1, j + 1, "ing")
    if view.key(j) in ("with", "by", "at", "during", "in", ",", ".", "about", "as"):
        return Reading("describe", view.words[i].text, j, j)
    if view.key(j) in ("on", "upon"):
        if "following" in view.keys[j : j + 4]:
            return Reading("describe", said(view, i, j + 1), j + 1, j + 1)
        thing = object_of(view, j)
        if (thing and thing.kind == "describe") or (form.lemma == "concur" and not is_deed(view, j + 1)):
            return Reading("describe", said(view, i, j + 1), j + 1, j + 1)
        return Reading(
            "agree", said(view, i, j + 1), j + 1, j + 1, "ing" if is_deed(view, j + 1) else "noun", certainty=0.75
        )
    found = undertaken(view, i + 1)
    if found and view.key(j) == "to":
        arguable = (
            "agreed only to explore or consider"
            if view.key(after(view, found[0] + 1)) in ("explore", "consider", "exploring")
            else None
        )
        return Reading("agree", said(view, i, found[0] + 1), found[0] + 1, found[0] + 1, found[1], arguable)
    return Reading("describe", view.words[i].text, j, j, governs="agree")


def _directs(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """A directive to one's own ministries or officials is a pledge; a call on anybody else is not."""
    if form.lemma not in load("acts")["directives"]:
        return None
    j = after(view, i + 1)
    if view.key(j) in ("on", "upon", "for"):
        j += 1
    start = j
    while j < min(len(view), start + 8) and view.key(j) not in ("to", "with"):
        j += 1
    stretch = view.keys[start:j]
    if view.key(j) not in ("to", "with") or (
        not any(k in words("acts", "own_words") for k in stretch)
        and form.lemma in ("ask", "call", "request", "tell", "charge")
    ):
        return None
    if (
        stretch
        and any(k in words("acts", "own_organs") for k in stretch)
        and not any(not view.cast.is_ours(c) for m in view.mentions_in(start, j) for c in m.codes)
    ):
        return Reading(
            "commit",
            said(view, i, j + 1),
            j + 1,
            j + 1,
            "to",
            "a directive to the parties' own ministries",
            certainty=0.7,
        )
    return None


def _reaffirms(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "reaffirm our commitment to", "underscored that we will"; "reaffirm the importance of" only describes."""
    if form.lemma not in load("acts")["reaffirm"]:
        return None
    that = that_after(view, i)
    if that:
        return Reading("describe", said(view, i, that), that, that, governs="reaffirm", is_that=True)
    thing = object_of(view, i)
    if thing is None:
        return Reading("describe", view.words[i].text, i + 1, i + 1, governs="reaffirm", certainty=0.5)
    return read_object(view, i, thing, "reaffirm")


def _announces(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "express our commitment to strengthen", "announced plans to hold", "announce the establishment of", "said
    that we will".
    """
    if form.lemma not in load("acts")["announce"] or form.lemma in load("acts")["commit"]:
        return None
    that = that_after(view, i)
    if that:
        doubtful = form.lemma in ("recall", "explain", "give", "have", "make", "form", "set")
        return Reading(
            "describe", said(view, i, that), that, that, governs=None if doubtful else "commit", is_that=True
        )
    if form.lemma in ("send", "convey", "give"):
        that = next((k + 1 for k in range(i + 1, min(len(view), i + 14)) if view.key(k) == "that"), 0)
        if that:
            return Reading("describe", said(view, i, that), that, that, governs="commit", is_that=True)
    thing = object_of(view, i)
    if (
        thing
        and form.lemma in ("have", "give", "make", "form", "share", "set")
        and thing.kind not in ("commitment", "purpose")
    ):
        thing = None
    if thing and thing.kind == "founding" and form.lemma in ("announce", "declare"):
        return Reading(
            "agree", said(view, i, thing.complement), i + 1, i + 1, "noun", "founded by the text itself", certainty=0.8
        )
    if thing and form.lemma not in ("recall", "explain", "add", "set", "tell"):
        return read_object(view, i, thing, "commit")
    governs: Act | None = (
        "commit" if form.lemma in ("say", "announce", "assure", "state", "add", "declare", "tell", "explain") else None
    )
    return Reading("describe", view.words[i].text, i + 1, i + 1, governs=governs)


def _founds(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "We hereby establish …", "the leaders launched …": done by saying it.

    "has established" is past and only described.
    """
    return (
        Reading("agree", view.words[i].text, i + 1, i + 1, "noun", "founded by the text itself", certainty=0.65)
        if founded_by(view, i, form)
        else None
    )


def _continues(view: View, i: int, form: Form, subject: Subject) -> Reading | None:
    """ "we continue to support" keeps an undertaking alive; "we continue to face" happens to us;
    "continue to urge" urges.
    """
    if form.lemma != "continue" or form.ing:
        return None
    j = after(view, i + 1)
    if view.key(j) != "to":
        return Reading("describe", view.words[i].text, i + 1, i + 1)
    verb = after(view, j + 1)
    key = view.key(verb)
    acts = load("acts")
    for act in ("condemn", "urge"):
        if key in acts[act]:
            return Reading(act, said(view, i, verb + 1), verb + 1, verb + 1)
    if key in acts["support"] and key != "support":
        return Reading("support", said(view, i, verb + 1), verb + 1, verb + 1)
    if key == "be" and view.key(after(view, verb + 1)) in words("acts", "concerned_adjectives"):
        return Reading("condemn", said(view, i, verb + 2), verb + 2, verb + 2)
    if key == "be" or key in acts["passive_fates"] or not subject.binds or form.past:
        return Reading("describe", said(view, i, verb + 1), verb + 1, verb + 1)
    return Reading("reaffirm", said(view, i, j + 1), j + 1, j + 1, "to", certainty=0.7)


def _describes(view: View, i: int, form: Form) -> Reading:
    """ "look forward to" supports; all else describes, and what its "that" clause says is nobody's pledge."""
    if form.lemma == "look" and view.key(i + 1) == "forward":
        return Reading("support", said(view, i, i + 2), i + 3, i + 3)
    that = that_after(view, i)
    return Reading(
        "describe",
        view.words[i].text,
        that or i + 1,
        that or i + 1,
        governs="commit" if that and form.lemma in ("note", "state", "say", "clarify") else None,
        is_that=bool(that),
    )
