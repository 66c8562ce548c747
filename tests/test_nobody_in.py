"""Nobody writes without a key that stands and has the scope: on every route, before a byte of the body is read."""

import functools
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.main import create_app
from app.records import keys
from app.schemas.vocabulary import Scope
from app.settings import Settings
from app.store.database import Database
from tests.conftest import Client, CopyMaker, Server, serving
from tests.postings import TOPIC

WRONG = "pb_" + "w" * 43
WRITING = {"post", "put", "patch", "delete"}


@dataclass(frozen=True)
class Door:
    """A running server, its keys by what is wrong with them, and where it logs."""

    server: Server
    keys: dict[str, str]
    log: Path


@pytest.fixture(scope="module")
def door(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    with make_copy(True, folder) as url:
        database = Database(url)
        today = datetime.now(UTC).date()
        with database.writing() as connection:
            made = {
                "revoked": keys.create_key(connection, "revoked"),
                "expired": keys.create_key(connection, "expired", expires_on=today),
                "assess": keys.create_key(connection, "assess", Scope.assess, expires_on=today + timedelta(days=2)),
            }
            keys.revoke_key(connection, "revoked")
        database.close()
        with serving(url, folder / "server.log", PLEDGEBOOK_LOG_LEVEL="debug") as server:
            yield Door(server, {"none": "", "wrong": WRONG, **made}, folder / "server.log")


@functools.cache
def write_routes() -> list[tuple[str, str]]:
    """Every method and path of the OpenAPI document that writes, with ids of the seeds' shape."""
    document = create_app(Settings(database_url="sqlite:///unused.db")).openapi()
    return [
        (method.upper(), path.replace("{id}", "2024-10-31-kor-usa-2plus2"))
        for path, operations in document["paths"].items()
        for method in operations
        if method in WRITING
    ]


def ask(address: str, method: str, path: str, *headers: str, body: bytes = b"") -> tuple[int, str]:
    """The status and text of the answer to a request whose body, a megabyte as it says, never comes."""
    where = urlsplit(address)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {where.netloc}", "Content-Type: application/json",
             "Content-Length: 1000000", "Connection: close", *headers]  # fmt: skip
    with socket.create_connection((str(where.hostname), where.port or 80), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.rstrip().endswith(b"}"):
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    return int(answer.split(b" ", 2)[1]), answer.decode()


def test_the_document_tells_of_every_write() -> None:
    routes = write_routes()
    assert len(routes) >= 22
    assert {method for method, _ in routes} == {"POST", "PATCH", "DELETE"}


def test_a_key_for_assessments_changes_no_record_that_is_called_so(seeded: Client) -> None:
    topic = {**TOPIC, "slug": "assessments"}
    assert seeded.post("/v1/topics", json=topic, headers=seeded.with_key).status_code == 201
    with seeded.app.state.database.writing() as connection:  # type: ignore[attr-defined]
        key = keys.create_key(connection, "assessor", Scope.assess)
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    assert seeded.patch("/v1/topics/assessments", json={"definition": "No."}, headers=headers).status_code == 403
    assert seeded.delete("/v1/topics/assessments?reason=none", headers=headers).status_code == 403


@pytest.mark.parametrize("kind", ["none", "wrong", "revoked", "expired", "assess"])
def test_a_write_without_a_fitting_key_is_refused_before_its_body_is_read(door: Door, kind: str) -> None:
    key = door.keys[kind]
    authorization = [f"Authorization: Bearer {key}"] if key else []
    for method, path in write_routes():
        if kind == "assess" and path.endswith(("/assessments", "/drafts")):  # any key will do for a draft
            continue  # this key may
        status, answer = ask(door.server.address, method, path, *authorization)
        assert status == (403 if kind == "assess" else 401), (method, path)
        assert "content-type: application/problem+json" in answer.lower()
        assert ("www-authenticate: bearer" in answer.lower()) == (status == 401)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Basic {key}", "{key}", "Bearer {key}x", "Bearer {key} {key}", "Bearer pb_", "Token {key}",
     "Bearer {upper}", "Bearer \xff\xfe", "Bearer " + "pb_" * 2000],
)  # fmt: skip
def test_a_key_in_another_form_is_none(door: Door, authorization: str) -> None:
    key = door.server.key
    header = f"Authorization: {authorization.format(key=key, upper=key.upper())}"
    assert ask(door.server.address, "POST", "/v1/topics", header)[0] == 401


def test_an_unread_body_is_refused_by_its_size_and_type_too(door: Door) -> None:
    with_key = f"Authorization: Bearer {door.server.key}"
    assert ask(door.server.address, "POST", "/v1/topics", with_key, "Content-Length: 1000000")[0] in (400, 413, 415)
    assert ask(door.server.address, "PUT", "/v1/topics", "Expect: 100-continue")[0] == 401


def test_a_key_never_stands_in_the_log(door: Door) -> None:
    """Wherever it was sent: where it belongs, in the address, in a header, in a body that fails."""
    key = door.server.key
    with_key = f"Authorization: Bearer {key}"
    for path in (f"/v1/pledges/{key}", f"/v1/pledges?q={key}", f"/{key}?key={key}", f"/v1/pledges?{key}=1"):
        ask(door.server.address, "GET", path, with_key, f"X-Request-Id: {key}", f"Cookie: key={key}")
        ask(door.server.address, "DELETE", path.replace("/v1/pledges?", "/v1/pledges/a?"), with_key)
    ask(door.server.address, "GET", "/v1/parties", f"{key}: {key}", f"Referer: http://{key}/")
    log = door.log.read_text()
    assert "pb_***" in log, "the log tells that there was one"
    for secret in (key, *door.keys.values()):
        assert not secret or secret[:11] not in log


def test_a_key_works_until_the_day_it_expires(database: Database) -> None:
    with database.writing() as connection:
        old = keys.create_key(connection, "old", expires_on=date(2020, 1, 1))
        new = keys.create_key(connection, "new", expires_on=datetime.now(UTC).date() + timedelta(days=1))
        assert keys.find_key(connection, old) is None
        found = keys.find_key(connection, new)
    assert found is not None
    assert found.name == "new"
    assert new not in repr(found), "only its hash is kept"
