"""From a text to its drafts: layout, sentences, governing verbs, clauses, and what each clause says, in that order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from app.drafting.rules.clauses import Clause, Content, clauses_of, pieces_of
from app.drafting.rules.conditions import condition_in, opening_condition, threat_condition
from app.drafting.rules.draft_model import PLEDGES, Book, Citation, Condition, Draft, DraftPledge, Hints, Zone
from app.drafting.rules.due_times import due_in
from app.drafting.rules.entities import Cast, names_of
from app.drafting.rules.governing_verbs import heads_of, triggers
from app.drafting.rules.instruments import instruments_in
from app.drafting.rules.layout import Block, blocks_of
from app.drafting.rules.lexicon import vocabulary
from app.drafting.rules.list_items import Frame, frame_after, item_clauses
from app.drafting.rules.meeting_details import held_on_in, meeting_of, parties_in
from app.drafting.rules.pledge_parties import bound_by
from app.drafting.rules.sentence_view import View, view_of
from app.drafting.rules.sentences import Sentence, sentences_of
from app.drafting.rules.similarity import doubles_among, renewals_of
from app.drafting.rules.specificity import formulas_in, specificity_of, summary_of
from app.drafting.rules.statement_classifier import is_statement
from app.drafting.rules.subject_assignment import Head
from app.drafting.rules.subjects import Subject
from app.drafting.rules.tokenizer import seen_in, words_of
from app.drafting.rules.topics import Cues, Weights, chosen, cues_of, primary
from app.drafting.rules.verb_reading import Reading

OPENINGS = frozenset(
    {
        "by",
        "in",
        "before",
        "over",
        "during",
        "within",
        "next",
        "this",
        "no",
        "starting",
        "beginning",
        "from",
        "later",
        "at",
        "once",
        "upon",
        "as",
    }
)
ANAPHORS = frozenset(
    [
        "initiative",
        "initiatives",
        "effort",
        "efforts",
        "issue",
        "issues",
        "matter",
        "matters",
        "topic",
        "topics",
        "goal",
        "goals",
        "work",
        "process",
        "project",
        "projects",
        "fund",
        "program",
        "transition",
        "plan",
    ]
)
GENERAL = "alliance-strengthening"


@dataclass(slots=True)
class _Scene:
    """What stays the same for all sentences of one text, and what the last ones said."""

    text: str
    book: Book
    cast: Cast
    cues: Cues
    held_on: date | None
    is_news: bool
    heading: str | None = None
    last_topic: str | None = None
    last_block: Block | None = None
    lede: Block | None = None
    voice: Subject | None = None
    block: Block | None = None


def draft(text: str, book: Book = Book(), hints: Hints = Hints()) -> Draft:  # noqa: B008 - frozen defaults
    """Draft the pledges and positions of a statement.

    `text` is plain text, all offsets count in it; `book` is what is known, `hints` what is known of the meeting.
    The rules are those of the codebook; nothing is repaired, and no text raises.
    """
    blocks = [b for b in blocks_of(text) if b.kind != "boilerplate"]
    known = vocabulary() | seen_in(text)
    sentences = [s for b in blocks for s in sentences_of(words_of(text, b.start, b.end, known), b)]
    cast = Cast(names_of(book))
    for sentence in sentences:
        cast.meet(sentence.words, sentence.folds)
    cast.parties = parties_in(cast, sentences, hints)
    held_on = held_on_in(cast, sentences, hints)
    meeting = meeting_of(cast, sentences, blocks, text, hints, held_on)
    if not is_statement(
        cast, sentences, (cast.mentions(s.words, s.folds) for s in sentences[:60]), hinted=bool(hints.parties)
    ):
        return Draft(meeting, (), False)
    scene = _Scene(text, book, cast, cues_of(book.topics), held_on, _is_news(text, sentences))
    scene.lede = next((b for b in blocks if b.kind == "body"), None)
    found = list(_drafts(scene, sentences))
    return Draft(meeting, _compared(scene, found), True)


def _is_news(text: str, sentences: list[Sentence]) -> bool:
    """A report rather than the statement's own text: no "we" of its own outside quotation marks."""
    own = sum(1 for s in sentences[:80] for w in s.words if w.fold in ("we", "our") and not w.quoted)
    said = sum(
        1 for s in sentences[:80] for k in s.folds if k in ("said", "told", "according", "reported", "explained")
    )
    return said >= 1 and own <= 2


