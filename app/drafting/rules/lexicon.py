"""The lexicons, read once: data that a linguist changes without touching a rule (`lexicons/*.yaml`)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from app.drafting.rules.phrase_table import Phrases, words_table
from app.drafting.rules.tokenizer import fold, folds

FOLDER = Path(__file__).parent.parent / "lexicons"


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


@lru_cache
def load(name: str) -> dict[str, Any]:
    """One lexicon as plain data (YAML 1.2, so that `no` and `NO` stay words)."""
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        data: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return data


@lru_cache
def words(lexicon: str, name: str) -> frozenset[str]:
    """A list of single words, folded."""
    return frozenset(fold(w) for w in load(lexicon)[name] if len(folds(w)) == 1)


@lru_cache
def phrases(lexicon: str, name: str) -> Phrases[str]:
    """A list of words and phrases as a table."""
    return words_table(load(lexicon)[name])


@dataclass(frozen=True, slots=True)
class Form:
    """What a word can be as a form of a verb; one word may be several ("put")."""

    lemma: str
    base: bool = False
    third: bool = False
    past: bool = False
    participle: bool = False
    ing: bool = False

    @property
    def finite(self) -> bool:
        return self.base or self.third or self.past


def _forms(lemma: str) -> dict[str, set[str]]:
    """The regular forms of a verb: which words are its base, third, past, participle and ing."""
    stem = lemma
    past = lemma + "ed"
    ing = lemma + "ing"
    third = lemma + "s"
    if lemma.endswith("e"):
        past, ing = lemma + "d", stem[:-1] + "ing"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        past, third = lemma[:-1] + "ied", lemma[:-1] + "ies"
    elif lemma.endswith(("s", "x", "z", "ch", "sh")) or lemma in ("go", "do", "undergo"):
        third = lemma + "es"
    if lemma in load("verbs")["doubling"]:
        past, ing = lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing"
    if lemma == "have":
        third = "has"
    irregular = load("verbs")["irregular"].get(lemma)
    pasts, participle = ([irregular[0]], irregular[1]) if irregular else ([past], past)
    return {"base": {lemma}, "third": {third}, "past": set(pasts), "participle": {participle}, "ing": {ing}}


@lru_cache
def verb_forms() -> dict[str, Form]:
    """Every form of every verb of the lexicons, folded: `{"pledged": Form("pledge", past, participle)}`."""
    lemmas: list[str] = [*load("verbs")["doing"]]
    acts = load("acts")
    for name in GOVERNING:
        lemmas += acts[name]
    made: dict[str, dict[str, Any]] = {}
    for lemma in dict.fromkeys(lemmas):
        if " " in lemma or "-" in lemma:
            continue
        for kind, spelled in _forms(lemma).items():
            for word in spelled:
                entry = made.setdefault(fold(word), {"lemma": fold(lemma)})
                if entry["lemma"] == fold(lemma):
                    entry[kind] = True
    for word in ("committo",):  # a verb run together with its "to" in front of a list
        made[word] = {"lemma": "commit", "base": True}
    return {word: Form(**entry) for word, entry in made.items()}


@lru_cache
def doing() -> frozenset[str]:
    """Base forms of the verbs of doing."""
    return frozenset(fold(v) for v in load("verbs")["doing"]) - {"co"}


@lru_cache
def vocabulary() -> frozenset[str]:
    """All words of the lexicons, to mend words broken by a line end."""
    known: set[str] = set(verb_forms())
    for name in ("acts", "designations", "conditions", "times", "specifics", "states", "organisations"):
        _gather(load(name), known)
    return frozenset(known)


def _gather(data: Any, known: set[str]) -> None:
    if isinstance(data, str):
        known.update(folds(data))
    elif isinstance(data, dict):
        for key, value in data.items():
            _gather(key, known)
            _gather(value, known)
    elif isinstance(data, list):
        for value in data:
            _gather(value, known)
