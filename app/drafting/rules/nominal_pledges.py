"""Verbs that are what their object is: "reaffirm our commitment to", "announce plans to", "with a commitment to"."""

from app.drafting.rules.complements import Object, after, is_deed, object_of, undertaken
from app.drafting.rules.draft_model import Act
from app.drafting.rules.lexicon import words
from app.drafting.rules.sentence_view import View
from app.drafting.rules.verb_reading import Reading, said


def read_object(view: View, i: int, thing: Object, act: Act) -> Reading:
    """What a reaffirming or announcing verb is with this noun as its object."""
    noun = view.key(thing.noun)
    found = undertaken(view, thing.complement)
    own: Act = (
        "commit"
        if act == "commit" and found and found[1] == "to"
        else "reaffirm"
        if act == "reaffirm" or thing.kind == "commitment"
        else "commit"
    )
    cue = said(view, i, thing.complement)
    plain = Reading("describe", cue, i + 1, i + 1, governs=act)
    if thing.kind == "commitment":
        if view.key(thing.complement) == "that":
            return Reading(own, cue + " that", thing.complement + 1, thing.complement + 1, owners=thing.possessors)
        if found:
            return Reading(own, cue, found[0] + 1, found[0] + 1, found[1], owners=thing.possessors)
        return plain
    if thing.kind == "purpose":
        return _of_purpose(view, thing, noun, own, cue, found) or plain
    if thing.kind in ("support", "condemn", "urge"):
        return Reading(thing.kind, cue, thing.complement, thing.complement, owners=thing.possessors)
    return plain


def _of_purpose(
    view: View, thing: Object, noun: str, act: Act, cue: str, found: tuple[int, str] | None
) -> Reading | None:
    """A goal, pursuit, plan or measure counts where the parties' own action follows;
    all but firm intentions are arguable.
    """
    if (noun in words("acts", "measure_nouns") and act != "reaffirm") or noun in (
        "readiness",
        "willingness",
        "ambition",
        "aim",
    ):
        return None
    end = thing.complement
    firm = noun in words("acts", "firm_nouns") or (noun in ("plan", "plans") and act == "commit")
    reason = None if firm else f"restates {noun} of the parties' own"
    if found and found[1] in ("to", "ing") and view.key(thing.complement) == "to":
        return Reading(act, cue, found[0] + 1, found[0] + 1, "to", reason, owners=thing.possessors, certainty=0.7)
    if (noun == "pursuit" and view.key(end) == "of") or (
        view.key(end) == "of" and is_deed(view, end + 1) and view.key(after(view, end + 1)) != "achieving"
    ):
        return Reading(act, cue, end + 1, end + 1, "noun", reason, owners=thing.possessors, certainty=0.7)
    return None


def second_noun(view: View, i: int) -> Reading | None:
    """ "expressed their gratitude …, and *their resolve to* …": a second object of a restating verb."""
    low = max(0, i - 4)
    own = next((k for k in range(i - 1, low - 1, -1) if view.key(k) in ("our", "their", "its", "his", "her")), None)
    if own is None or view.key(own - 1) not in ("and", "as", ",") or view.key(i + 1) != "to":
        return None
    found = undertaken(view, i + 1)
    return (
        Reading(
            "reaffirm",
            said(view, own, found[0] + 1),
            found[0] + 1,
            found[0] + 1,
            found[1],
            nominal=True,
            certainty=0.75,
        )
        if found
        else None
    )


def read_with(view: View, i: int) -> Reading | None:
    """A nominal pledge joined by "with": "with a commitment to …", "with plans to hold …"."""
    thing = object_of(view, i)
    if thing is None or thing.kind not in ("commitment", "purpose") or thing.noun - i > 6:
        return None
    noun = view.key(thing.noun)
    if (thing.kind == "purpose" and noun not in ("plan", "plans", "agreement", "intention", "decision")) or (
        view.keys[i] == "including" and noun not in ("commitment", "pledge")
    ):
        return None
    if view.key(thing.complement) != "to":
        return None
    found = undertaken(view, thing.complement)
    if not found:
        return None
    return Reading(
        "commit",
        said(view, i, found[0] + 1),
        found[0] + 1,
        found[0] + 1,
        found[1],
        nominal=True,
        owners=thing.possessors,
        certainty=0.7,
    )
