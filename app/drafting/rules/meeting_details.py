"""What a text tells of its meeting: title, day, place, parties, type, level, ordinal and who took part."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from app.drafting.rules.dates import date_at
from app.drafting.rules.draft_model import Attendance, DraftMeeting, Hints
from app.drafting.rules.due_times import weekday_number
from app.drafting.rules.entities import Cast
from app.drafting.rules.layout import Block
from app.drafting.rules.lexicon import load, words
from app.drafting.rules.sentence_view import View, view_of
from app.drafting.rules.sentences import Sentence
from app.drafting.rules.subjects import JOINERS

READ = 60
HELD = frozenset(
    [
        "held",
        "met",
        "meeting",
        "met",
        "gathered",
        "convened",
        "hosted",
        "on",
        "talks",
        "issued",
        "visit",
        "during",
        "today",
    ]
)
ORDINALS = {
    w: n
    for n, w in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
        ],
        1,
    )
}
MEETINGS = frozenset(["meeting", "ministerial", "summit", "dialogue", "consultative", "talks", "committee"])


def parties_in(cast: Cast, sentences: Sequence[Sentence], hints: Hints) -> tuple[str, ...]:
    """The parties of the meeting: as hinted, else those that the opening shows to speak (offices, persons, "X-Y"
    pairs).
    """
    if hints.parties:
        return tuple(dict.fromkeys(cast.names.code(p) for p in hints.parties))
    scores: Counter[str] = Counter()
    for n, sentence in enumerate(sentences[:READ]):
        _weigh_parties(cast, sentence, scores, 4 if n == 0 else 2 if n < 5 else 1)
    adversaries = load("designations")["adversaries"]
    likely = {c: s for c, s in scores.items() if s >= 3 and c not in adversaries}
    top = max(likely.values(), default=0)
    group = max((g for g in cast.names.groups if g in likely), key=lambda g: likely[g], default=None)
    if group and likely[group] >= 0.5 * top:
        members = cast.names.groups[group]
        return tuple(sorted(members))
    return tuple(sorted(c for c, s in likely.items() if s >= 0.2 * top and c not in cast.names.groups))


def _weigh_parties(cast: Cast, sentence: Sentence, scores: Counter[str], opening: int) -> None:
    """Offices, persons, lists and first words speak for a party; the opening of a paragraph, and of the text, most."""
    view = view_of(sentence, cast)
    mentions = view.mentions
    offices = words("designations", "offices") | words("designations", "collectives")
    for n, mention in enumerate(mentions):
        code = mention.codes[0] if mention.codes else None
        if code is None or mention.kind == "capital":
            continue
        left, right = view.key(mention.start - 1), view.key(mention.end)
        score = 3 if mention.kind == "person" else 0
        if right in offices or (view.key(mention.end + 1) in offices and right != "'s"):
            score += 3
        if (left == "of" and view.key(mention.start - 2) in offices) or (
            left == "the" and view.key(mention.start - 2) == "of" and view.key(mention.start - 3) in offices
        ):
            score += 3
        if (
            n
            and opening > 1
            and mentions[n - 1].kind != "capital"
            and _listed(view, mentions[n - 1].end, mention.start)
        ):
            score += 2
            scores[mentions[n - 1].codes[0] if mentions[n - 1].codes else code] += 2 * opening
        if mention.end < len(view) and view.words[mention.end].hyphened and mention.end in view.mention_at:
            score += 1
        if mention.start <= 1 and sentence.index >= 0 and mention.kind == "name":
            score += 2
        scores[code] += score * opening


def _listed(view: View, end: int, start: int) -> bool:
    """Whether two mentions stand in one list: only commas, "and", "the" or "of" between them."""
    return (
        all(view.key(k) in JOINERS or view.key(k) in (",", "the", "of") for k in range(end, start)) and start - end <= 4
    )


def held_on_in(cast: Cast, sentences: Sequence[Sentence], hints: Hints) -> date | None:
    """The meeting's day: as hinted, else the first full date of the opening that a meeting word stands by, else
    the first of all.
    """
    if hints.held_on:
        return hints.held_on
    first: date | None = None
    published: date | None = None
    for sentence in sentences[:READ]:
        view = view_of(sentence, cast)
        for i in range(len(view)):
            found = _full_date(view, i)
            if found is None:
                continue
            day = found[0]
            near = view.keys[max(0, i - 14) : i]
            if sentence.block.kind == "heading" or not first:
                published = published or day
            first = first or day
            if (
                any(k in HELD for k in near)
                and sentence.block.kind != "heading"
                and (published is None or abs((day - published).days) < 60)
            ):
                return day
        by_weekday = _by_weekday(view, published)
        if by_weekday:
            return by_weekday
    return first


def _full_date(view: View, i: int) -> tuple[date, int] | None:
    """A day with its year at word `i`, or a day without year given by "3/14/2024"."""
    key = view.key(i)
    slashed = re.fullmatch(r"\d{1,2}", key) and view.key(i + 1) == "/" and view.key(i + 3) == "/"
    if slashed and view.key(i + 2).isdigit() and view.key(i + 4).isdigit():
        try:
            return date(int(view.key(i + 4)), int(key), int(view.key(i + 2))), i + 5
        except ValueError:
            return None
    months = load("times")["months"]
    if key in months or key.isdigit():
        found = date_at(view, i, None)
        if found and found.since and found.since == found.until and 1900 < found.since.year < 2150:
            return found.since, found.end
    return None


def _by_weekday(view: View, published: date | None) -> date | None:
    """ "met on Thursday": the last such day up to the day of publication."""
    if published is None:
        return None
    for i in range(1, len(view)):
        number = weekday_number(view.key(i))
        if number is not None and view.key(i - 1) == "on" and any(k in HELD for k in view.keys[max(0, i - 25) : i]):
            return published - timedelta(days=(published.weekday() - number) % 7)
    return None


def meeting_of(
    cast: Cast, sentences: Sequence[Sentence], blocks: Sequence[Block], text: str, hints: Hints, held_on: date | None
) -> DraftMeeting:
    """All that can be told; the caller's hints win."""
    heading = next((b for b in blocks if b.kind == "heading" and _is_title(text[b.start : b.end])), None)
    title = hints.title or (" ".join(text[heading.start : heading.end].split()) if heading else None)
    opening = " ".join([title or "", *(" ".join(s.folds) for s in sentences[:4])]).casefold()
    kinds = load("meetings")
    kind = next((t for t, signs in kinds["types"].items() if any(s in opening for s in signs)), None)
    return DraftMeeting(
        title=title,
        type=kind,
        level=kinds["levels"].get(kind),
        ordinal=_ordinal(sentences[:8]),
        held_on=held_on,
        city=_city(cast, sentences[:12]),
        parties=tuple(sorted(cast.parties)),
        participants=_participants(cast),
        inferred=() if hints.parties else (("parties", "told from offices and names in the opening"),),
    )


