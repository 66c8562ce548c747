"""Sentence view: a sentence with its mentions and its words in brackets marked; every rule reads this view."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.drafting.rules.entities import Entities, Mention
from app.drafting.rules.sentences import Sentence
from app.drafting.rules.tokenizer import Token


@dataclass(slots=True)
class SentenceView:
    """What the rules see of a sentence. `hidden` words are in brackets: rules skip them, spans keep them."""

    sentence: Sentence
    entities: Entities
    mentions: list[Mention]
    mention_at: dict[int, Mention] = field(default_factory=dict)
    hidden: list[bool] = field(default_factory=list)

    @property
    def words(self) -> Sequence[Token]:
        return self.sentence.words

    @property
    def keys(self) -> Sequence[str]:
        return self.sentence.folds

    def __len__(self) -> int:
        return len(self.sentence.words)

    def key(self, i: int) -> str:
        """The folded word at `i`, or "" beyond the ends."""
        return self.sentence.folds[i] if 0 <= i < len(self.sentence.folds) else ""

    def is_upper(self, i: int) -> bool:
        """True if the word at `i` begins with a capital."""
        return self.words[i].text[0].isupper()

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie within `words[start:end]`."""
        return [m for m in self.mentions if m.start >= start and m.end <= end]

    def text_of(self, start: int, end: int) -> str:
        """The words of `words[start:end]`, joined by spaces."""
        return " ".join(word.text for word in self.words[start:end])


def view_of(sentence: Sentence, entities: Entities) -> SentenceView:
    """The view of one sentence."""
    view = SentenceView(sentence, entities, entities.mentions(sentence.words, sentence.folds))
    for mention in view.mentions:
        for i in range(mention.start, mention.end):
            view.mention_at[i] = mention
    depth = 0
    view.hidden = [False] * len(sentence.words)
    closes = sum(1 for word in sentence.words if word.text == ")")
    for i, word in enumerate(sentence.words):
        if word.text == "(" and closes:
            depth += 1
        view.hidden[i] = depth > 0
        if word.text == ")":
            closes -= 1
            depth = max(0, depth - 1)
    return view
