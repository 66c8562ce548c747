"""Who is bound, to whom, and whom it concerns (codebook 4). Content beats grammar: "the U.S.

commitment" binds the USA alone.
"""

from dataclasses import dataclass

from app.drafting.rules.clauses import Clause
from app.drafting.rules.draft_model import PLEDGES
from app.drafting.rules.lexicon import load
from app.drafting.rules.sentence_view import View
from app.drafting.rules.subjects import Subject

SERVED = frozenset(
    ["support", "assist", "help", "with", "for", "to", "between", "supporting", "assisting", "helping", "among"]
)


@dataclass(frozen=True, slots=True)
class Bound:
    """The parties of one draft."""

    pledgors: tuple[str, ...]
    towards: tuple[str, ...]
    about: tuple[str, ...]
    speakers: tuple[str, ...]


def bound_by(view: View, clause: Clause, span: tuple[int, int], voice: Subject | None, topic: str | None) -> Bound:
    """Pledgors, towards, about and speakers of the undertaking in `span`.

    `voice` is who speaks: the subject of the verb above a "that" clause, or a neighbour's for a threat without one.
    """
    pledgors = pledgors_of(view, clause, voice)
    others = _concerned(view, span)
    speakers = tuple(dict.fromkeys((*(voice.persons if voice else ()), *clause.head.subject.persons)))
    if clause.head.act not in PLEDGES:
        return Bound(pledgors, (), tuple(c for c in others if c not in pledgors), speakers)
    towards = _towards(view, clause, pledgors, topic)
    about = tuple(c for c in others if c not in pledgors and c not in towards and c not in view.cast.parties)
    return Bound(pledgors, towards, about, speakers)


def pledgors_of(view: View, clause: Clause, voice: Subject | None) -> tuple[str, ...]:
    """Who undertakes: the possessor of the commitment, else the subject, else all parties of the meeting."""
    cast = view.cast
    owners = cast.ours(clause.head.reading.owners)
    if owners:
        return owners
    subject = clause.head.subject
    if clause.head.inner and clause.head.act == "agree" and view.key(clause.head.verb + 1) == "be":
        return (voice.parties if voice else ()) or cast.parties  # "decided that forces would be moved": who decided
    if subject.kind in ("party", "body", "commitment") and subject.parties:
        return subject.parties
    if subject.kind == "event":
        return _by_agent(view, clause) or cast.parties
    if subject.kind == "threat" and voice is not None and voice.parties:
        return voice.parties
    if subject.kind == "commitment" and voice is not None and voice.parties and not subject.everyone:
        return voice.parties
    return cast.parties


def _by_agent(view: View, clause: Clause) -> tuple[str, ...]:
    """ "will be hosted by Italy" binds Italy."""
    by = next((k for k in range(clause.complement, clause.end) if view.key(k) == "by"), None)
    if by is None:
        return ()
    near = next((m for m in view.mentions if by < m.start <= by + 2), None)
    return view.cast.ours(near.codes) if near else ()


def _concerned(view: View, span: tuple[int, int]) -> tuple[str, ...]:
    """The states and groups named in a stretch, in order, the meeting's own left out."""
    found = (c for m in view.mentions_in(*span) if m.kind in ("name", "adjective") for c in m.codes)
    return tuple(dict.fromkeys(c for c in found if not view.cast.is_ours(c)))


def _towards(view: View, clause: Clause, pledgors: tuple[str, ...], topic: str | None) -> tuple[str, ...]:
    """To whom it is owed: a named third party served, the other party, each other, or the international community."""
    third = _served(view, clause, pledgors)
    if third:
        return third
    community = any(
        view.keys[k : k + 2] == ("international", "community") for k in range(clause.complement, clause.end - 1)
    )
    if topic in load("designations")["owed_to_all"] or (community and len(pledgors) < 2):
        return ("international-community",)
    rest = tuple(p for p in view.cast.parties if p not in pledgors)
    if len(pledgors) < len(view.cast.parties) and rest:
        return rest if len(rest) <= 3 else ("unspecified",)
    return ("each-other",) if len(pledgors) > 1 else ("unspecified",)


def _served(view: View, clause: Clause, pledgors: tuple[str, ...]) -> tuple[str, ...]:
    """Somebody outside the pledgors whom the undertaking serves: "support Moldova's efforts", "assistance to Tonga"."""
    adversaries = load("designations")["adversaries"]
    found: list[str] = []
    for mention in view.mentions_in(clause.complement, clause.end):
        code = mention.codes[0] if mention.codes else ""
        if (
            mention.kind == "capital"
            or code in adversaries
            or not code
            or code in pledgors
            or view.cast.means_all(code)
        ):
            continue
        before = view.key(mention.start - 1) if view.key(mention.start - 1) != "the" else view.key(mention.start - 2)
        if before in SERVED or view.key(mention.end) == "'s" or view.key(mention.start - 2) in SERVED:
            if code in view.cast.parties and len(pledgors) > 1:
                continue
            found.append(code)
    return tuple(dict.fromkeys(found[:2]))
