"""Meeting details: read title, day, place, parties, type, level, ordinal and participants from a text."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from app.drafting.rules.dates import MONTHS, date_at
from app.drafting.rules.draft_model import DraftAttendance, DraftMeeting, Hints
from app.drafting.rules.due_times import weekday_number
from app.drafting.rules.entities import Entities, Mention
from app.drafting.rules.layout import Block
from app.drafting.rules.lexicon import folded_words
from app.drafting.rules.lexicon_files import numbers, word_list, word_lists, word_map, word_set
from app.drafting.rules.sentence_view import SentenceView, view_of
from app.drafting.rules.sentences import Sentence
from app.drafting.rules.subjects import CONJUNCTIONS
from app.schemas.vocabulary import Level, MeetingType

HELD = word_set("meetings", "held_signs")
ORDINALS = numbers("meetings", "ordinals")
ORDINAL_SUFFIXES = word_list("meetings", "ordinal_suffixes")
COUNTED_MEETINGS = word_set("meetings", "counted_meetings")
LIST_JOINERS = word_set("meetings", "party_list_joiners") | CONJUNCTIONS
SPEAKERS = folded_words("designations", "offices") | folded_words("designations", "collectives")
ADVERSARIES = word_set("designations", "adversaries")
SAMPLE = 60
DATE_REACH = 14
PLACE_REACH = 25


def parties_in(entities: Entities, sentences: Sequence[Sentence], hints: Hints) -> tuple[str, ...]:
    """The codes of the parties: those of the hints, else those that speak in the first sentences of the text."""
    if hints.parties:
        return tuple(dict.fromkeys(entities.names.code(party) for party in hints.parties))
    groups = entities.names.groups
    scores: Counter[str] = Counter()
    for n, sentence in enumerate(sentences[:SAMPLE]):
        _add_scores(scores, entities, sentence, 4 if n == 0 else 2 if n < 5 else 1)
    likely = {code: score for code, score in scores.items() if score >= 3 and code not in ADVERSARIES}
    top = max(likely.values(), default=0)
    group = max((code for code in groups if code in likely), key=lambda code: likely[code], default=None)
    if group and likely[group] >= 0.5 * top:
        return tuple(sorted(groups[group]))
    return tuple(sorted(code for code, score in likely.items() if score >= 0.2 * top and code not in groups))


def _add_scores(scores: Counter[str], entities: Entities, sentence: Sentence, weight: int) -> None:
    """Add to `scores` how much each party of a sentence seems to speak."""
    view = view_of(sentence, entities)
    last: Mention | None = None
    for mention in view.mentions:
        code = mention.codes[0] if mention.codes else None
        if code is not None and mention.kind != "capital":
            score = _speaking_score(view, mention)
            if weight > 1 and last and last.kind != "capital" and _are_listed(view, last.end, mention.start):
                score += 2
                scores[last.codes[0] if last.codes else code] += 2 * weight
            scores[code] += score * weight
        last = mention


def _speaking_score(view: SentenceView, mention: Mention) -> int:
    """How much a mention seems to speak: by an office beside it, as a person, in a pair, or as the first word."""
    left, second, third = (view.key(mention.start - n) for n in (1, 2, 3))
    right = view.key(mention.end)
    has_office = right in SPEAKERS or (view.key(mention.end + 1) in SPEAKERS and right != "'s")
    is_of_office = (left == "of" and second in SPEAKERS) or (left == "the" and second == "of" and third in SPEAKERS)
    is_pair = mention.end in view.mention_at and view.words[mention.end].hyphened
    is_first = mention.start <= 1 and mention.kind == "name"
    return 3 * (mention.kind == "person") + 3 * has_office + 3 * is_of_office + is_pair + 2 * is_first


def _are_listed(view: SentenceView, end: int, start: int) -> bool:
    """True if only commas, "and", "the" or "of" are between two mentions."""
    return start - end <= 4 and all(view.key(k) in LIST_JOINERS for k in range(end, start))


def held_on_in(entities: Entities, sentences: Sequence[Sentence], hints: Hints) -> date | None:
    """The day of the meeting: that of the hints, else the first date after a word such as "met", else the first date.

    A weekday ("met on Thursday") counts from the date of publication.
    """
    if hints.held_on:
        return hints.held_on
    first: date | None = None
    published: date | None = None
    for sentence in sentences[:SAMPLE]:
        view = view_of(sentence, entities)
        is_heading = sentence.block.kind == "heading"
        for i in range(len(view)):
            day = _full_date(view, i)
            if day is None:
                continue
            if is_heading or not first:
                published = published or day
            first = first or day
            is_near = published is None or abs((day - published).days) < 60
            if not is_heading and is_near and not HELD.isdisjoint(view.keys[max(0, i - DATE_REACH) : i]):
                return day
        by_weekday = _by_weekday(view, published)
        if by_weekday:
            return by_weekday
    return first


def _full_date(view: SentenceView, i: int) -> date | None:
    """The day at word `i`, if it names its year: "March 14, 2024", "3/14/2024"."""
    key = view.key(i)
    is_slashed = re.fullmatch(r"\d{1,2}", key) and view.key(i + 1) == "/" and view.key(i + 3) == "/"
    if is_slashed and view.key(i + 2).isdigit() and view.key(i + 4).isdigit():
        try:
            return date(int(view.key(i + 4)), int(key), int(view.key(i + 2)))
        except ValueError:
            return None
    if key not in MONTHS and not key.isdigit():
        return None
    found = date_at(view, i, None)
    is_day = found and found.since and found.since == found.until and 1900 < found.since.year < 2150
    return found.since if found and is_day else None


def _by_weekday(view: SentenceView, published: date | None) -> date | None:
    """ "met on Thursday": the last such day up to the day of publication."""
    if published is None:
        return None
    for i in range(1, len(view)):
        number = weekday_number(view.key(i))
        if number is None or view.key(i - 1) != "on":
            continue
        if not HELD.isdisjoint(view.keys[max(0, i - PLACE_REACH) : i]):
            return published - timedelta(days=(published.weekday() - number) % 7)
    return None


def meeting_of(
    entities: Entities,
    sentences: Sequence[Sentence],
    blocks: Sequence[Block],
    text: str,
    hints: Hints,
    held_on: date | None,
) -> DraftMeeting:
    """The meeting as the hints and the text describe it. The hints take precedence."""
    heading = next((b for b in blocks if b.kind == "heading" and _is_title(text[b.start : b.end])), None)
    title = hints.title or (" ".join(text[heading.start : heading.end].split()) if heading else None)
    opening = " ".join([title or "", *(" ".join(s.folds) for s in sentences[:4])]).casefold()
    signs = word_lists("meetings", "types")
    kind = next((name for name, found in signs.items() if any(sign in opening for sign in found)), None)
    level = word_map("meetings", "levels").get(kind) if kind else None
    return DraftMeeting(
        title=title,
        type=MeetingType(kind) if kind else None,
        level=Level(level) if level else None,
        ordinal=_ordinal(sentences[:8]),
        held_on=held_on,
        city=_city(sentences[:12]),
        parties=tuple(sorted(entities.parties)),
        participants=_participants(entities),
        inferred=() if hints.parties else (("parties", "told from offices and names in the opening"),),
    )


def _is_title(heading: str) -> bool:
    """True for a heading of three words or more that is not only a place and a day."""
    words = heading.split()
    is_dated = any(word.casefold().strip(".,") in MONTHS for word in words)
    return len(words) > 2 and not (is_dated and len(words) < 7)


def _ordinal(sentences: Sequence[Sentence]) -> int | None:
    """The number of the meeting in its series: "the third Foreign Ministers' Meeting"."""
    for sentence in sentences:
        keys = sentence.folds
        for i, key in enumerate(keys):
            number = ORDINALS.get(key) or _numeral(key)
            is_counted = not COUNTED_MEETINGS.isdisjoint(keys[i + 1 : i + 8])
            if number and number > 1 and is_counted and "anniversary" not in keys[i + 1 : i + 3]:
                return number
    return None


def _numeral(key: str) -> int | None:
    """The number of "3rd" or "15th"."""
    is_ordinal = key.endswith(ORDINAL_SUFFIXES) and key[:-2].isdigit() and len(key) < 6
    return int(key[:-2]) if is_ordinal else None


def _city(sentences: Sequence[Sentence]) -> str | None:
    """The first place after a word such as "held" or "met": "held in …, on", "met in …"."""
    for sentence in sentences:
        for i, key in enumerate(sentence.folds[:-1]):
            if key != "in" or not _is_place_word(sentence, i + 1, after_first=False):
                continue
            if not HELD.isdisjoint(sentence.folds[max(0, i - PLACE_REACH) : i]):
                end = i + 2
                while end < min(len(sentence.words), i + 4) and _is_place_word(sentence, end, after_first=True):
                    end += 1
                return " ".join(word.text for word in sentence.words[i + 1 : end])
    return None


def _is_place_word(sentence: Sentence, i: int, *, after_first: bool) -> bool:
    """True for a capitalised word that is no month and, after the first word of a place, no weekday."""
    key = sentence.folds[i]
    is_name = sentence.words[i].text[0].isupper() and key not in MONTHS
    return is_name and not (after_first and weekday_number(key) is not None)


def _participants(entities: Entities) -> tuple[DraftAttendance, ...]:
    """Each person of the text once."""
    seen: dict[str, DraftAttendance] = {}
    for person in entities.people.values():
        seen.setdefault(person.key, DraftAttendance(person.slug, person.name, person.party, person.office))
    return tuple(seen.values())
