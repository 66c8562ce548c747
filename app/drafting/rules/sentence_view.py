"""A sentence made ready for the rules: its words, and who is named where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.drafting.rules.entities import Cast, Mention
from app.drafting.rules.sentences import Sentence
from app.drafting.rules.tokenizer import Word


@dataclass(slots=True)
class View:
    """What every rule looks at. `hidden` words stand in brackets: rules pass over them, spans keep them."""

    sentence: Sentence
    cast: Cast
    mentions: list[Mention]
    mention_at: dict[int, Mention] = field(default_factory=dict)
    hidden: list[bool] = field(default_factory=list)

    @property
    def words(self) -> Sequence[Word]:
        return self.sentence.words

    @property
    def keys(self) -> Sequence[str]:
        return self.sentence.folds

    def __len__(self) -> int:
        return len(self.sentence.words)

    def key(self, i: int) -> str:
        """The folded word at `i`, or nothing beyond the ends."""
        return self.sentence.folds[i] if 0 <= i < len(self.sentence.folds) else ""

    def skip(self, i: int) -> int:
        """The next place from `i` on that is not in brackets."""
        while i < len(self.hidden) and self.hidden[i]:
            i += 1
        return i

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie in a stretch of the sentence."""
        return [m for m in self.mentions if m.start >= start and m.end <= end]


def view_of(sentence: Sentence, cast: Cast) -> View:
    """The view of one sentence."""
    view = View(sentence, cast, cast.mentions(sentence.words, sentence.folds))
    for mention in view.mentions:
        for i in range(mention.start, mention.end):
            view.mention_at[i] = mention
    depth = 0
    view.hidden = [False] * len(sentence.words)
    closes = sum(1 for w in sentence.words if w.text == ")")
    for i, word in enumerate(sentence.words):
        if word.text == "(" and closes:
            depth += 1
        view.hidden[i] = depth > 0
        if word.text == ")":
            closes -= 1
            depth = max(0, depth - 1)
    return view
