"""Lexicon files: each loads, says what it holds, and is the only place of its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.drafting.rules import lexicon_files
from app.drafting.rules.lexicon_files import LexiconError, lexicon, month_ranges, numbers, word_list, word_map, word_set
from app.schemas.vocabulary import Act

FILES = sorted(lexicon_files.FOLDER.glob("*.yaml"))
RULES = sorted(Path(lexicon_files.__file__).parent.glob("*.py"))
WORD = re.compile("[a-z]{2,}", re.IGNORECASE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of the lexicons."""
    monkeypatch.setattr(lexicon_files, "FOLDER", tmp_path)
    yield tmp_path
    lexicon.cache_clear()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_lexicon_loads_and_opens_with_a_comment(path: Path) -> None:
    assert lexicon(path.stem)
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_words_that_are_booleans_in_yaml_1_1_stay_words() -> None:
    assert "on" in word_set("grammar", "prepositions")
    assert "no" in word_set("clauses", "adverbial_openers")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("list: [a, 1]", "broken.yaml: list must hold text only, not 1"),
        ("list: word", "broken.yaml: list must be a list"),
        ("other: [a]", "broken.yaml has no list list"),
        ("- a", "broken.yaml must be a mapping"),
        ("list: [a", "broken.yaml cannot be read"),
        ("list: [a]\nlist: [b]", "broken.yaml cannot be read"),
    ],
)
def test_a_malformed_lexicon_is_refused_with_its_place(folder: Path, text: str, message: str) -> None:
    (folder / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=re.escape(message)):
        word_list.__wrapped__("broken", "list")


def test_tables_refuse_values_of_another_type(folder: Path) -> None:
    (folder / "broken.yaml").write_text("table: {a: true}", encoding="utf-8")
    for read in (numbers, month_ranges, word_map):
        with pytest.raises(LexiconError, match=r"broken\.yaml: table"):
            read.__wrapped__("broken", "table")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_rule_keeps_a_word_list(path: Path) -> None:
    """Collections in the rules hold names of lists and kinds, and one word at most."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set) and path.name != "__init__.py":
            words = {item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)}
            found = {word for word in words if WORD.fullmatch(word)} - _names()
            assert len(found) < 2, f"line {node.lineno}: move {sorted(found)} to a lexicon"


def _names() -> set[str]:
    """The names that are no words of a text: of lexicons, of their lists, and of the kinds in `Literal[...]`."""
    names = {path.stem for path in FILES} | {name for path in FILES for name in lexicon(path.stem)} | set(Act)
    for path in RULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Literal":
                names |= {str(item.value) for item in ast.walk(node) if isinstance(item, ast.Constant)}
    return names | set(lexicon_files.PartyDesignations.__slots__)
