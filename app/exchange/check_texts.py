"""Holding book lines against the source texts themselves: by SHA-256, span by span. Nothing of a text is stored."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Fault
from app.errors import Path as FaultPath
from app.schemas.meetings import MeetingLine
from app.schemas.pledges import PledgeCreate, source_id
from app.schemas.records import SourceCreate

_Read = dict[str, str]


class Texts:
    """The texts of a folder, known by the SHA-256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self.by_hash: _Read = {}
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            raw = path.read_bytes()
            try:
                self.by_hash[hashlib.sha256(raw).hexdigest()] = raw.decode("utf-8")
            except UnicodeDecodeError:
                continue

    def text_of(self, source: SourceCreate) -> str | None:
        """The text that the source's SHA-256 names, if the folder has it."""
        return self.by_hash.get(source.sha256)

    def source_faults(self, source: SourceCreate) -> Iterator[Fault]:
        text = self.text_of(source)
        if text is None:
            yield Fault(("sha256",), "is not the SHA-256 of a text in the folder")
        elif len(text) != source.length:
            yield Fault(("length",), f"must be {len(text)}, the code points of the text")


@dataclass(frozen=True)
class CitedWords:
    """The words that one citation of one pledge points to."""

    pledge: int
    source: str
    words: str


def folded(text: str) -> str:
    """White space as single spaces, no case: line ends and capitals of headlines do not matter to a comparison."""
    return " ".join(text.split()).casefold()


def given_sources(meeting: MeetingLine) -> Iterator[tuple[FaultPath, SourceCreate]]:
    """The sources that a meeting's line gives whole, in the place of an id."""
    places: list[tuple[FaultPath, str | SourceCreate]] = [
        *((("sources", index), source) for index, source in enumerate(meeting.sources)),
        *(
            (("pledges", index, "citations", position, "source"), citation.source)
            for index, pledge in enumerate(meeting.pledges)
            for position, citation in enumerate(pledge.citations)
        ),
    ]
    for path, source in places:
        if not isinstance(source, str):
            yield path, source


def cited_words(meeting: MeetingLine, texts: dict[str, str]) -> Iterator[CitedWords]:
    """What the citations of a meeting's pledges point to, in the texts by source id."""
    for pledge in meeting.pledges:
        for citation in pledge.citations:
            source = source_id(citation.source)
            if source in texts:
                yield CitedWords(pledge.number or 0, source, texts[source][citation.start : citation.end])


def meeting_faults(meeting: MeetingLine, texts: dict[str, str]) -> Iterator[Fault]:
    """Spans that point outside their text or at its blanks, and words that are said to stand there and do not."""
    for index, pledge in enumerate(meeting.pledges):
        yield from _pledge_faults(pledge, texts, ("pledges", index))


def _pledge_faults(pledge: PledgeCreate, texts: dict[str, str], at: FaultPath) -> Iterator[Fault]:
    words = []
    for index, citation in enumerate(pledge.citations):
        text = texts.get(source_id(citation.source))
        here = (*at, "citations", index)
        if text is None:
            yield Fault((*here, "source"), "has no text in the folder to be held against")
        elif citation.end > len(text):
            yield Fault((*here, "end"), f"must lie within the text, which has {len(text)} code points")
        else:
            span = text[citation.start : citation.end]
            words.append(folded(span))
            if span != span.strip():
                yield Fault(here, "must begin and end with words, not with white space")
    claims: list[tuple[FaultPath, str]] = [
        ((*at, "formula", index), fragment) for index, fragment in enumerate(pledge.formula)
    ]
    if pledge.due:
        claims.append(((*at, "due", "text"), pledge.due.text))
    if pledge.condition:
        claims.append(((*at, "condition", "text"), pledge.condition.text))
    for path, claim in claims:
        if words and not any(folded(claim) in span for span in words):
            yield Fault(path, "must be words of a cited span")
