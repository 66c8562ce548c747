"""Text check: compare document lines with the source texts, which are found by their SHA-256 hash.

No part of a text is stored.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Fault
from app.errors import Path as FaultPath
from app.schemas.meetings import MeetingLine
from app.schemas.pledges import PledgeCreate, source_id
from app.schemas.records import SourceCreate


class Texts:
    """The UTF-8 texts of a folder, keyed by the SHA-256 hash of their bytes. Other files are ignored."""

    def __init__(self, folder: Path) -> None:
        self.by_hash: dict[str, str] = {}
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            raw = path.read_bytes()
            try:
                self.by_hash[hashlib.sha256(raw).hexdigest()] = raw.decode("utf-8")
            except UnicodeDecodeError:
                continue

    def text_of(self, source: SourceCreate) -> str | None:
        """The text with the SHA-256 hash of `source`; None if the folder does not have it."""
        return self.by_hash.get(source.sha256)

    def source_faults(self, source: SourceCreate) -> Iterator[Fault]:
        """A fault if the folder does not have the text, or if its length differs from that of `source`."""
        text = self.text_of(source)
        if text is None:
            yield Fault(("sha256",), "is not the SHA-256 of a text in the folder")
        elif len(text) != source.length:
            yield Fault(("length",), f"must be {len(text)}, the code points of the text")


@dataclass(frozen=True)
class Quotation:
    """The words of one citation of a pledge."""

    pledge: int
    source: str
    words: str


def folded(text: str) -> str:
    """The text in lower case, with single spaces: line ends and capitals in headlines are not compared."""
    return " ".join(text.split()).casefold()


def new_sources(meeting: MeetingLine) -> Iterator[tuple[FaultPath, SourceCreate]]:
    """The sources that a meeting's line contains in place of an id, each with its path."""
    sources: list[tuple[FaultPath, str | SourceCreate]] = [
        *((("sources", index), source) for index, source in enumerate(meeting.sources)),
        *(
            (("pledges", index, "citations", position, "source"), citation.source)
            for index, pledge in enumerate(meeting.pledges)
            for position, citation in enumerate(pledge.citations)
        ),
    ]
    for path, source in sources:
        if not isinstance(source, str):
            yield path, source


def quotations(meeting: MeetingLine, texts: dict[str, str]) -> Iterator[Quotation]:
    """The quotations of a meeting's citations. `texts` are keyed by source id; a citation without a text is skipped."""
    for pledge in meeting.pledges:
        for citation in pledge.citations:
            source = source_id(citation.source)
            if source in texts:
                yield Quotation(pledge.number or 0, source, texts[source][citation.start : citation.end])


def meeting_faults(meeting: MeetingLine, texts: dict[str, str]) -> Iterator[Fault]:
    """Faults of citations whose span is not valid, and of fields whose words are not in a cited span.

    `texts` are keyed by source id.
    """
    for index, pledge in enumerate(meeting.pledges):
        yield from _pledge_faults(pledge, texts, ("pledges", index))


def _pledge_faults(pledge: PledgeCreate, texts: dict[str, str], path: FaultPath) -> Iterator[Fault]:
    spans = []
    for index, citation in enumerate(pledge.citations):
        text = texts.get(source_id(citation.source))
        citation_path = (*path, "citations", index)
        if text is None:
            yield Fault((*citation_path, "source"), "has no text in the folder")
        elif citation.end > len(text):
            yield Fault((*citation_path, "end"), f"must lie within the text, which has {len(text)} code points")
        else:
            span = text[citation.start : citation.end]
            spans.append(folded(span))
            if span != span.strip():
                yield Fault(citation_path, "must begin and end with words, not with white space")
    quoted: list[tuple[FaultPath, str]] = [
        ((*path, "formula", index), fragment) for index, fragment in enumerate(pledge.formula)
    ]
    if pledge.due:
        quoted.append(((*path, "due", "text"), pledge.due.text))
    if pledge.condition:
        quoted.append(((*path, "condition", "text"), pledge.condition.text))
    for text_path, text in quoted:
        if spans and not any(folded(text) in span for span in spans):
            yield Fault(text_path, "must be words of a cited span")
