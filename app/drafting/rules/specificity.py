"""Specificity: say how specific a pledge is, which watched phrases it has, and write a first summary (codebook 11)."""

from app.drafting.rules.draft_model import DraftDue
from app.drafting.rules.lexicon import folded_words, phrases
from app.drafting.rules.lexicon_files import word_map
from app.drafting.rules.sentence_view import SentenceView
from app.schemas.vocabulary import Act, DueKind, Specificity

MEASURES = folded_words("specifics", "measures")
PRODUCTS = phrases("specifics", "products")
NAMED = phrases("specifics", "named")
FORMULAS = phrases("specifics", "formulas")
LEADS = word_map("summaries", "lead")
AMOUNT_SIGNS = frozenset("$€£¥%")
SUMMARY_LENGTH = 200
MOST_FORMULAS = 3
FORMULA_WORDS = 6


def specificity_of(
    view: SentenceView, start: int, end: int, instruments: tuple[str, ...], due: DraftDue | None
) -> Specificity:
    """Measurable with an amount, or with a finished product and its date; a named action with a name or a date."""
    keys = view.keys[start:end]
    amount = not AMOUNT_SIGNS.isdisjoint(keys)
    number = any(k[0].isdigit() and i + 1 < len(keys) and keys[i + 1] in MEASURES for i, k in enumerate(keys))
    has_deadline = due is not None and due.kind in (DueKind.deadline, DueKind.deadline_event)
    if amount or number or (has_deadline and PRODUCTS.all_in(view.keys, start, end)):
        return Specificity.measurable
    named = any(view.is_upper(a) for a, _, _ in NAMED.all_in(view.keys, start, end))
    if named or instruments or has_deadline or (due is not None and due.kind is DueKind.window):
        return Specificity.named_action
    return Specificity.general


def formulas_in(view: SentenceView, text: str, start: int, end: int) -> tuple[str, ...]:
    """The watched phrases in their own words, at most three of at most six words."""
    found = []
    for a, b, _ in FORMULAS.all_in(view.keys, start, end):
        said = text[view.words[a].start : view.words[b - 1].end]
        if len(said.split()) <= FORMULA_WORDS and said not in found:
            found.append(said)
    return tuple(found[:MOST_FORMULAS])


def summary_of(view: SentenceView, act: Act, start: int, end: int) -> str:
    """A first summary: the lead of the act and the words of the clause. A person rewrites it."""
    rest = ""
    for k in range(start, end):
        word = view.words[k]
        gap = "" if not rest or word.start == view.words[k - 1].end else "-" if word.hyphened else " "
        rest += gap + "".join(word.text.split())
        if len(rest) > SUMMARY_LENGTH:
            break
    whole = f"{LEADS[act]} {rest}".strip()
    if len(whole) > SUMMARY_LENGTH:
        whole = whole[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;") + "…"
    return whole
