"""What people coded, in one shape for both kinds: annotated passages, and Pledgebook's own seeds."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.drafting.rules import Hints, KnownBook, KnownTopic
from app.drafting.rules.entities import names_of

ROOT = Path(__file__).resolve().parent.parent
TOPICS = ROOT / "seeds" / "topics.yaml"


@dataclass(frozen=True, slots=True)
class Unit:
    """A coded stretch: a sentence of a passage, or a citation of a seed. `count` is how many undertakings it holds."""

    start: int
    end: int
    is_pledge: bool
    count: int
    act: str
    pledgors: frozenset[str]
    topic: str | None
    due: tuple[str, str | None] | None
    borderline: str | None


@dataclass(slots=True)
class Passage:
    """A text and what people coded in it; `whole` if every sentence was looked at, one by one."""

    name: str
    text: str
    hints: Hints
    units: list[Unit] = field(default_factory=list)
    whole: bool = True


def book_of(topics: Path | None) -> KnownBook:
    """A book with topics and their cues; parties come from the lexicon."""
    lines = YAML(typ="safe", pure=True).load((topics or TOPICS).read_text(encoding="utf-8"))
    children = (line for line in lines if line.get("parent"))
    return KnownBook(
        topics=tuple(KnownTopic(line["slug"], tuple(line.get("cues", ())), line["parent"]) for line in children)
    )


def _code(word: str) -> str:
    return names_of(KnownBook()).code(word)


def passages_in(folder: Path) -> list[Passage]:
    """Annotated passages: `*.gold.json` beside their texts."""
    found = []
    for path in sorted(folder.rglob("*.gold.json")):
        gold: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        text = path.with_name(path.name.removesuffix(".gold.json") + ".txt").read_bytes().decode("utf-8")
        meta = gold["meta"]
        held_on = date.fromisoformat(meta["date"]) if meta.get("date") else None
        hints = Hints(held_on, tuple(_code(p) for p in meta.get("parties", ())), meta.get("title"))
        units = [_sentence(s) for s in gold["sentences"]]
        found.append(Passage(gold["slug"], text, hints, units))
    return found


def _sentence(gold: dict[str, Any]) -> Unit:
    time = gold["timeframe"]
    return Unit(
        start=gold["start"],
        end=gold["end"],
        is_pledge=gold["is_pledge"],
        count=gold["n_pledges"],
        act=gold["speech_act"],
        pledgors=frozenset(_code(p) for p in gold["pledgors"]),
        topic=gold["topics"][0] if gold["topics"] else None,
        due=(time["type"], time.get("norm_end")) if time else None,
        borderline=(gold.get("borderline_reason") or "arguable") if gold["borderline"] else None,
    )


def seeds_in(folder: Path, texts: Path) -> list[Passage]:
    """Seeds: the coded spans of every text at hand, one passage for a source."""
    lines = list(book_lines(folder))
    at_hand = texts_of(lines, texts)
    passages: dict[str, Passage] = {}
    for meeting in (line for line in lines if line["kind"] == "meeting"):
        hints = Hints(date.fromisoformat(str(meeting["held_on"])), tuple(meeting["parties"]), meeting.get("title"))
        for pledge in meeting.get("pledges", ()):
            for citation in pledge["citations"]:
                text = at_hand.get(citation["source"])
                if text is not None:
                    new = Passage(citation["source"], text, hints, whole=False)
                    passages.setdefault(citation["source"], new).units.append(_citation(pledge, citation))
    return list(passages.values())


def texts_of(lines: list[dict[str, Any]], texts: Path) -> dict[str, str]:
    """The texts at hand by the id of the source whose SHA-256 they have."""
    by_hash = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in sorted(texts.rglob("*.txt"))}
    sources = {line["id"]: line for line in lines if line["kind"] == "source"}
    for meeting in (line for line in lines if line["kind"] == "meeting"):
        sources |= {s["id"]: s for s in meeting.get("sources", ()) if isinstance(s, dict)}
    return {n: by_hash[s["sha256"]].read_bytes().decode("utf-8") for n, s in sources.items() if s["sha256"] in by_hash}


def book_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """The book lines of all seeds under a folder."""
    for path in sorted([folder] if folder.is_file() else [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]):
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        for line in data if isinstance(data, list) else [data]:
            if isinstance(line, dict) and "kind" in line:
                yield line


def _citation(pledge: dict[str, Any], citation: dict[str, Any]) -> Unit:
    due = pledge.get("due")
    return Unit(
        start=citation["start"],
        end=citation["end"],
        is_pledge=pledge["act"] in ("commit", "agree", "reaffirm"),
        count=1,
        act=pledge["act"],
        pledgors=frozenset(pledge["pledgors"]),
        topic=pledge["topics"][0] if pledge["topics"] else None,
        due=(due["kind"], str(due["to"]) if due.get("to") else None) if due else None,
        borderline=pledge.get("borderline"),
    )
