"""A real server on connections that do not keep to the rules: it answers or ends them, and goes on serving."""

import contextlib
import json
import socket
import urllib.request
from collections.abc import Iterator

import pytest

from app.store.database import Database
from app.store.ledger import Head, read_head
from tests.conftest import CopyMaker, Server, serving

LIMIT = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def live(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Database]]:
    """A real server over the seeds, shared by these tests since none of them may write; and its database."""
    folder = tmp_path_factory.mktemp("live")
    with make_copy(True, folder) as url, serving(url, folder / "server.log") as server:
        database = Database(url)
        yield server, database
        database.close()


@pytest.fixture(autouse=True)
def unharmed(live: tuple[Server, Database]) -> Iterator[None]:
    """After each test the server still answers, and the ledger's head is where it was."""
    server, database = live
    before = _head(database)
    yield
    assert _head(database) == before
    with urllib.request.urlopen(f"{server.address}/v1/pledges?limit=1", timeout=10) as answer:
        assert answer.status == 200


def _head(database: Database) -> Head:
    with database.reading() as connection:
        return read_head(connection)


def exchange(server: Server, *parts: bytes) -> bytes:
    """What the server sends back to these bytes until it closes or falls silent."""
    port = int(server.address.rpartition(":")[2])
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
        connection.settimeout(3)
        with contextlib.suppress(TimeoutError, ConnectionError):
            while chunk := connection.recv(65_536):
                received += chunk
                if b"\r\n\r\n" in received and received.endswith(b"}"):
                    break
    return received


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def problem_of(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    problem: dict[str, object] = json.loads(body)
    return problem


def post(server: Server, *headers: str, key: bool = True) -> bytes:
    authorization = [f"Authorization: Bearer {server.key}"] if key else []
    lines = ["POST /v1/meetings HTTP/1.1", "Host: x", "Content-Type: application/json", *authorization, *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(size: int) -> bytes:
    return f"{size:x}\r\n".encode() + b" " * size + b"\r\n"


def test_a_declared_length_over_the_limit_is_refused_before_a_byte_is_sent(live: tuple[Server, Database]) -> None:
    answer = exchange(live[0], post(live[0], f"Content-Length: {LIMIT + 1}"))
    assert problem_of(answer)["status"] == status_of(answer) == 413


def test_a_length_of_thousands_of_digits_is_read(live: tuple[Server, Database]) -> None:
    small = exchange(live[0], post(live[0], f"Content-Length: {'0' * 5000}2", "Connection: close"), b"{}")
    assert status_of(small) == 422
    large = exchange(live[0], post(live[0], f"Content-Length: {'9' * 18}", "Connection: close"))
    assert status_of(large) == 413


def test_chunks_over_the_limit_are_refused(live: tuple[Server, Database]) -> None:
    answer = exchange(live[0], post(live[0], "Transfer-Encoding: chunked"), *[chunk(65_536)] * 33)
    assert problem_of(answer)["status"] == status_of(answer) == 413


def test_a_stranger_is_turned_away_before_sending_a_body(live: tuple[Server, Database]) -> None:
    for length in ("Transfer-Encoding: chunked", f"Content-Length: {LIMIT}", f"Content-Length: {10 * LIMIT}"):
        answer = exchange(live[0], post(live[0], length, key=False))
        assert problem_of(answer)["status"] == status_of(answer) == 401


def test_a_body_that_breaks_off_writes_nothing(live: tuple[Server, Database]) -> None:
    port = int(live[0].address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(post(live[0], "Content-Length: 1000") + b'{"title": ')


@pytest.mark.parametrize(
    "target",
    [b"/v1/pledges/\xff\xfe", b"/v1/pledges/%", b"/v1/pledges?topic=\xff", b"/v1/pledges?%=%", b"*", b"http://x/v1/"],
)
def test_an_odd_target_is_refused(live: tuple[Server, Database], target: bytes) -> None:
    answer = exchange(live[0], b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status_of(answer) in (400, 404, 422)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"nonsense\r\n\r\n",
        b"GET /v1/pledges HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"POST /v1/meetings HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/meetings HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /v1/meetings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/pledges HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\nConnection: close\r\n\r\n",
    ],
    ids=["TLS", "nonsense", "length abc", "length -1", "two lengths", "chunk zz", "NUL in a header"],
)
def test_what_is_no_http_gets_no_answer_of_ours(live: tuple[Server, Database], request_: bytes) -> None:
    answer = exchange(live[0], request_)
    assert not answer or status_of(answer) in (400, 401)
    assert b"Traceback" not in answer


def test_an_address_without_end_is_not_answered_500(live: tuple[Server, Database]) -> None:
    answer = exchange(live[0], b"GET /v1/pledges/" + b"x" * 500_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not answer or 400 <= status_of(answer) < 500