def _drafts(scene: _Scene, sentences: list[Sentence]) -> Iterator[DraftPledge]:
    """The drafts of all sentences in order; a lead-in ("WE COMMIT TO:") frames the list items after it."""
    frame: Frame | None = None
    starts = triggers()
    for sentence in sentences:
        _enter(scene, sentence)
        if frame is None and starts.isdisjoint(sentence.folds):
            continue
        view = view_of(sentence, scene.cast)
        if frame is not None and not frame.holds(view):
            frame = None
        clauses = item_clauses(view, frame) if frame is not None else None
        if clauses is None:
            heads = heads_of(view, headline=sentence.block.kind == "heading", before=scene.voice)
            led = frame_after(view, heads)
            if led is not None:
                frame = led
                continue
            clauses = clauses_of(view, heads)
        else:
            heads = [c.head for c in clauses]
        yield from _of_clauses(scene, view, clauses, heads)
        _leave(scene, view, heads)


def _enter(scene: _Scene, sentence: Sentence) -> None:
    """A new block begins with what its heading is about and without the last speaker."""
    if scene.block is not sentence.block:
        scene.block = sentence.block
        heading = sentence.block.heading
        scene.heading = None
        if heading and sentence.block.kind != "heading" and not sentence.block.is_under_title:
            words = tuple(words_of(heading, 0, len(heading)))
            if words:
                title = Sentence(words, tuple(w.fold for w in words), sentence.block, 0)
                scene.heading = primary(scene.cues.weigh(view_of(title, scene.cast), 0, len(words)))


def _leave(scene: _Scene, view: View, heads: list[Head]) -> None:
    """Remember who spoke, for the quotation or the threat that follows."""
    for head in heads:
        if head.subject.persons or head.subject.parties:
            scene.voice = head.subject


def _of_clauses(scene: _Scene, view: View, clauses: list[Clause], heads: list[Head]) -> Iterator[DraftPledge]:
    if not clauses:
        return
    for clause in clauses:
        voice = _voice(scene, view, clause, heads)
        pieces = [(clause.start, clause.end)]
        if clause.head.reading.form != "list":
            pieces = pieces_of(view, clause, partial(_content, scene, view))
        for n, (a, b) in enumerate(pieces):
            if b > a:
                yield _one(scene, view, clause, (a, b), n, voice)


def _voice(scene: _Scene, view: View, clause: Clause, heads: list[Head]) -> Subject | None:
    """Who says it: the verb above the clause, the speaker of the quotation, or the only party named in the sentence."""
    quoted = view.words[clause.head.verb].quoted
    for head in reversed(heads) if clause.head.inner or quoted else ():
        above = head.verb < clause.head.verb and not head.inner
        speaks = head.subject.kind in ("party", "body", "statement")
        if above and speaks and (clause.head.inner or head.subject.persons):
            return head.subject
    if quoted:
        return scene.voice
    if clause.head.subject.kind in ("threat", "commitment"):
        return next((h.subject for h in heads if h.subject.kind in ("party", "body")), scene.voice)
    return None


def _content(scene: _Scene, view: View, a: int, b: int) -> Content:
    due = due_in(view, scene.text, a, b, scene.held_on)
    condition = condition_in(view, scene.text, a, b)
    named = instruments_in(view, scene.book, a, b)
    firm = due.text if due and due.kind != "open" else None
    return Content(
        primary(scene.cues.weigh(view, a, b, asides=True)), named, firm, condition.text if condition else None
    )


def _one(
    scene: _Scene, view: View, clause: Clause, span: tuple[int, int], n: int, voice: Subject | None
) -> DraftPledge:
    """One draft from one piece of a clause."""
    a, b = span
    low = max(a, clause.complement) if n == 0 and clause.complement < b else a
    direct = scene.cues.weigh(view, low, b)
    reading, text = clause.head.reading, scene.text
    topics = _topics(scene, view, clause, direct, (low, b))
    if topics:
        scene.last_topic, scene.last_block = topics[0], view.sentence.block
    due = due_in(view, text, low, b, scene.held_on) if reading.act in PLEDGES else None
    if due is None and n == 0 and reading.act in PLEDGES and not clause.head.inner:
        due = due_in(view, text, *_opening(view, clause), scene.held_on)
    condition = _condition(view, text, clause, (low, b))
    instruments = instruments_in(view, scene.book, low, b)
    bound = bound_by(view, clause, (low, b), voice, topics[0] if topics else None)
    citation = Citation(_zone(scene, view, clause), view.words[a].start, view.words[b - 1].end)
    return DraftPledge(
        number=0,
        summary=summary_of(view, reading.act, low, b),
        act=reading.act,
        pledgors=bound.pledgors,
        speakers=bound.speakers,
        towards=bound.towards,
        about=bound.about,
        topics=topics,
        instruments=instruments,
        due=due,
        condition=condition,
        specificity=specificity_of(view, low, b, instruments, due),
        formula=formulas_in(view, text, a, b),
        borderline=reading.borderline,
        citations=(citation,),
        confidence=_confidence(reading, direct, bound.pledgors, n),
        cue=reading.cue,
    )


