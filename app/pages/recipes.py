"""The recipe book: questions that people have, each as one request, with its answer from the seeds.

`recipes.md` is what people read; the docs page shows it part by part. A test runs every request as it stands there.
"""

import re
from dataclasses import dataclass
from pathlib import Path

BOOK = Path(__file__).with_name("recipes.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"  # at which the requests of the book ask
_RECIPE = re.compile(
    r"^## (?P<question>[^\n]+)\n\n(?P<about>(?:(?!```|#)[^\n]+\n)+)\n"
    r"```sh\n(?P<request>curl [^\n]+)\n```\n\n```(?P<form>json|ics|csv)\n(?P<answer>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Recipe:
    """A question, what to know of it, and a line of shell with its answer, shortened, in some form."""

    question: str
    about: str
    request: str
    form: str
    answer: str


RECIPES = [Recipe(**found.groupdict()) for found in _RECIPE.finditer(BOOK)]
