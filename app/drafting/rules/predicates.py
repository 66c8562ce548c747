"""What a predicate does: an answer to an attack, an event the parties hold, a fate rather than a deed, a founding."""

from functools import lru_cache

from app.drafting.rules.complements import after
from app.drafting.rules.dates import date_at
from app.drafting.rules.lexicon import Form, load, phrases, verb_forms, words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import Subject


@lru_cache
def _fates() -> frozenset[str]:
    return words("acts", "will_fates")


def fate_of(view: View, verb: int) -> bool:
    """ "will face", "will be able to": what happens to a party is no conduct of its own."""
    key = view.key(verb)
    if key == "be":
        following = view.key(after(view, verb + 1))
        form = verb_forms().get(following)
        return (
            not ((form and form.participle) or following.endswith("ed"))
            and following not in words("grammar", "be_good")
            and not following.endswith("ing")
        )
    return key in _fates() or key == "have"


def is_answer(view: View, start: int) -> bool:
    """ "be met with a … response", "result in the end of the regime": the answer of a deterrent threat."""
    limit = min(len(view), start + 16)
    return bool(phrases("acts", "answers").all_in(view.keys, start, limit)) and any(
        view.key(k) in words("acts", "answer_nouns")
        or view.key(k) in ("swift", "decisive", "overwhelming", "tolerated")
        for k in range(start, limit)
    )


def is_event_held(view: View, verb: int, subject: Subject) -> bool:
    """ "will be held", "will take place": an agentless passive of something the parties do, or one by a party of
    the meeting.
    """
    key, following = view.key(verb), view.key(after(view, verb + 1))
    if (key == "take" and following == "place") or key in ("convene", "reconvene"):
        return subject.kind in ("event", "body")
    if key != "be":
        return False
    if by_others(view, verb):
        return False
    return (
        following in words("grammar", "held")
        if subject.kind in ("event", "body")
        else following in words("grammar", "founded") and _is_ours_to_found(view, subject)
    )


def by_others(view: View, verb: int) -> bool:
    """A passive whose agent is nobody of the meeting: "set up by the Council", and not "by June"."""
    end = after(view, verb + 1)
    by = next((k for k in range(end + 1, min(len(view), end + 4)) if view.key(k) == "by"), 0)
    return bool(by and not date_at(view, by + 1, None)) and not any(
        view.cast.is_ours(c) for m in view.mentions_in(by, min(len(view), by + 8)) for c in m.codes
    )


def _is_ours_to_found(view: View, subject: Subject) -> bool:
    nouns = phrases("specifics", "named")
    if (
        subject.start < len(view)
        and view.words[subject.start].text.isupper()
        and len(view.words[subject.start].text) > 2
    ):
        return True  # a series of meetings by its short name
    return bool(nouns.all_in(view.keys, subject.start, min(len(view), subject.start + 12)))


def founded_by(view: View, i: int, form: Form) -> bool:
    """ "establish", "launch" in the present or simple past, before an object; "have established" is past."""
    if form.lemma not in load("acts")["founding_acts"] or form.ing:
        return False
    if any(view.key(k) in ("has", "have", "had", "having") for k in range(max(0, i - 3), i)):
        return False
    j = after(view, i + 1)
    return (
        view.key(j) in ("a", "an", "the", "our", "their", "new", "two", "three", "several")
        or view.words[j].text[0].isupper()
        if j < len(view)
        else False
    )
