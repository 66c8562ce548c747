"""The measures: sentences, undertakings by span overlap, and the fields of what was found."""

from dataclasses import dataclass, field

from app.drafting.rules import DraftPledge, Hints, KnownBook, draft
from app.drafting.rules.layout import blocks_of
from app.drafting.rules.sentences import sentences_of
from app.drafting.rules.tokenizer import tokens_of
from bench.gold import Passage, Unit

FIELDS = ("act", "pledgors", "topic", "time")


@dataclass(slots=True)
class Count:
    """True and false positives and false negatives."""

    hit: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, hit: int, extra: int, missed: int) -> None:
        self.hit += hit
        self.extra += extra
        self.missed += missed

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.extra) if self.hit + self.extra else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (2 * self.hit + self.extra + self.missed) if self.hit + self.extra + self.missed else 1.0


@dataclass(slots=True)
class Score:
    """The counts of one passage, and a line for every miss."""

    name: str
    sentences: Count = field(default_factory=Count)
    clear: Count = field(default_factory=Count)
    undertakings: Count = field(default_factory=Count)
    fields: dict[str, list[int]] = field(default_factory=lambda: {f: [0, 0] for f in FIELDS})
    acts: list[int] = field(default_factory=lambda: [0, 0])
    misses: list[str] = field(default_factory=list)


def score_of(passage: Passage, book: KnownBook, *, bare: bool = False) -> Score:
    """Draft a passage and compare."""
    found = draft(passage.text, book, Hints() if bare else passage.hints)
    score = Score(passage.name)
    if passage.whole:
        _by_sentence(score, passage, list(found.pledges))
    else:
        _by_span(score, passage, list(found.pledges))
    return score


def _overlap(one: tuple[int, int], two: tuple[int, int]) -> int:
    return max(0, min(one[1], two[1]) - max(one[0], two[0]))


def _span(pledge: DraftPledge) -> tuple[int, int]:
    return pledge.citations[0].start, pledge.citations[0].end


def _by_sentence(score: Score, passage: Passage, drafts: list[DraftPledge]) -> None:
    """A draft belongs to the sentence it overlaps most."""
    held: dict[int, list[DraftPledge]] = {n: [] for n in range(len(passage.units))}
    for pledge in drafts:
        best = max(
            range(len(passage.units)),
            key=lambda n: _overlap((passage.units[n].start, passage.units[n].end), _span(pledge)),
            default=None,
        )
        if best is not None:
            held[best].append(pledge)
    for n, unit in enumerate(passage.units):
        pledges = [p for p in held[n] if p.is_pledge]
        _count_sentence(score, unit, len(pledges), passage.text)
        act = (pledges or held[n])[0].act if held[n] else "describe"
        score.acts[0] += act == unit.act
        score.acts[1] += 1
        if act != unit.act:
            score.misses.append(
                f"   act of sentence: {act} for {unit.act}: {_shown(passage.text, unit.start, unit.end)}"
            )
        if pledges and unit.is_pledge:
            _compare(score, unit, pledges, passage.text)
        elif unit.topic and held[n] and not unit.is_pledge and held[n][0].topics[:1] != (unit.topic,):
            score.misses.append(
                f"   (position topic {held[n][0].topics[:1]} for {unit.topic}): "
                f"{_shown(passage.text, unit.start, unit.end)}"
            )


def _count_sentence(score: Score, unit: Unit, found: int, text: str) -> None:
    wanted = unit.count if unit.is_pledge else 0
    score.undertakings.add(min(found, wanted), max(0, found - wanted), max(0, wanted - found))
    counts = (
        int(bool(found) and unit.is_pledge),
        int(bool(found) and not unit.is_pledge),
        int(not found and unit.is_pledge),
    )
    score.sentences.add(*counts)
    if unit.borderline is None:
        score.clear.add(*counts)
    if found != wanted:
        score.misses.append(
            f"   {found} drafts for {wanted}{' (arguable)' if unit.borderline else ''}: "
            f"{_shown(text, unit.start, unit.end)}"
        )


