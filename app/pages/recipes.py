"""Recipes: common questions, each with a request and its response from the seeds, parsed from `recipes.md`.

The docs page shows them one by one. A test runs every request and compares the response.
"""

import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).with_name("recipes.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"  # the host in the requests of recipes.md
_RECIPE = re.compile(
    r"^## (?P<question>[^\n]+)\n\n(?P<about>(?:(?!```|#)[^\n]+\n)+)\n"
    r"```sh\n(?P<request>curl [^\n]+)\n```\n\n```(?P<form>json|ics|csv)\n(?P<answer>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Recipe:
    """A question, a note on it, a shell command, and its shortened response in the format `form`."""

    question: str
    about: str
    request: str
    form: str
    answer: str


RECIPES = [Recipe(**found.groupdict()) for found in _RECIPE.finditer(BOOK)]
