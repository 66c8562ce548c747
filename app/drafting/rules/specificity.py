"""How particular a pledge is, the phrases that the field watches, and a first neutral summary (codebook 11)."""

from app.drafting.rules.draft_model import Act, Due, Specificity
from app.drafting.rules.lexicon import load, phrases, words
from app.drafting.rules.sentence_view import View

SUMMARY_LENGTH = 200
FORMULAS = 3
FORMULA_WORDS = 6


def specificity_of(view: View, start: int, end: int, instruments: tuple[str, ...], due: Due | None) -> Specificity:
    """Measurable with a number or with a finished product and its date; named-action with a named thing;
    else general.
    """
    keys = view.keys[start:end]
    money = any(view.key(k) in ("$", "€", "£", "¥", "%") for k in range(start, end))
    number = any(
        k[0].isdigit() and i + 1 < len(keys) and keys[i + 1] in words("specifics", "measures")
        for i, k in enumerate(keys)
    )
    product = bool(phrases("specifics", "products").all_in(view.keys, start, end))
    dated = due is not None and due.kind in ("deadline", "deadline-event")
    if money or number or (product and dated):
        return "measurable"
    named = any(
        view.words[a].text[0].isupper() for a, _, _ in phrases("specifics", "named").all_in(view.keys, start, end)
    )
    return (
        "named-action"
        if named or instruments or (due is not None and due.kind in ("deadline", "deadline-event", "window"))
        else "general"
    )


def formulas_in(view: View, text: str, start: int, end: int) -> tuple[str, ...]:
    """Watched phrases as said, at most three of at most six words."""
    found = []
    for a, b, _ in phrases("specifics", "formulas").all_in(view.keys, start, end):
        said = text[view.words[a].start : view.words[b - 1].end]
        if len(said.split()) <= FORMULA_WORDS and said not in found:
            found.append(said)
    return tuple(found[:FORMULAS])


def summary_of(view: View, act: Act, start: int, end: int) -> str:
    """Template words and the clause's own, white space folded: for a person to rewrite."""
    lead = load("summaries")["lead"].get(act, "State")
    rest = ""
    for k in range(start, end):
        word = view.words[k]
        gap = "" if not rest or word.start == view.words[k - 1].end else "-" if word.hyphened else " "
        rest += gap + "".join(word.text.split())
        if len(rest) > SUMMARY_LENGTH:
            break
    whole = f"{lead} {rest}".strip()
    if len(whole) > SUMMARY_LENGTH:
        whole = whole[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"
    return whole
