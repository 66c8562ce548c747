"""How the house is built: every module has a place, imports run one way, files stay small.

A new file in `app/` needs its name in one of the rows below. A row's modules stand side by side and know nothing of
each other; each imports only from the rows above it. So there are no cycles, no feature knows a door, and no door
knows another.
"""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ROWS = """
app
db drafting drafting.html_text drafting.rules errors etags examples filter_table inserting masking search settings \
shapes topic_bits types vocabulary wire
drafting.yaml_draft feeds marking models novelty paging ranking renderings schema_revision search_index shapes.drafts \
shapes.records validation
calendars idempotency ledger naming shapes.assessments shapes.facets tables yaml_files
drafting.from_book included lexicon recording shapes.pledges
finding references shapes.meetings
registers
doubles filters instruments participants parties shapes.pages sources texts topics
contexts meeting_filters settling shapes.changes shapes.threads threads
assessments comparing pledges query
formats meetings query_strings undertakings
facets
asking book lean_pages matrix tallies topic_tree
loading
documents editing keys lean_facets rebuilding
package reshaping verification
migrating
"""

# From here on a module may know FastAPI and Starlette. Doors (api, pages) stand in one row: none knows another.
EDGE = """
headers
deps finished observing origins pages.coverage pages.excerpt pages.heatmap pages.recipes pages.timeline pages.words \
problems
answers cache guard later openapi pages.names pages.records record_routes
lean pages.asked pages.rendering
front
pages.linked
api api.assessments api.book api.changes api.drafts api.health api.index api.matrix api.meetings api.pledges \
api.registers api.renderings api.undertakings pages.coding pages.comparison pages.docs pages.home pages.matrix \
pages.meetings pages.participants pages.parties pages.pledges pages.posting pages.refusals pages.sources pages.topics
pages
main
protocol
"""

# The command line is a door too, but not one of HTTP: it starts the server and knows nothing of FastAPI.
COMMANDS = """
console
key_commands serving
cli
__main__ starting
"""

# What drafting and editors need without a database: these know no table.
PURE = {"settings", "types", "vocabulary", "wire", "errors", "validation"}

LONGEST = 350
MAY_BE_LONGER = {
    "app/models.py": "all tables in one place, to be read as one",
}
VAGUE = {"utils", "util", "common", "service", "services", "manager", "helpers", "misc", "base", "core"}


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


ALL_ROWS = [*_rows(ROWS), *_rows(EDGE), *_rows(COMMANDS)]
PLACE = {module: number for number, row in enumerate(ALL_ROWS) for module in row}
EDGE_MODULES = {module for row in _rows(EDGE) for module in row}


def _name(path: Path) -> str:
    """`shapes.pledges` for app/shapes/pledges.py, `shapes` for its package, `app` for the whole."""
    parts = path.relative_to(ROOT / "app").with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "app"


# The rules of drafting are a package of many small modules; to the rest of the house it is one module.
FILES = {
    _name(path): path
    for path in sorted((ROOT / "app").rglob("*.py"))
    if path.parent.name != "rules" or path.name == "__init__.py"
}
RULES = sorted((ROOT / "app" / "drafting" / "rules").glob("*.py"))
SOURCES = [path for folder in ("app", "tests", "migrations", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]


def _imported(path: Path) -> set[str]:
    """Every module that a file imports, by its full name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: name the module in full"
            whole = str(node.module)
            found |= {f"{whole}.{alias.name}" if _is_ours(f"{whole}.{alias.name}") else whole for alias in node.names}
    return found


def _is_ours(name: str) -> bool:
    return name.removeprefix("app.") in FILES and name.startswith("app.")


def _imported_of_ours(path: Path) -> set[str]:
    names = {name for name in _imported(path) if name.split(".")[0] == "app"}
    short = {name.removeprefix("app.") if name != "app" else name for name in names}
    return {"drafting.rules" if name.startswith("drafting.rules.") else name for name in short}


def test_every_module_has_one_place() -> None:
    placed = [module for row in ALL_ROWS for module in row]
    assert sorted(placed) == sorted(FILES), "add the file to a row of this test, or take its name out"


@pytest.mark.parametrize("module", FILES)
def test_imports_run_one_way(module: str) -> None:
    imported = _imported_of_ours(FILES[module]) - ({module} if module == "drafting.rules" else set())
    wrong = {name for name in imported if PLACE[name] >= PLACE[module]}
    assert not wrong, f"{module} may import only from the rows above its own"


@pytest.mark.parametrize("module", sorted(set(FILES) - EDGE_MODULES))
def test_only_the_edge_knows_the_web_framework(module: str) -> None:
    assert not {name for name in _imported(FILES[module]) if name.split(".")[0] in ("fastapi", "starlette")}


@pytest.mark.parametrize("module", sorted(PURE | {name for name in FILES if name.startswith("shapes")}))
def test_shapes_and_words_know_no_database(module: str) -> None:
    """Neither themselves nor through anything they import."""
    seen: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        assert not {n for n in _imported(FILES[name]) if n.split(".")[0] in ("sqlalchemy", "sqlmodel", "alembic")}
        seen.add(name)
        todo += _imported_of_ours(FILES[name]) - seen
    assert not seen & {"db", "models"}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_drafting_rules_know_no_book(path: Path) -> None:
    """Rules and lexicons need no database, no settings, and nothing of the app but words and types."""
    assert _imported_of_ours(path) <= {"app", "drafting.rules", "types", "vocabulary"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(ROOT))
    if text:
        assert ast.get_docstring(ast.parse(text)), "a module opens by saying what it is"
    if name.startswith("app/"):
        assert text.count("\n") <= LONGEST or name in MAY_BE_LONGER, "two reasons to change: find them"
    assert path.stem not in VAGUE, "name it for what it does"


def test_the_exceptions_are_still_needed() -> None:
    for name in MAY_BE_LONGER:
        assert (ROOT / name).read_text(encoding="utf-8").count("\n") > LONGEST


def test_the_app_runs_on_what_it_declares() -> None:
    """Every package that `app/` imports is the standard library's or named in pyproject.toml."""
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = declared[declared.index("dependencies = [") : declared.index("[project.optional-dependencies]")]
    named = {
        "ruamel": "ruamel.yaml",
        "anyio": "starlette",
        "Stemmer": "pystemmer",
        "bs4": "beautifulsoup4",
        "markupsafe": "jinja2",
    }  # anyio is how Starlette runs threads
    used = {name.split(".")[0] for path in FILES.values() for name in _imported(path)} - {"app"}
    for package in sorted(used - set(sys.stdlib_module_names)):
        assert f'"{named.get(package, package.replace("_", "-"))}' in project, package
