"""Asking what `app.http.openapi_examples` asks, of a real app over the seeds; `make examples` records the answers."""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.exchange.book_files import load
from app.http.openapi_examples import ANSWERS_FILE, EXAMPLES, Example
from app.main import create_app
from app.records import keys
from app.records.migrate import migrate
from app.schemas.vocabulary import Scope
from app.settings import Settings
from app.store.database import Database

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
# Of a text, its first lines: at least so many, and so many characters.
_SHOWN_LINES, _SHOWN_LENGTH = 2, 600
_STALE = f'"{"0" * 64}"'
_GENESIS = "0" * 64


def ask_all(url: str) -> dict[str, dict[str, Any]]:
    """The answers of the app over the seeded database at `url`: by operation, then by status, the first of each."""
    answers: dict[str, dict[str, Any]] = {}
    with _client(url) as (client, by_scope):
        for operation, examples in EXAMPLES.items():
            for example in examples:
                status, answer = _ask(client, operation, example, by_scope)
                answers.setdefault(operation, {}).setdefault(str(status), answer)
    return answers


@contextmanager
def _client(url: str) -> Iterator[tuple[TestClient, dict[str, str]]]:
    database = Database(url)
    with database.writing() as connection:
        by_scope = {scope.value: keys.create_key(connection, f"example-{scope}", scope) for scope in Scope}
    database.close()
    with TestClient(create_app(Settings(database_url=url))) as client:
        yield client, by_scope


def _ask(client: TestClient, operation: str, example: Example, by_scope: dict[str, str]) -> tuple[int, Any]:
    method, route = route_of(client.app.openapi(), operation)  # type: ignore[attr-defined]
    path = route.format(**example.path)
    headers = {"Authorization": f"Bearer {by_scope[example.key]}"} if example.key else {}
    if example.version is not None:
        headers["If-Match"] = _STALE if example.version == "stale" else client.get(path).headers["ETag"]
    content = None
    if example.body is not None:
        headers["Content-Type"] = example.media_type
        content = json.dumps(example.body).encode()
    answer = client.request(method, path, params=example.query, headers=headers, content=content)
    text = _steady(answer.text)
    if "json" in answer.headers["content-type"] and "jsonl" not in answer.headers["content-type"]:
        return answer.status_code, json.loads(text)
    return answer.status_code, _first_lines(text)


def _steady(text: str) -> str:
    """An answer with a fixed instant for the one at which it was written, and made-up hashes, which hang on it.

    The same hash stays the same, and the one before the first revision is what it is.
    """
    made_up = {_GENESIS: _GENESIS}

    def of(found: re.Match[str]) -> str:
        made = hashlib.sha256(f"example {len(made_up)}".encode()).hexdigest()
        return found[1] + made_up.setdefault(found[2], made)

    text = re.sub(r'("(?:previous_)?hash": ?")([0-9a-f]{64})', of, text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", "2026-01-31T12:00:00.000000Z", text)
    return re.sub(r"\b\d{8}T\d{6}Z", "20260131T120000Z", text)


def _first_lines(text: str) -> str:
    shown = ""
    for count, line in enumerate(text.splitlines(keepends=True)):
        if count >= _SHOWN_LINES and len(shown) >= _SHOWN_LENGTH:
            break
        shown += line
    return shown


def route_of(document: dict[str, Any], operation_id: str) -> tuple[str, str]:
    """The method and path of an operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] == operation_id:
                return method.upper(), path
    raise LookupError(operation_id)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/book.db"
        database = Database(url)
        migrate(database)
        assert load(database, [SEEDS]).is_clean
        database.close()
        answers = ask_all(url)
    ANSWERS_FILE.write_text(f"{json.dumps(answers, ensure_ascii=False, indent=1)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
