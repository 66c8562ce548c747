"""The architecture: each package imports only from those before it, no module is in a cycle, and names are unique."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"

# In this order; a package may import from itself and from those before it. See docs/decisions.
ORDER = (
    "settings", "errors", "schemas", "store", "search", "records", "query", "exchange", "drafting", "http", "api",
    "pages", "main", "cli", "__main__",
)  # fmt: skip
# The only packages that may know FastAPI and Starlette.
WEB = ("http", "api", "pages", "main")
VAGUE = {"utils", "util", "common", "service", "services", "manager", "helpers", "misc", "base", "core"}


def _name(path: Path) -> str:
    """`app.schemas.pledges` for app/schemas/pledges.py, `app.schemas` for its package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


FILES = {_name(path): path for path in sorted(APP.rglob("*.py"))}


def _package(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _imported(path: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: import by the full name"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else str(node.module) for name in full}
    return found


IMPORTS = {name: _imported(path) for name, path in FILES.items()}


@pytest.mark.parametrize("module", [name for name in FILES if name != "app"])
def test_a_package_imports_only_from_those_before_it(module: str) -> None:
    place = ORDER.index(_package(module))
    imported = {name for name in IMPORTS[module] if name.startswith("app.")}
    assert not {name for name in imported if ORDER.index(_package(name)) > place}


def test_no_module_imports_itself_through_others() -> None:
    """Depth-first: every module is finished before one that imports it."""
    state: dict[str, str] = {}

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert state.get(module) != "open", f"a cycle: {' → '.join((*path, module))}"
        if module in state:
            return
        state[module] = "open"
        for name in sorted(IMPORTS[module] & FILES.keys()):
            visit(name, (*path, module))
        state[module] = "done"

    for module in FILES:
        visit(module, ())


@pytest.mark.parametrize("module", [name for name in FILES if name != "app" and _package(name) not in WEB])
def test_only_the_web_packages_know_the_web_framework(module: str) -> None:
    assert not {name for name in IMPORTS[module] if name.split(".")[0] in ("fastapi", "starlette")}


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith(("app.schemas", "app.drafting.rules"))])
def test_schemas_and_drafting_rules_know_no_database(module: str) -> None:
    roots = {name.split(".")[0] for name in IMPORTS[module]}
    assert not roots & {"sqlalchemy", "sqlmodel", "alembic", "psycopg"}
    if module.startswith("app.drafting.rules"):
        ours = {name for name in IMPORTS[module] if name.startswith("app.")}
        assert all(name.startswith(("app.schemas", "app.drafting.rules")) for name in ours), ours


def test_every_module_says_what_it_does_and_has_a_telling_name() -> None:
    for name, path in FILES.items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name} has no docstring"
        assert path.stem not in VAGUE, f"{name}: name it for what it does"


def test_a_class_name_exists_once() -> None:
    """Tables bear the name of their record, as the models of the API do in `schemas`."""
    classes = Counter(
        node.name
        for name, path in FILES.items()
        if name != "app.store.models"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert not {name: count for name, count in classes.items() if count > 1}


def test_the_app_runs_on_what_it_declares() -> None:
    """Every package that `app/` imports is the standard library's or named in pyproject.toml."""
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = declared[declared.index("dependencies = [") : declared.index("[project.optional-dependencies]")]
    # anyio is how Starlette runs threads.
    named = {
        "ruamel": "ruamel.yaml", "anyio": "starlette", "Stemmer": "pystemmer", "bs4": "beautifulsoup4",
        "markupsafe": "jinja2", "psycopg": "psycopg[binary]",
    }  # fmt: skip
    used = {name.split(".")[0] for imported in IMPORTS.values() for name in imported} - {"app"}
    for package in sorted(used - set(sys.stdlib_module_names)):
        assert f'"{named.get(package, package.replace("_", "-"))}' in project, package
