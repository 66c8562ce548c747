"""Layout: divide a text into paragraphs, headings, list items and boilerplate (codebook 3 and 9).

A block is a span of the text as given. Wrapped lines belong to one block; no character is changed.
"""

import itertools
import re
from dataclasses import dataclass, replace
from typing import Literal

from app.drafting.rules.lexicon import phrases
from app.drafting.rules.lexicon_files import word_list
from app.drafting.rules.tokenizer import folds

BlockKind = Literal["body", "heading", "item", "boilerplate"]

LABEL = re.compile(
    r"[ \t]*(?:\(?\d{1,3}[.)]|\([a-z]{1,4}\)|[a-z][.)]|[ivx]{1,4}[.)]|[•·▪◦‣●*–—-]|o)[ \t\u00a0]+", re.IGNORECASE
)
FINAL = tuple('.!?:;”"…')
_ABBREVIATIONS = "|".join((*word_list("layout", "title_abbreviations"), *word_list("layout", "month_abbreviations")))
ABBREVIATION = re.compile(rf"(?:^|[\s(])(?:[A-Z]\.)+$|(?:^|[\s(])(?:{_ABBREVIATIONS})\.$")
LONG_LINE = 90
HEADING_WORDS = 24


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or list item.

    `start` is the offset after the label of an item. `heading` is the text of the heading above the block.
    """

    start: int
    end: int
    kind: BlockKind
    label: str = ""
    heading: str = ""
    is_under_title: bool = False


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    label: str
    indent: int

    @property
    def length(self) -> int:
        return self.end - self.start


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text in order. Their offsets count in the text as given."""
    blocks: list[Block] = []
    heading = ""
    headings = 0
    for group in _groups(_lines(text)):
        width = max(line.length for line in group)
        for lines in _joined(text, group, width):
            block = _block(text, lines)
            if block.kind == "heading":
                heading = text[block.start : block.end]
                headings += not blocks or blocks[-1].kind != "heading"
            blocks.append(
                replace(
                    block,
                    heading=heading,
                    is_under_title=headings < 2 and blocks[:1] != [] and blocks[0].kind == "heading",
                )
            )
    return blocks


def _lines(text: str) -> list[_Line]:
    found = []
    at = 0
    for raw in text.split("\n"):
        body = raw.strip()
        start = at + (len(raw) - len(raw.lstrip())) if body else at
        label = LABEL.match(raw) if body else None
        found.append(_Line(start, start + len(body), label[0] if label else "", len(raw) - len(raw.lstrip())))
        at += len(raw) + 1
    return found


def _groups(lines: list[_Line]) -> list[list[_Line]]:
    """The runs of lines between blank lines."""
    groups: list[list[_Line]] = []
    fresh = True
    for line in lines:
        if not line.length:
            fresh = True
        elif fresh:
            groups.append([line])
            fresh = False
        else:
            groups[-1].append(line)
    return groups


def _joined(text: str, group: list[_Line], width: int) -> list[list[_Line]]:
    paragraphs = [[group[0]]]
    for last, line in itertools.pairwise(group):
        if _is_wrapped(text, last, line, width):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _is_wrapped(text: str, last: _Line, line: _Line, width: int) -> bool:
    """True if `line` continues `last`, judged by its first letter, the room left on `last`, and its indentation."""
    if line.label:
        return False
    end = text[max(last.start, last.end - 12) : last.end]
    first = text[line.start]
    if first.islower() or first in ",;)-–":
        return True
    ended = end.endswith(FINAL) and not ABBREVIATION.search(end)
    word = next((n for n, c in enumerate(text[line.start : min(line.end, line.start + 40)]) if c == " "), line.length)
    no_room = last.length + 1 + word > width - 2 and width < 140
    if ended:
        return no_room and end.endswith(tuple('.,;"”'))
    if line.indent > last.indent + 1 and last.label:
        return True
    return (no_room and last.length > 50) or last.length > LONG_LINE


def _block(text: str, lines: list[_Line]) -> Block:
    first, last = lines[0], lines[-1]
    start, end = first.start, last.end
    label = first.label.strip()
    if label:
        start = min(end, first.start + len(first.label.lstrip()))
    if is_boilerplate(text[start:end]):
        return Block(start, end, "boilerplate", label)
    if label:
        return Block(start, end, "item", label)
    if not text[start:end].endswith(FINAL) and end - start < 300 and len(text[start:end].split()) <= HEADING_WORDS:
        return Block(start, end, "heading")
    return Block(start, end, "body")


def is_boilerplate(passage: str) -> bool:
    """True for a short passage that belongs to the web page around a statement."""
    if len(passage) > 400:
        return False
    words = folds(passage[:400])
    if not words:
        return True
    if phrases("boilerplate", "anywhere").all_in(words):
        return len(words) <= 40
    begun = phrases("boilerplate", "lines").at(words, 0)
    if begun and len(words) <= 30:
        return begun[0] > 1 or len(words) <= 6 or words[1:2] in ((":",), ("|",))
    return words[0] == "by" and len(words) <= 12 and not passage.rstrip().endswith((".", ";", ":"))
