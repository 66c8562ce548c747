"""Two server processes on one book: what one has acknowledged, no answer of the other is older than.

Readers keep the second server's kept answers warm all the while, so that it has something old to give.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.conftest import Server, serving

PERSON = "/v1/participants/suh-wook"
LIST = "/v1/participants?limit=200"
PATCH = "application/merge-patch+json"
WRITES = 25


def get(connection: http.client.HTTPConnection, path: str) -> tuple[str, str]:
    """The body and the ETag."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 200, body
    return body, answer.headers["ETag"]


def connect(server: Server) -> closing[http.client.HTTPConnection]:
    return closing(http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=30))


@contextmanager
def asked_all_the_while(server: Server) -> Iterator[list[str]]:
    """Two readers ask the server on and on; gives what went wrong with them."""
    over = threading.Event()
    wrong: list[str] = []

    def ask() -> None:
        newest = -1
        with connect(server) as connection:
            while not over.is_set():
                version = json.loads(get(connection, PERSON)[0])["version"]
                if version < newest:
                    wrong.append(f"version {version} after {newest}")
                newest = version
                get(connection, LIST)
                time.sleep(0.01)  # leave the writer some of this machine

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        yield wrong
    finally:
        over.set()
        for reader in readers:
            reader.join()


def test_no_server_answers_with_what_is_older_than_an_acknowledged_write(seeded_url: str, tmp_path: Path) -> None:
    with (
        serving(seeded_url, tmp_path / "first.log", PLEDGEBOOK_LOG_LEVEL="warning") as first,
        serving(seeded_url, tmp_path / "second.log", first.key, PLEDGEBOOK_LOG_LEVEL="warning") as second,
        asked_all_the_while(second) as wrong,
        connect(first) as writing,
        connect(second) as reading,
    ):
        _, etag = get(writing, PERSON)
        for number in range(WRITES):
            name = f"Spelling {number}"
            headers = {"Authorization": f"Bearer {first.key}", "If-Match": etag, "Content-Type": PATCH}
            writing.request("PATCH", PERSON, json.dumps({"aliases": [{"name": name}]}), headers)
            answer = writing.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            etag = answer.headers["ETag"]
            for path in (PERSON, LIST):
                assert f'"{name}"' in get(reading, path)[0], f"{path} is older than write {number}"
    assert not wrong
