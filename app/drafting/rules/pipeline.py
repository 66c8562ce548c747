"""Pipeline: from a text to its drafts.

The steps are layout, sentences, governing verbs, clauses, undertakings, and then the fields of each draft.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from app.drafting.rules.clauses import ClauseContent, VerbClause, clauses_of, pieces_of
from app.drafting.rules.conditions import condition_in, opening_condition, threat_condition
from app.drafting.rules.draft_model import (
    Draft,
    DraftCitation,
    DraftCondition,
    DraftDue,
    DraftPledge,
    Hints,
    KnownBook,
)
from app.drafting.rules.due_times import due_in
from app.drafting.rules.entities import Entities, names_of
from app.drafting.rules.governing_verbs import governing_verbs, triggers
from app.drafting.rules.instruments import instruments_in
from app.drafting.rules.layout import Block, blocks_of
from app.drafting.rules.lexicon_files import single_word, word_set
from app.drafting.rules.list_items import LeadIn, item_clauses, lead_in_of
from app.drafting.rules.meeting_details import held_on_in, meeting_of, parties_in
from app.drafting.rules.pledge_parties import parties_of
from app.drafting.rules.sentence_view import SentenceView, view_of
from app.drafting.rules.sentences import Sentence, sentences_of
from app.drafting.rules.similarity import duplicates_among, renewals_of
from app.drafting.rules.specificity import formulas_in, specificity_of, summary_of
from app.drafting.rules.statement_classifier import FIRST_PERSON, is_statement
from app.drafting.rules.subject_assignment import GoverningVerb
from app.drafting.rules.subjects import Subject
from app.drafting.rules.tokenizer import tokens_of, words_within_lines
from app.drafting.rules.topics import TopicCues, Weights, chosen, cues_of, primary
from app.drafting.rules.verb_forms import known_words
from app.drafting.rules.verb_reading import VerbReading
from app.schemas.vocabulary import PLEDGE_ACTS, DueKind, Zone

ADVERBIAL_OPENERS = word_set("clauses", "adverbial_openers")
ANAPHORS = word_set("clauses", "anaphors")
REPORTING = word_set("clauses", "reporting")
DEMONSTRATIVES = word_set("grammar", "demonstratives")
ANAPHORIC_DETERMINERS = word_set("grammar", "anaphoric_determiners")
# The topic of a clause for which no other can be found.
DEFAULT_TOPIC = single_word("topics", "default_topic")
NEWS_SAMPLE = 80
CLASSIFIER_SAMPLE = 60
OPENING_REACH = 14
ANAPHOR_REACH = 5


@dataclass(slots=True)
class _Context:
    """What is the same for all sentences of a text, and what the last sentences said."""

    text: str
    book: KnownBook
    entities: Entities
    cues: TopicCues
    held_on: date | None
    is_news: bool
    lede: Block | None
    heading: str | None = None
    last_topic: str | None = None
    last_block: Block | None = None
    voice: Subject | None = None
    block: Block | None = None


def draft(text: str, book: KnownBook = KnownBook(), hints: Hints = Hints()) -> Draft:  # noqa: B008 - frozen defaults
    """The pledges and positions of a statement.

    `text` is plain text; all offsets count in it. Any text is accepted, and none is changed.
    """
    blocks = [block for block in blocks_of(text) if block.kind != "boilerplate"]
    known = known_words() | words_within_lines(text)
    sentences = [s for b in blocks for s in sentences_of(tokens_of(text, b.start, b.end, known), b)]
    entities = Entities(names_of(book))
    for sentence in sentences:
        entities.learn_persons(sentence.words, sentence.folds)
    entities.parties = parties_in(entities, sentences, hints)
    held_on = held_on_in(entities, sentences, hints)
    meeting = meeting_of(entities, sentences, blocks, text, hints, held_on)
    mentions = (entities.mentions(s.words, s.folds) for s in sentences[:CLASSIFIER_SAMPLE])
    if not is_statement(entities, sentences, mentions, hinted=bool(hints.parties)):
        return Draft(meeting, (), False)
    lede = next((block for block in blocks if block.kind == "body"), None)
    context = _Context(text, book, entities, cues_of(book.topics), held_on, _is_news(sentences), lede)
    return Draft(meeting, _compared(context, list(_drafts(context, sentences))), True)


def _is_news(sentences: list[Sentence]) -> bool:
    """True for a news report: it has no "we" of its own outside quotation marks."""
    sample = sentences[:NEWS_SAMPLE]
    own = sum(1 for s in sample for word in s.words if word.fold in FIRST_PERSON and not word.quoted)
    said = sum(1 for s in sample for key in s.folds if key in REPORTING)
    return said >= 1 and own <= 2


def _drafts(context: _Context, sentences: list[Sentence]) -> Iterator[DraftPledge]:
    """The drafts of all sentences in order. A lead-in ("WE COMMIT TO:") holds for the list items after it."""
    lead_in: LeadIn | None = None
    for sentence in sentences:
        _enter_block(context, sentence)
        if lead_in is None and triggers().isdisjoint(sentence.folds):
            continue
        view = view_of(sentence, context.entities)
        if lead_in is not None and not lead_in.goes_on(view):
            lead_in = None
        clauses = item_clauses(view, lead_in) if lead_in is not None else None
        if clauses is not None:
            verbs = [clause.verb for clause in clauses]
        else:
            verbs = governing_verbs(view, headline=sentence.block.kind == "heading", before=context.voice)
            opened = lead_in_of(view, verbs)
            if opened is not None:
                lead_in = opened
                continue
            clauses = clauses_of(view, verbs)
        for clause in clauses:
            yield from _of_clause(context, view, clause, verbs)
        _remember_voice(context, verbs)


def _enter_block(context: _Context, sentence: Sentence) -> None:
    """At the beginning of a block, set the topic of its heading in `context`."""
    block = sentence.block
    if context.block is block:
        return
    context.block = block
    context.heading = None
    if block.heading and block.kind != "heading" and not block.is_under_title:
        words = tuple(tokens_of(block.heading, 0, len(block.heading)))
        if words:
            title = Sentence(words, tuple(word.fold for word in words), block, 0)
            context.heading = primary(context.cues.weigh(view_of(title, context.entities), 0, len(words)))


def _remember_voice(context: _Context, verbs: list[GoverningVerb]) -> None:
    """Record in `context` who spoke last, for the quotation or the threat that follows."""
    for verb in verbs:
        if verb.subject.persons or verb.subject.parties:
            context.voice = verb.subject


def _of_clause(
    context: _Context, view: SentenceView, clause: VerbClause, verbs: list[GoverningVerb]
) -> Iterator[DraftPledge]:
    voice = _voice(context, view, clause, verbs)
    pieces = [(clause.start, clause.end)]
    if clause.verb.reading.form != "list":
        pieces = pieces_of(view, clause, partial(_content, context, view))
    for n, (a, b) in enumerate(pieces):
        if b > a:
            yield _draft_pledge(context, view, clause, (a, b), voice, is_first=n == 0)


def _voice(context: _Context, view: SentenceView, clause: VerbClause, verbs: list[GoverningVerb]) -> Subject | None:
    """Who speaks: the verb above the clause, the speaker of the quotation, or the only party of the sentence."""
    inner = clause.verb.inner
    is_quoted = view.words[clause.verb.index].quoted
    for verb in reversed(verbs) if inner or is_quoted else ():
        is_above = verb.index < clause.verb.index and not verb.inner
        speaks = verb.subject.kind in ("party", "body", "statement")
        if is_above and speaks and (inner or verb.subject.persons):
            return verb.subject
    if is_quoted:
        return context.voice
    if clause.verb.subject.kind in ("threat", "commitment"):
        return next((verb.subject for verb in verbs if verb.subject.binds), context.voice)
    return None


def _content(context: _Context, view: SentenceView, a: int, b: int) -> ClauseContent:
    due = due_in(view, context.text, a, b, context.held_on)
    condition = condition_in(view, context.text, a, b)
    return ClauseContent(
        topic=primary(context.cues.weigh(view, a, b)),
        instruments=instruments_in(view, context.book, a, b),
        due=due.text if due and due.kind is not DueKind.open else None,
        condition=condition.text if condition else None,
    )


def _draft_pledge(
    context: _Context,
    view: SentenceView,
    clause: VerbClause,
    span: tuple[int, int],
    voice: Subject | None,
    *,
    is_first: bool,
) -> DraftPledge:
    """One draft from one piece of a clause. Records its topic in `context`."""
    a, b = span
    low = max(a, clause.complement) if is_first and clause.complement < b else a
    reading, text = clause.verb.reading, context.text
    direct = context.cues.weigh(view, low, b)
    topics = _topics(context, view, clause, direct, (low, b))
    if topics:
        context.last_topic, context.last_block = topics[0], view.sentence.block
    due = _due(context, view, clause, (low, b), is_first=is_first)
    instruments = instruments_in(view, context.book, low, b)
    parties = parties_of(view, clause, (low, b), voice, topics[0] if topics else None)
    return DraftPledge(
        number=0,
        summary=summary_of(view, clause.act, low, b),
        act=clause.act,
        pledgors=parties.pledgors,
        speakers=parties.speakers,
        towards=parties.towards,
        about=parties.about,
        topics=topics,
        instruments=instruments,
        due=due,
        condition=_condition(view, text, clause, (low, b)),
        specificity=specificity_of(view, low, b, instruments, due),
        formula=formulas_in(view, text, a, b),
        borderline=reading.borderline,
        citations=(DraftCitation(_zone(context, view, clause), view.words[a].start, view.words[b - 1].end),),
        confidence=_confidence(reading, direct, parties.pledgors, is_first=is_first),
        cue=reading.cue,
    )


def _topics(
    context: _Context, view: SentenceView, clause: VerbClause, direct: Weights, span: tuple[int, int]
) -> tuple[str, ...]:
    """The topics of the clause. The text around it counts only if the clause has none or refers back."""
    refers_back = _refers_back(context, view, clause, *span)
    own = chosen(direct, None)
    if own and not refers_back:
        return own
    return chosen(direct, _surrounding_topic(context, view), refers_back=refers_back)


def _surrounding_topic(context: _Context, view: SentenceView) -> str | None:
    """The topic of the sentence, else the last of the paragraph, of the heading, of the text, or the default."""
    near = context.last_topic if context.last_block is view.sentence.block else None
    whole = primary(context.cues.weigh(view, 0, len(view)))
    has_default = any(topic.slug == DEFAULT_TOPIC for topic in context.book.topics)
    return whole or near or context.heading or context.last_topic or (DEFAULT_TOPIC if has_default else None)


def _refers_back(context: _Context, view: SentenceView, clause: VerbClause, low: int, end: int) -> bool:
    """True for a clause about what was said before: "this topic would be addressed", "support the initiative via …"."""
    if context.last_topic is None or context.last_block is not view.sentence.block:
        return False
    subject = clause.verb.subject
    if subject.kind == "event" and view.key(subject.start) in DEMONSTRATIVES:
        return True
    has_anaphor = any(
        view.key(k) in ANAPHORIC_DETERMINERS and view.key(k + 1) in ANAPHORS
        for k in range(low, min(end - 1, low + ANAPHOR_REACH))
    )
    return has_anaphor and not context.cues.weigh(view, low, end, asides=False)


def _due(
    context: _Context, view: SentenceView, clause: VerbClause, span: tuple[int, int], *, is_first: bool
) -> DraftDue | None:
    """The time of a pledge, in its own words or in the adverbial before the first clause of the sentence."""
    if clause.act not in PLEDGE_ACTS:
        return None
    due = due_in(view, context.text, *span, context.held_on)
    if due is None and is_first and not clause.verb.inner:
        due = due_in(view, context.text, *_opening(view, clause), context.held_on)
    return due


def _opening(view: SentenceView, clause: VerbClause) -> tuple[int, int]:
    """The adverbial before the first clause: "By the end of next year, the Ministers will"."""
    start = clause.verb.subject.start
    is_adverbial = view.key(start - 1) == "," and view.key(0) in ADVERBIAL_OPENERS
    return (0, start - 1) if is_adverbial and 1 < start <= OPENING_REACH else (0, 0)


def _condition(view: SentenceView, text: str, clause: VerbClause, span: tuple[int, int]) -> DraftCondition | None:
    if clause.act not in PLEDGE_ACTS:
        return None
    verb = clause.verb
    if verb.subject.kind == "threat":
        return threat_condition(view, text, verb.subject.start, verb.index)
    return condition_in(view, text, *span) or (opening_condition(view, text) if verb.index > 3 else None)


def _zone(context: _Context, view: SentenceView, clause: VerbClause) -> Zone:
    block = view.sentence.block
    if view.words[clause.verb.index].quoted:
        return Zone.quote
    if block.kind == "heading":
        return Zone.headline
    return Zone.lede if context.is_news and block is context.lede else Zone.body


def _confidence(reading: VerbReading, direct: Weights, pledgors: tuple[str, ...], *, is_first: bool) -> float:
    """The certainty of the rule, lowered by each guess."""
    confidence = reading.certainty
    confidence *= 1.0 if primary(direct) else 0.85
    confidence *= 1.0 if pledgors else 0.7
    confidence *= 0.7 if reading.borderline else 1.0
    return round(confidence * (1.0 if is_first else 0.9), 2)


def _compared(context: _Context, found: list[DraftPledge]) -> tuple[DraftPledge, ...]:
    """The drafts with their numbers, duplicates and renewals of pledges of earlier days."""
    day = context.held_on
    earlier = tuple(pledge for pledge in context.book.pledges if day is None or pledge.held_on < day)
    numbered = [replace(pledge, number=n) for n, pledge in enumerate(found, 1)]
    said = [context.text[pledge.citations[0].start : pledge.citations[0].end] for pledge in numbered]
    duplicates = duplicates_among(numbered, said)
    return tuple(
        replace(pledge, doubles=same, renewals=renewals_of(words, pledge, earlier))
        for pledge, same, words in zip(numbered, duplicates, said, strict=True)
    )