def _by_span(score: Score, passage: Passage, drafts: list[DraftPledge]) -> None:
    """Seeds code spans, so each coded span takes the free draft it overlaps most; sentences are the text's own."""
    pairs = sorted(
        (
            (_overlap((u.start, u.end), _span(d)), n, m)
            for n, u in enumerate(passage.units)
            for m, d in enumerate(drafts)
            if u.is_pledge == d.is_pledge
        ),
        key=lambda p: (-p[0], p[1], p[2]),
    )
    taken: dict[int, int] = {}
    for overlap, n, m in pairs:
        unit = passage.units[n]
        shorter = min(unit.end - unit.start, _span(drafts[m])[1] - _span(drafts[m])[0])
        if 2 * overlap > shorter and n not in taken and m not in taken.values():
            taken[n] = m
    for n, unit in enumerate(passage.units):
        if unit.is_pledge:
            score.undertakings.add(int(n in taken), 0, int(n not in taken))
            if n not in taken:
                score.misses.append(f"   missed: {_shown(passage.text, unit.start, unit.end)}")
            else:
                _compare(score, unit, [drafts[taken[n]]], passage.text)
        score.acts[0] += n in taken and drafts[taken[n]].act == unit.act
        score.acts[1] += 1
        if not unit.is_pledge and n not in taken:
            score.misses.append(f"   missed {unit.act}: {_shown(passage.text, unit.start, unit.end)}")
    for m, pledge in enumerate(drafts):
        if m not in taken.values():
            score.undertakings.add(0, int(pledge.is_pledge), 0)
            score.misses.append(f"   extra {pledge.act}: {_shown(passage.text, *_span(pledge))}")
    _sentences_by_span(score, passage, drafts)


def _sentences_by_span(score: Score, passage: Passage, drafts: list[DraftPledge]) -> None:
    for start, end in _sentence_spans(passage.text):
        units = [u for u in passage.units if u.is_pledge and _overlap((u.start, u.end), (start, end)) > 3]
        found = [d for d in drafts if d.is_pledge and _overlap(_span(d), (start, end)) > 3]
        counts = (int(bool(found and units)), int(bool(found and not units)), int(bool(units and not found)))
        score.sentences.add(*counts)
        if not units or any(u.borderline is None for u in units):
            score.clear.add(*counts)


def _sentence_spans(text: str) -> list[tuple[int, int]]:
    blocks = [b for b in blocks_of(text) if b.kind != "boilerplate"]
    return [(s.start, s.end) for b in blocks for s in sentences_of(tokens_of(text, b.start, b.end), b)]


def _compare(score: Score, unit: Unit, drafts: list[DraftPledge], text: str) -> None:
    """The fields of a sentence or span that both found: its first act, all its pledgors, any draft's topic and time."""
    pledgors = frozenset(p for d in drafts for p in d.pledgors)
    dues = [(d.due.kind.value, d.due.until.isoformat() if d.due.until else None) for d in drafts if d.due]
    firsts = [d.topics[0] if d.topics else None for d in drafts]
    topic = unit.topic if unit.topic in firsts[:1] else firsts[0]
    pairs = {
        "act": (drafts[0].act, unit.act),
        "pledgors": (set(pledgors), set(unit.pledgors)),
        "topic": (topic, unit.topic),
        "time": ((unit.due if unit.due in dues else dues[0]) if dues else None, unit.due),
    }
    for name, (got, wanted) in pairs.items():
        score.fields[name][0] += got == wanted
        score.fields[name][1] += 1
        if got != wanted:
            score.misses.append(f"   {name}: {got} for {wanted}: {_shown(text, unit.start, unit.end)}")


def _shown(text: str, start: int, end: int) -> str:
    said = " ".join(text[start:end].split())
    return said if len(said) <= 300 else said[:297] + "…"


def table(scores: list[Score]) -> str:
    """One row for each passage and one for all."""
    total = Score("all")
    for score in scores:
        for name in ("sentences", "clear", "undertakings"):
            part, whole = getattr(score, name), getattr(total, name)
            whole.add(part.hit, part.extra, part.missed)
        for name in FIELDS:
            for k in (0, 1):
                total.fields[name][k] += score.fields[name][k]
        for k in (0, 1):
            total.acts[k] += score.acts[k]
    head = f"{'passage':<24}{'sentence P':>11}{'R':>6}{'F1':>6}{'clear F1':>10}{'undertaking':>13}"
    head += f"{'act':>7}{'all acts':>10}{'pledgors':>10}{'topic':>7}{'time':>7}"
    return "\n".join([head, *(_row(s) for s in (*scores, total))])


def _row(score: Score) -> str:
    s = score.sentences
    shares = {name: _share(*score.fields[name]) for name in FIELDS}
    return (
        f"{score.name:<24}{s.precision:>11.3f}{s.recall:>6.3f}{s.f1:>6.3f}{score.clear.f1:>10.3f}{score.undertakings.f1:>13.3f}"
        f"{shares['act']:>7}{_share(*score.acts):>10}{shares['pledgors']:>10}{shares['topic']:>7}{shares['time']:>7}"
    )


def _share(right: int, of: int) -> str:
    return f"{right / of:.3f}" if of else "–"
