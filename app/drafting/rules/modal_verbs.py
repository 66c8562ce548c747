"""Modal verbs and copulas (codebook 1): "will" with its subject test, "remain committed to", "is ironclad"."""

from app.drafting.rules.complements import after, object_of, undertaken
from app.drafting.rules.draft_model import Act
from app.drafting.rules.lexicon import phrases, verb_forms, words
from app.drafting.rules.nominal_pledges import read_object
from app.drafting.rules.positions import read_position
from app.drafting.rules.predicates import by_others, fate_of, is_answer, is_event_held
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import Subject, is_adverb
from app.drafting.rules.verb_reading import Reading, said


def read_will(view: View, i: int, subject: Subject, governor: Reading | None) -> Reading | None:
    """ "will" needs a party, its ministries or a body the parties run as its subject;
    an attack "will be met with" an answer.
    """
    would = view.keys[i] == "would"
    if would and (governor is None or governor.governs not in ("agree", "reaffirm", "commit")):
        return Reading("describe", "would", i + 1, i + 1)
    verb = after(view, i + 1)
    act: Act = governor.governs if governor and governor.governs else "commit"
    nothing = Reading("describe", view.words[i].text, i + 1, i + 1)
    if governor is not None and governor.governs is None:
        return nothing
    if subject.kind == "threat":
        answered = is_answer(view, i + 1)
        return (
            Reading("reaffirm", said(view, i, verb + 1), i + 1, i + 1, "noun", certainty=0.85) if answered else nothing
        )
    if subject.binds and not fate_of(view, verb):
        return Reading(act, said(view, i, verb + 1), i + 1, i + 1, "to")
    kept = view.key(verb) == "remain" and view.key(verb + 1).endswith("ed") and governor is not None
    passive = (
        view.key(verb) == "be"
        and act == "agree"
        and subject.kind in ("event", "body", "other", "statement", "outsider")
    ) or (kept and subject.kind == "other")
    if (subject.kind in ("event", "body", "other", "statement") and is_event_held(view, verb, subject)) or (
        passive and not by_others(view, verb)
    ):
        return Reading(act, said(view, i, verb + 2), i + 1, i + 1, "to", certainty=0.75)
    return nothing


def read_must(view: View, i: int, subject: Subject) -> Reading | None:
    """ "X must withdraw", "X should refrain": of others it urges, of oneself it only describes."""
    return (
        Reading("urge", view.words[i].text, i + 1, i + 1, certainty=0.7)
        if subject.kind == "outsider" and view.key(subject.start - 1) != "that"
        else None
    )


def read_being(view: View, i: int, subject: Subject, governor: Reading | None) -> Reading | None:
    """ "remain committed to", "are united in their determination to";
    a commitment that "is ironclad" or "was reaffirmed".
    """
    j = i + 1
    while j < len(view) and (is_adverb(view, j) or view.hidden[j]):
        j += 1
    key = view.key(j)
    if subject.kind == "commitment":
        return _standing(view, i, j, subject)
    if (
        key in words("acts", "concerned_adjectives")
        and subject.binds
        and view.keys[i] not in ("stand", "stands", "stay")
    ):
        return Reading("condemn", said(view, i, j + 1), j + 1, j + 1)
    if not subject.binds:
        return (
            Reading("describe", view.words[i].text, i + 1, i + 1)
            if subject.kind in ("threat", "event", "statement")
            else None
        )
    two = view.key(j + 1) in ("and", ",") and view.key(j + 2) in words("acts", "committed_adjectives")
    if key in words("acts", "steadfast_adjectives") and two:
        j, key = j + 2, view.key(j + 2)
    if key in words("acts", "committed_adjectives"):
        if view.key(j + 1) == "that":
            return Reading("describe", said(view, i, j + 2), j + 2, j + 2, governs="reaffirm", is_that=True)
        found = undertaken(view, j + 1)
        if found:
            return Reading("reaffirm", said(view, i, found[0] + 1), found[0] + 1, found[0] + 1, found[1])
    if key in words("acts", "steadfast_adjectives"):
        j = next((k - 1 for k in range(j + 1, j + 6) if view.key(k) in ("in", "on", "behind")), j)
    if key in words("acts", "steadfast_adjectives") and view.key(j + 1) in ("in", "on", "behind"):
        shared = verb_forms().get(view.key(after(view, j + 2)))
        if shared and shared.ing:
            return read_position(view, after(view, j + 2), shared)
        thing = object_of(view, j + 1)
        if thing:
            return (
                read_object(view, i, thing, "reaffirm")
                if thing.kind != "purpose" or view.key(thing.noun) == "pursuit"
                else None
            )
    return Reading("describe", said(view, i, j + 1), i + 1, i + 1)


def _standing(view: View, i: int, j: int, subject: Subject) -> Reading | None:
    """The commitment is the subject: what was undertaken stands before the verb."""
    key = view.key(j)
    if phrases("acts", "standing_adjectives").at(view.keys, j) if j < len(view) else False:
        return Reading("reaffirm", said(view, i, j + 1), j + 1, subject.start, "noun", certainty=0.75)
    if key in (
        "reaffirmed",
        "reiterated",
        "underscored",
        "underlined",
        "confirmed",
        "renewed",
        "expressed",
        "emphasized",
        "highlighted",
        "stressed",
    ):
        return Reading("reaffirm", said(view, i, j + 1), j + 1, subject.start, "noun", certainty=0.75)
    return None