def _topics(scene: _Scene, view: View, clause: Clause, direct: Weights, span: tuple[int, int]) -> tuple[str, ...]:
    """The clause's own topics; its surroundings are asked only where it has none or refers back."""
    refers_back = _refers_back(scene, view, clause, *span)
    own = chosen(direct, None)
    if own and not refers_back:
        return own
    return chosen(direct, _surrounding(scene, view), refers_back=refers_back)


def _surrounding(scene: _Scene, view: View) -> str | None:
    """For a clause that has none: its sentence's topic, its paragraph's last, its heading's, the last at all."""
    near = scene.last_topic if scene.last_block is view.sentence.block else None
    whole = primary(scene.cues.weigh(view, 0, len(view)))
    return whole or near or scene.heading or scene.last_topic or _general(scene)


def _refers_back(scene: _Scene, view: View, clause: Clause, low: int, end: int) -> bool:
    """ "this topic would be addressed", "support the initiative via …": what is done is what was said before."""
    if scene.last_topic is None or scene.last_block is not view.sentence.block:
        return False
    start = clause.head.subject.start
    if clause.head.subject.kind == "event" and view.key(start) in ("this", "these"):
        return True
    back = any(
        view.key(k) in ("the", "this", "these", "those") and view.key(k + 1) in ANAPHORS
        for k in range(low, min(end - 1, low + 5))
    )
    return back and not scene.cues.weigh(view, low, end, asides=False)


def _opening(view: View, clause: Clause) -> tuple[int, int]:
    """The adverbial before the first clause of a sentence: "By the end of next year, the Ministers will"."""
    start = clause.head.subject.start
    comma = view.key(start - 1) == ","
    return (0, start - 1) if comma and 1 < start <= 14 and view.key(0) in OPENINGS else (0, 0)


def _general(scene: _Scene) -> str | None:
    return GENERAL if any(t.slug == GENERAL for t in scene.book.topics) else None


def _condition(view: View, text: str, clause: Clause, span: tuple[int, int]) -> Condition | None:
    if clause.head.act not in PLEDGES:
        return None
    if clause.head.subject.kind == "threat":
        return threat_condition(view, text, clause.head.subject.start, clause.head.verb)
    return condition_in(view, text, *span) or (opening_condition(view, text) if clause.head.verb > 3 else None)


def _zone(scene: _Scene, view: View, clause: Clause) -> Zone:
    block = view.sentence.block
    if view.words[clause.head.verb].quoted:
        return "quote"
    if block.kind == "heading":
        return "headline"
    if scene.is_news and block is scene.lede:
        return "lede"
    return "body"


def _confidence(reading: Reading, direct: Weights, pledgors: tuple[str, ...], n: int) -> float:
    """Starts from how sure the rule is; every guess costs some."""
    sure = reading.certainty
    sure *= 1.0 if primary(direct) else 0.85
    sure *= 1.0 if pledgors else 0.7
    sure *= 0.7 if reading.borderline else 1.0
    return round(sure * (0.9 if n else 1.0), 2)


def _compared(scene: _Scene, found: list[DraftPledge]) -> tuple[DraftPledge, ...]:
    """The drafts numbered, with their doubles, and the pledges of earlier days that they may renew."""
    day = scene.held_on
    earlier = tuple(pledge for pledge in scene.book.pledges if day is None or pledge.held_on < day)
    numbered = [replace(d, number=n) for n, d in enumerate(found, 1)]
    said = [scene.text[d.citations[0].start : d.citations[0].end] for d in numbered]
    doubles = doubles_among(numbered, said)
    return tuple(
        replace(d, doubles=same, renewals=renewals_of(words, d, earlier))
        for d, same, words in zip(numbered, doubles, said, strict=True)
    )
