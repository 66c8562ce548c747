"""What the server's protocol answers itself: the same as the app, in order, and only where an answer may be written.

Asked over sockets of a real server. On PostgreSQL the app gives all of them, so the same is asked there of it.
"""

import http.client
import io
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from prometheus_client import REGISTRY

from app.cache import Cache
from app.lean import LeanReads
from tests.conftest import CopyMaker, Server, answering

PLEDGE = "/v1/pledges/2024-10-31-kor-usa-2plus2-01"
PAGE = "/v1/pledges?topic=cyber"
READS = [
    PAGE, PLEDGE, "/v1/pledges?party=KOR&limit=2", "/v1/pledges?party=KOR&facets=topic,act&limit=1",
    "/v1/pledges?q=missile&limit=5",
]  # fmt: skip
PATHS = [*READS, "/v1/pledges?sort=id", "/v1/meetings", "/v1/pledges.csv", "/pledges"]


@pytest.fixture(scope="module")
def live(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server over the seeds, which these tests only read, but for a topic's words."""
    with make_copy(True, tmp_path_factory.mktemp("live")) as url, answering(url) as server:
        yield server


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what came to the cache as an app: what the protocol answers is not among them."""
    paths: list[str] = []
    through = Cache.__call__

    async def noted(self: Cache, scope: dict[str, str], *channels: object) -> None:
        if scope["type"] == "http":
            paths.append(scope["path"])
        await through(self, scope, *channels)  # type: ignore[arg-type]

    monkeypatch.setattr(Cache, "__call__", noted)
    return paths


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """One connection, on which bytes are sent and answers are read as they come."""

    def __init__(self, server: Server) -> None:
        self.socket = socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=20)
        self.file = self.socket.makefile("rb")

    def send(self, *requests: bytes) -> None:
        self.socket.sendall(b"".join(requests))

    def receive(self) -> Answer:
        answer = http.client.HTTPResponse(_Read(self.file))  # type: ignore[arg-type]
        answer.begin()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def ask(self, request: bytes) -> Answer:
        self.send(request)
        return self.receive()

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@dataclass
class _Read:
    """A connection's file, which http.client would close with each answer."""

    file: io.BufferedReader

    def makefile(self, _: str) -> "_Read":
        return self

    def __getattr__(self, name: str) -> object:
        return getattr(self.file, name)

    def close(self) -> None:
        pass


@pytest.fixture
def line(live: Server) -> Iterator[Line]:
    made = Line(live)
    yield made
    made.close()


def get(path: str, *headers: str, version: str = "1.1", method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: book.example", *headers, "", ""]).encode()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("asking", [(), ("Origin: https://elsewhere.example",)], ids=["anybody", "a page elsewhere"])
def test_what_is_kept_is_given_again_as_it_was(
    line: Line, passed: list[str], engine: str, path: str, asking: tuple[str, ...]
) -> None:
    through = line.ask(get(path, "Authorization: none", *asking))  # a request with a key is answered by the app
    assert ("access-control-allow-origin" in through.headers) == bool(asking)
    for again in (line.ask(get(path, *asking)), line.ask(get(path, *asking))):
        assert (again.status, again.body) == (200, through.body)
        assert again.headers["x-request-id"] != through.headers["x-request-id"]
        assert _shared(again) == _shared(through)
    unchanged = line.ask(get(path, f"If-None-Match: {through.headers['etag']}", "X-Request-Id: mine", *asking))
    assert (unchanged.status, unchanged.body, unchanged.headers["x-request-id"]) == (304, b"", "mine")
    assert unchanged.headers["etag"] == through.headers["etag"]
    assert unchanged.headers["vary"] == through.headers["vary"]
    # What is a plain read is not even computed by the app, what is kept not again.
    assert len(passed) == (4 if engine == "postgresql" else 1 if path in READS else 2)


def _shared(answer: Answer) -> dict[str, str]:
    """Headers, but for what each answer has of its own, and for how the length is told, which must be right."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}
    assert answer.headers["date"]
    assert headers.pop("content-length", str(len(answer.body))) == str(len(answer.body))
    headers.pop("transfer-encoding", None)  # of what is sent while it is made
    return headers


@pytest.mark.parametrize(
    "request_",
    [
        get(PLEDGE, version="1.0"),
        get(PLEDGE, "Connection: keep-alive", version="1.0"),
        get(PLEDGE, "Connection: close"),
        get(PLEDGE, "Content-Length: 0"),
        get(PLEDGE, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
        get(PLEDGE, "Content-Length: 2") + b"{}",
        get(PLEDGE, "X-Forwarded-Proto: https"),
        get(PLEDGE, "Expect: 100-continue"),
        get(PLEDGE, "Upgrade: h2c", "Connection: Upgrade"),
        get(PLEDGE, "Authorization: Bearer x"),
        get(PLEDGE.replace("kor", "%6bor")),
        get(PLEDGE + "#part"),
        get("http://book.example" + PLEDGE),
        get("//book.example" + PLEDGE),
        get(PLEDGE, method="HEAD"),
        get(PLEDGE, method="OPTIONS"),
        get(PLEDGE, method="DELETE"),
    ],
)
def test_what_is_not_plain_goes_through_the_app(live: Server, passed: list[str], request_: bytes) -> None:
    for plain in (Line(live), Line(live)):
        assert plain.ask(get(PLEDGE)).status == 200
        plain.close()
    passed.clear()
    odd = Line(live)
    odd.send(request_)
    assert odd.file.readline().startswith(b"HTTP/1.1 ")
    odd.close()
    assert len(passed) == 1


def test_what_the_short_way_leaves_is_asked_of_it_once(
    line: Line, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def leave(_: LeanReads, path: str, *__: object) -> None:
        asked.append(path)

    monkeypatch.setattr(LeanReads, "_read", leave)
    assert line.ask(get("/v1/pledges?topic=space&limit=1")).status == 200
    assert asked == (["/v1/pledges"] if engine == "sqlite" else [])


def test_requests_sent_at_once_are_answered_in_their_order(line: Line) -> None:
    paths = [PAGE, "/v1/topics?q=none", PAGE, PLEDGE, "/v1/nothing", PLEDGE, "/healthz", PAGE]
    alone = [line.ask(get(path)).body for path in paths]
    line.send(*(get(path) for path in paths))
    assert [line.receive().body for _ in paths] == alone


def test_who_sends_many_at_once_takes_turns_with_others(line: Line, passed: list[str], engine: str) -> None:
    """Of plain reads too only so many are answered in a row; the app's way lets others in between."""
    whole = line.ask(get(PLEDGE)).body
    passed.clear()
    line.send(get(PLEDGE) * 200)
    assert [line.receive().body for _ in range(200)] == [whole] * 200
    assert passed


def test_a_request_that_comes_in_pieces_is_answered(line: Line) -> None:
    whole = line.ask(get(PLEDGE)).body
    for byte in get(PLEDGE) * 2:
        line.send(bytes([byte]))
    assert [line.receive().body, line.receive().body] == [whole, whole]


def test_one_who_does_not_read_is_waited_for_and_others_are_answered(line: Line, live: Server) -> None:
    """Of 1,000 pages asked for at once, 30 megabytes, no more are written than go into the system's buffers."""
    path = "/v1/pledges?limit=50"
    whole = line.ask(get(path)).body
    before = answered()
    asking = threading.Thread(target=line.send, args=[get(path) * 1000])
    asking.start()
    other = Line(live)
    for _ in range(5):
        assert other.ask(get(path)).body == whole
    other.close()
    assert answered() - before < 600
    assert all(line.receive().body == whole for _ in range(1000))
    asking.join()
    assert answered() - before == 1005


def answered() -> float:
    """Pages of pledges that were given in this process so far."""
    labels = {"method": "GET", "route": "/v1/pledges", "status": "200"}
    return REGISTRY.get_sample_value("pledgebook_request_seconds_count", labels) or 0


def test_one_who_goes_away_harms_nobody(line: Line, live: Server) -> None:
    whole = line.ask(get(PLEDGE)).body
    for _ in range(20):
        gone = Line(live)
        gone.send(get(PLEDGE) * 50)
        gone.close()
    assert line.ask(get(PLEDGE)).body == whole


def test_an_answer_is_never_older_than_an_acknowledged_write(live: Server) -> None:
    """Asked on connections that stand open, while the topic is changed on another."""
    path, done = "/v1/topics/cyber", threading.Event()
    versions = [1]
    stale: list[tuple[bytes, int]] = []

    def read() -> None:
        connection = Line(live)
        while not done.is_set():
            at_least = versions[-1]
            body = connection.ask(get(path)).body
            if json.loads(body)["version"] < at_least:
                stale.append((body, at_least))
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    writer = http.client.HTTPConnection(live.address.removeprefix("http://"), timeout=20)
    headers = {"Authorization": f"Bearer {live.key}", "Content-Type": "application/json"}
    for number in range(30):
        writer.request("GET", path)
        with writer.getresponse() as answer:
            answer.read()
        change = f'{{"cues": ["cue {number}"]}}'
        writer.request("PATCH", path, change, {**headers, "If-Match": str(answer.headers["ETag"])})
        with writer.getresponse() as answer:
            versions.append(json.load(answer)["version"])
    done.set()
    for reader in readers:
        reader.join()
    writer.close()
    assert len(set(versions)) == 31
    assert stale == []