def _is_title(heading: str) -> bool:
    """A heading of three words or more that is no mere place and day."""
    words_in = heading.split()
    dated = any(w.casefold().strip(".,") in load("times")["months"] for w in words_in)
    return len(words_in) > 2 and not (dated and len(words_in) < 7)


def _ordinal(sentences: Sequence[Sentence]) -> int | None:
    for sentence in sentences:
        keys = sentence.folds
        for i, key in enumerate(keys):
            number = ORDINALS.get(key) or (
                int(key[:-2]) if key[-2:] in ("st", "nd", "rd", "th") and key[:-2].isdigit() and len(key) < 6 else None
            )
            if (
                number
                and number > 1
                and any(k in MEETINGS for k in keys[i + 1 : i + 8])
                and "anniversary" not in keys[i + 1 : i + 3]
            ):
                return number
    return None


def _city(cast: Cast, sentences: Sequence[Sentence]) -> str | None:
    """The first place that a meeting word puts the meeting in: "held in …, on", "met in …"."""
    for sentence in sentences:
        for i, key in enumerate(sentence.folds[:-1]):
            word = sentence.words[i + 1]
            if key != "in" or not word.text[0].isupper() or sentence.folds[i + 1] in load("times")["months"]:
                continue
            if any(k in HELD for k in sentence.folds[max(0, i - 25) : i]):
                end = i + 2
                while (
                    end < len(sentence.words)
                    and sentence.words[end].text[0].isupper()
                    and end < i + 4
                    and weekday_number(sentence.folds[end]) is None
                    and sentence.folds[end] not in load("times")["months"]
                ):
                    end += 1
                return " ".join(w.text for w in sentence.words[i + 1 : end])
    return None


def _participants(cast: Cast) -> tuple[Attendance, ...]:
    """Each person met, once."""
    seen: dict[str, Attendance] = {}
    for person in cast.people.values():
        seen.setdefault(person.key, Attendance(person.slug, person.name, person.party, person.office))
    return tuple(seen.values())
