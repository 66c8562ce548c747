"""Parties of a pledge: who undertakes it, to whom it is owed and whom it concerns (codebook 4).

Content beats grammar: "the U.S. commitment" binds the USA alone.
"""

from dataclasses import dataclass

from app.drafting.rules.clauses import VerbClause
from app.drafting.rules.lexicon_files import word_set
from app.drafting.rules.sentence_view import SentenceView
from app.drafting.rules.subjects import Subject
from app.schemas.vocabulary import PLEDGE_ACTS, Act, TowardsWord

ADVERSARIES = word_set("designations", "adversaries")
OWED_TO_ALL = word_set("designations", "owed_to_all")
SERVING = word_set("clauses", "serving")
MOST_NAMED = 3
MOST_SERVED = 2


@dataclass(frozen=True, slots=True)
class PledgeParties:
    """The parties of one draft."""

    pledgors: tuple[str, ...]
    towards: tuple[str, ...]
    about: tuple[str, ...]
    speakers: tuple[str, ...]


def parties_of(
    view: SentenceView, clause: VerbClause, span: tuple[int, int], voice: Subject | None, topic: str | None
) -> PledgeParties:
    """Pledgors, towards, about and speakers of the undertaking in `span`.

    `voice` is who speaks: the subject of the verb above a "that" clause, or that of a neighbouring clause.
    """
    pledgors = pledgors_of(view, clause, voice)
    others = _concerned(view, span)
    speakers = tuple(dict.fromkeys((*(voice.persons if voice else ()), *clause.verb.subject.persons)))
    if clause.act not in PLEDGE_ACTS:
        return PledgeParties(pledgors, (), tuple(c for c in others if c not in pledgors), speakers)
    towards = _towards(view, clause, pledgors, topic)
    known = {*pledgors, *towards, *view.entities.parties}
    return PledgeParties(pledgors, towards, tuple(c for c in others if c not in known), speakers)


def pledgors_of(view: SentenceView, clause: VerbClause, voice: Subject | None) -> tuple[str, ...]:
    """The possessors of the commitment, else the subject, else all parties of the meeting."""
    parties = view.entities.parties
    verb, subject = clause.verb, clause.verb.subject
    owners = view.entities.ours(verb.reading.owners)
    if owners:
        return owners
    speaking = voice.parties if voice else ()
    if verb.inner and clause.act is Act.agree and view.key(verb.index + 1) == "be":
        return speaking or parties  # "decided that forces would be moved": who decided
    if subject.kind in ("party", "body", "commitment") and subject.parties:
        return subject.parties
    if subject.kind == "event":
        return _by_agent(view, clause) or parties
    if subject.kind == "threat" or (subject.kind == "commitment" and not subject.everyone):
        return speaking or parties
    return parties


def _by_agent(view: SentenceView, clause: VerbClause) -> tuple[str, ...]:
    """The party in "will be hosted by Italy"."""
    by = next((k for k in range(clause.complement, clause.end) if view.key(k) == "by"), None)
    if by is None:
        return ()
    near = next((m for m in view.mentions if by < m.start <= by + 2), None)
    return view.entities.ours(near.codes) if near else ()


def _concerned(view: SentenceView, span: tuple[int, int]) -> tuple[str, ...]:
    """The states and groups named in a span in order, without those of the meeting."""
    found = (code for m in view.mentions_in(*span) if m.kind in ("name", "adjective") for code in m.codes)
    return tuple(dict.fromkeys(code for code in found if not view.entities.is_ours(code)))


def _towards(view: SentenceView, clause: VerbClause, pledgors: tuple[str, ...], topic: str | None) -> tuple[str, ...]:
    """A third party that is served, else the other parties, each other, or the international community."""
    third = _served(view, clause, pledgors)
    if third:
        return third
    stretch = range(clause.complement, clause.end - 1)
    names_community = any(view.key(k) == "international" and view.key(k + 1) == "community" for k in stretch)
    if topic in OWED_TO_ALL or (names_community and len(pledgors) < 2):
        return (TowardsWord.international_community.value,)
    rest = tuple(party for party in view.entities.parties if party not in pledgors)
    if len(pledgors) < len(view.entities.parties) and rest:
        return rest if len(rest) <= MOST_NAMED else (TowardsWord.unspecified.value,)
    return (TowardsWord.each_other.value if len(pledgors) > 1 else TowardsWord.unspecified.value,)


def _served(view: SentenceView, clause: VerbClause, pledgors: tuple[str, ...]) -> tuple[str, ...]:
    """Parties outside the pledgors that the undertaking serves: "support Moldova's efforts", "assistance to Tonga"."""
    found: list[str] = []
    for mention in view.mentions_in(clause.complement, clause.end):
        code = mention.codes[0] if mention.codes else ""
        if mention.kind == "capital" or not code or code in ADVERSARIES or code in pledgors:
            continue
        if view.entities.means_all(code) or (code in view.entities.parties and len(pledgors) > 1):
            continue
        left, second = view.key(mention.start - 1), view.key(mention.start - 2)
        if (second if left == "the" else left) in SERVING or second in SERVING or view.key(mention.end) == "'s":
            found.append(code)
    return tuple(dict.fromkeys(found[:MOST_SERVED]))
