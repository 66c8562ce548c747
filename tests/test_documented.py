"""Every setting, command and address is documented, and no file contains a path of somebody's machine.

A failure prints the line to add.
"""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from app.cli import commands
from app.exchange.book_files import schema
from app.exchange.data_package import TABLES, descriptor
from app.main import create_app
from app.settings import Settings
from app.store.ledger import Head

ROOT = Path(__file__).resolve().parent.parent
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
UNLISTED = {"GET /docs": "The API reference", "GET /openapi.json": "The OpenAPI document"}


def _files() -> list[Path]:
    """Every file of the repository, and every new one that is not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


FILES = _files()


# Settings -------------------------------------------------------------------------------------------------------------


def _setting_row(name: str) -> str:
    field = Settings.model_fields[name]
    default = str(getattr(Settings(_env_file=None), name))
    about = str(field.description)
    values = getattr(field.annotation, "__args__", ())
    if values:
        about += f" One of: {', '.join(values)}."
    return f"| `PLEDGEBOOK_{name.upper()}` | `{default}` | {about} |"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in Settings.model_fields:
        monkeypatch.delenv(f"PLEDGEBOOK_{other.upper()}", raising=False)
    assert _setting_row(name) in SETTINGS_PAGE.splitlines(), f"add to docs/settings.md: {_setting_row(name)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_that_a_file_names_exists(path: Path) -> None:
    named = set(re.findall(r"\bPLEDGEBOOK_([A-Z_]+[A-Z])", path.read_text(encoding="utf-8", errors="replace")))
    assert {name.lower() for name in named} <= set(Settings.model_fields)


# Commands -------------------------------------------------------------------------------------------------------------


def _commands(group: Any, name: str) -> dict[str, Any]:
    inner = getattr(group, "commands", None)
    if inner is None:
        return {name: group}
    return {full: found for key, item in inner.items() for full, found in _commands(item, f"{name} {key}").items()}


COMMANDS = _commands(get_command(commands.app), "pledgebook")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options(name: str) -> None:
    command = COMMANDS[name]
    rows = [line for line in COMMANDS_PAGE.splitlines() if re.match(rf"\| `{name}[ `]", line)]
    assert rows, f"add to docs/commands.md: | `{name} …` | {command.help} |"
    (row,) = rows
    assert row.endswith(f"| {' '.join(str(command.help).split())} |")
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    if name != "pledgebook find":  # its options are the filters, which --help and the API reference describe
        assert {option for option in options if not re.search(rf"{option}\b", row)} <= {"--help"}
    assert set(re.findall(r"--[a-z-]+", row.split("|")[1])) <= options


def test_every_documented_command_exists() -> None:
    listed = re.findall(r"^\| `(pledgebook [a-z]+(?: [a-z]+)?)", COMMANDS_PAGE, flags=re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = str(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)[1]).split()  # type: ignore[index]
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^ +make ([\w-]+) +\S", told, flags=re.MULTILINE) == targets


# Routes ---------------------------------------------------------------------------------------------------------------


def test_every_route_is_in_the_list_of_addresses(tmp_path: Path) -> None:
    document = create_app(Settings(database_url=f"sqlite:///{tmp_path}/book.db")).openapi()
    routes = {
        f"{method.upper()} {path}": operation["summary"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }
    listed = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| (.*) \|$", API, flags=re.MULTILINE))
    assert listed == routes | UNLISTED


# The repository -------------------------------------------------------------------------------------------------------


def test_the_schema_of_the_seeds_is_current() -> None:
    kept = (ROOT / "seeds" / "schema.json").read_text(encoding="utf-8")
    assert json.loads(kept) == json.loads(json.dumps(schema())), "run `make schema`"


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").rglob("*.yaml")), ids=lambda path: path.name)
def test_every_seed_file_names_the_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == ROOT / "seeds" / "schema.json"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_contains_a_path_of_somebody_s_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    assert not re.findall(r"(?<![\w.:/{}-])/(?:work|tmp|home|root|Users)/\w+", text)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_pins_by_hash_and_contains_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    wanted = [line for line in text.replace("\\\n", "").splitlines() if line.strip() and not line.startswith("#")]
    assert wanted
    for line in wanted:
        assert re.match(r"[a-z0-9._\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_link_between_documents_has_a_target(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_container_image_copies_existing_files_and_runs_without_root() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), flags=re.MULTILINE))
    copied = {source for source, _ in re.findall(r"^COPY (\w\S*) (\S+)$", dockerfile, flags=re.MULTILINE)}
    assert copied == kept
    assert all((ROOT / name).exists() for name in copied)
    assert re.search(r"^USER (?!root|0$)\S+$", dockerfile, flags=re.MULTILINE)
    assert "--require-hashes" in dockerfile


# The licences ---------------------------------------------------------------------------------------------------------


def test_the_code_is_under_mit_wherever_the_licence_is_stated(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
    info = create_app(Settings(database_url=f"sqlite:///{tmp_path}/book.db")).openapi()["info"]
    assert info["license"]["identifier"] == "MIT"


def test_the_data_is_under_cc0_wherever_the_licence_is_stated(tmp_path: Path) -> None:
    for name in ("book.jsonl", *(f"{table.name}.csv" for table in TABLES)):
        (tmp_path / name).touch()
    (licence,) = descriptor(Head(), tmp_path)["licenses"]
    assert licence["name"] == "CC0-1.0"
    for file in ("README.md", "seeds/LICENSE"):
        assert "CC0-1.0" in (ROOT / file).read_text(encoding="utf-8")
