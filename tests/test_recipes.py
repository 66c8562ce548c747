"""The recipes are true: each request is run, and each answer that is shown is compared with the real one."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.pages.recipes import ADDRESS, BOOK, RECIPES, Recipe
from tests.conftest import ROOT, Client, CopyMaker, Server, answering

README = (ROOT / "README.md").read_text(encoding="utf-8")
LEFT_OUT = "…\n"


@pytest.fixture(scope="module")
def kitchen(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the seeds. All recipes share it, because they only read."""
    folder = tmp_path_factory.mktemp("recipes")
    with make_copy(True, folder) as url, answering(url) as running:
        yield running


def _ask(request: str, server: Server) -> str:
    """The answer to a shell command. An error is an answer too, because one recipe shows an error."""
    script = f'curl() {{ command curl --silent --show-error "$@"; }}\n{request.replace(ADDRESS, server.address)}'
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _holds(shown: Any, real: Any) -> bool:
    """True if `shown` is `real`, shortened as the recipes say: fields are left out, and lists are cut off."""
    if isinstance(shown, dict):
        return isinstance(real, dict) and all(key in real and _holds(shown[key], real[key]) for key in shown)
    if isinstance(shown, list):
        return isinstance(real, list) and _holds_list(shown, real)
    return type(shown) is type(real) and bool(shown == real)


def _holds_list(shown: list[Any], real: list[Any]) -> bool:
    more = re.fullmatch(r"… and (\d+) more", shown[-1]) if shown and isinstance(shown[-1], str) else None
    if more:
        shown = shown[:-1]
    left_out = int(more[1]) if more else 0
    return len(real) == len(shown) + left_out and all(map(_holds, shown, real))


def _holds_text(shown: str, real: str) -> bool:
    """True if `shown` is `real` with lines left out where a line `…` says so."""
    parts = [re.escape(part) for part in f"\n{shown}".split(f"\n{LEFT_OUT}")]
    return re.fullmatch("\n(?:.*\n)*?".join(parts), f"\n{real}") is not None


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.question)
def test_a_recipe_returns_the_answer_that_it_shows(recipe: Recipe, kitchen: Server) -> None:
    real = _ask(recipe.request, kitchen)
    if recipe.form == "json":
        assert _holds(json.loads(recipe.answer), json.loads(real)), real[:2000]
    else:
        assert _holds_text(recipe.answer, real), real[:2000]


def test_every_recipe_of_the_file_is_parsed() -> None:
    assert len(RECIPES) >= 15
    assert [recipe.question for recipe in RECIPES] == re.findall(r"^## (.+)$", BOOK, flags=re.MULTILINE)
    assert len({recipe.request for recipe in RECIPES}) == len(RECIPES)


def test_a_list_must_state_how_many_items_are_left_out() -> None:
    real = {"items": [{"id": 1, "act": "agree"}, {"id": 2, "act": "commit"}], "next": None}
    assert _holds({"items": [{"id": 1}, {"id": 2}]}, real)
    assert _holds({"items": [{"id": 1}, "… and 1 more"]}, real)
    for wrong in ([{"id": 1}], [{"id": 2}, "… and 1 more"], [{"id": 1}, "… and 2 more"], [{"id": 2}, {"id": 1}]):
        assert not _holds({"items": wrong}, real), wrong
    assert not _holds({"next": False}, real)
    assert not _holds({"previous": None}, real)


def test_a_text_may_leave_out_lines_only_at_an_ellipsis() -> None:
    real = "BEGIN\nA:1\nB:2\nC:3\nEND\n"
    assert _holds_text(real, real)
    assert _holds_text("BEGIN\n…\nB:2\n…\nEND\n", real)
    for wrong in ("BEGIN\nB:2\n…\nEND\n", "BEGIN\n…\nB:2\nEND\n", "BEGIN\n…\nB\n…\nEND\n", "BEGIN\n…\nC:3\n"):
        assert not _holds_text(wrong, real), wrong


def test_the_readme_links_to_the_recipes() -> None:
    assert "(app/pages/recipes.md)" in README


def test_the_links_of_the_docs_page_are_recipes(book: Client) -> None:
    (note,) = re.findall(r'<p class="note" id="more">(.*?)</p>', book.get("/docs").text, flags=re.DOTALL)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', note)]
    assert len(links) == 3
    requests = {recipe.request for recipe in RECIPES}
    for link in links:
        assert f"curl '{ADDRESS}{link}'" in requests


def test_the_docs_page_shows_every_recipe_with_its_request_and_answer(book: Client) -> None:
    page = BeautifulSoup(book.get("/docs").text, "html.parser")
    shown = page.select("#recipes details")
    assert [summary.text for summary in page.select("#recipes summary")] == [recipe.question for recipe in RECIPES]
    for one, recipe in zip(shown, RECIPES, strict=True):
        request, answer = (block.text for block in one.select("pre"))
        assert request == recipe.request.replace(ADDRESS, "http://testserver")
        assert answer.strip() == recipe.answer.strip()
