"""Verb forms: make every form of every verb of the lexicons, so that a token leads to its verb."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.drafting.rules.lexicon import mending_words
from app.drafting.rules.lexicon_files import word_list, word_lists, word_map, word_set
from app.drafting.rules.tokenizer import fold

FormKind = Literal["base", "third", "past", "participle", "ing"]

# The lists of the lexicon `acts` whose verbs govern a clause.
GOVERNING = (
    "commit",
    "agree",
    "reaffirm",
    "announce",
    "support",
    "condemn",
    "urge",
    "describe",
    "founding_acts",
    "directives",
)


@dataclass(frozen=True, slots=True)
class VerbForm:
    """What a word can be as a form of a verb. One word may be several forms ("put")."""

    lemma: str
    base: bool = False
    third: bool = False
    past: bool = False
    participle: bool = False
    ing: bool = False

    @property
    def finite(self) -> bool:
        return self.base or self.third or self.past


def _spellings(lemma: str) -> dict[FormKind, str]:
    """The spelling of each form of a verb: regular by rule, irregular by the lexicon."""
    past, ing, third = lemma + "ed", lemma + "ing", lemma + "s"
    if lemma.endswith("e"):
        past, ing = lemma + "d", lemma[:-1] + "ing"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        past, third = lemma[:-1] + "ied", lemma[:-1] + "ies"
    elif lemma.endswith(word_list("verbs", "es_endings")):
        third = lemma + "es"
    if lemma in word_set("verbs", "doubling"):
        past, ing = lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing"
    third = word_map("verbs", "irregular_third").get(lemma, third)
    past, participle = word_lists("verbs", "irregular").get(lemma, (past, past))
    return {"base": lemma, "third": third, "past": past, "participle": participle, "ing": ing}


@cache
def governing_lemmas() -> frozenset[str]:
    """The verbs that govern a clause, in dictionary form."""
    return frozenset(lemma for name in GOVERNING for lemma in word_list("acts", name))


@cache
def verb_forms() -> dict[str, VerbForm]:
    """Every form of every verb by its folded word: `{"pledged": VerbForm("pledge", past=True, participle=True)}`.

    A word that is a form of several verbs leads to the first of them.
    """
    lemmas = [*word_list("verbs", "doing"), *(lemma for name in GOVERNING for lemma in word_list("acts", name))]
    verbs: dict[str, str] = {}
    kinds: dict[str, set[FormKind]] = {}
    for lemma in dict.fromkeys(lemmas):
        if " " in lemma or "-" in lemma:
            continue
        for kind, spelling in _spellings(lemma).items():
            word = fold(spelling)
            if verbs.setdefault(word, fold(lemma)) == fold(lemma):
                kinds.setdefault(word, set()).add(kind)
    for word, lemma in word_map("clauses", "run_together").items():
        verbs[word], kinds[word] = lemma, {"base"}
    return {
        word: VerbForm(
            lemma,
            base="base" in kinds[word],
            third="third" in kinds[word],
            past="past" in kinds[word],
            participle="participle" in kinds[word],
            ing="ing" in kinds[word],
        )
        for word, lemma in verbs.items()
    }


@cache
def doing() -> frozenset[str]:
    """The verbs of doing in their folded base form."""
    return frozenset(fold(verb) for verb in word_list("verbs", "doing"))


@cache
def known_words() -> frozenset[str]:
    """Every folded word that the rules know. They mend words that a line end has broken."""
    return mending_words() | verb_forms().keys()
