"""Idempotency-Key: a retry of a POST is answered as the first was, and nothing is written twice."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.main import create_app
from app.settings import Settings
from tests.building import Body, Desk, assessment, meeting, pledge, topic
from tests.conftest import Client, make_key


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over a book with one topic and one meeting."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    return desk


def send(desk: Desk, path: str, body: Any, key: str = "k-1", **params: Any) -> Any:
    return desk.ask("POST", path, body, headers={"Idempotency-Key": key}, **params)


def new_meeting() -> Body:
    """Without an id, so that a second write of it would make another."""
    body = meeting("2022-01-01-b", pledge(1))
    del body["id"]
    return body


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/meetings", new_meeting()),
        (
            "/meetings/2021-01-01-a/pledges",
            [{"repeats": 1, "citations": [{"source": "text-of-2021-01-01-a", "zone": "lede", "start": 1, "end": 2}]}],
        ),
        ("/pledges/2021-01-01-a-01/assessments", assessment()),
        ("/topics", topic("trade")),
    ],
)
def test_a_retry_is_answered_as_the_first_was(desk: Desk, empty_url: str, path: str, body: Any) -> None:
    first = send(desk, path, body)
    assert first.status_code == 201, first.text
    head = desk.head()
    # Also by the server as it is after a restart.
    with Client(create_app(Settings(database_url=empty_url))) as restarted:
        restarted.key = desk.client.key
        for retry in (send(desk, path, body), send(Desk(restarted), path, body)):
            assert (retry.status_code, retry.content) == (201, first.content)
            kept = ("Location", "ETag", "Content-Type")
            assert [retry.headers.get(name) for name in kept] == [first.headers.get(name) for name in kept]
            assert retry.headers["Idempotent-Replayed"] == "true"
        restarted.app.state.database.close()  # type: ignore[attr-defined]
    assert "Idempotent-Replayed" not in first.headers
    assert desk.head() == head
    # Even when the record has changed since, and though a new request would be refused.
    if path == "/topics":
        desk.patch("/topics/trade", {"name": "Commerce"})
        assert send(desk, path, body).content == first.content


def test_a_key_is_good_for_one_request(desk: Desk) -> None:
    assert send(desk, "/topics", topic("trade")).status_code == 201
    head = desk.head()
    for path, body in (
        ("/topics", topic("other")),
        ("/topics", {**topic("trade"), "cues": []}),
        ("/topics", {"not": "valid"}),
        ("/instruments", topic("trade")),
        ("/topics?dry_run=false", topic("trade")),
        ("/meetings", new_meeting()),
    ):
        answer = send(desk, path, body)
        assert (answer.status_code, desk.head()) == (422, head)
    assert answer.json()["errors"][0]["message"] == "must be new for a new request"


def test_another_actor_has_keys_of_its_own(desk: Desk, empty_url: str) -> None:
    first = send(desk, "/meetings", new_meeting())
    desk.client.key = make_key(empty_url, "another")
    second = send(desk, "/meetings", new_meeting(), allow_similar=True)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


def test_what_was_refused_or_only_tried_is_not_kept(desk: Desk) -> None:
    assert send(desk, "/topics", topic("trade", parent="economy")).status_code == 422
    assert send(desk, "/topics", topic("defence")).status_code == 409
    assert send(desk, "/topics", topic("economy"), dry_run=True).status_code == 200
    assert send(desk, "/topics", topic("economy")).status_code == 201
    # A dry run is a look at what would be: it neither takes nor gives what is kept.
    assert send(desk, "/topics", topic("economy"), dry_run=True).status_code == 409


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201, "schlüssel"])
def test_a_key_is_one_short_word(desk: Desk, key: str) -> None:
    answer = desk.ask("POST", "/topics", topic("trade"), headers={"Idempotency-Key": key.encode("latin-1")})
    assert answer.status_code == 422


@pytest.mark.parametrize(("age", "status"), [(timedelta(hours=23, minutes=59), 201), (timedelta(hours=24), 409)])
def test_an_answer_is_kept_for_a_day(desk: Desk, age: timedelta, status: int) -> None:
    send(desk, "/topics", topic("trade"))
    at = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with desk.database.writing() as connection:
        connection.execute(text("UPDATE idempotency SET at = :at"), {"at": at})
    assert send(desk, "/topics", topic("trade")).status_code == status
    send(desk, "/topics", topic("other"), "k-2")
    with desk.database.reading() as connection:
        kept = connection.execute(text("SELECT key FROM idempotency ORDER BY key")).scalars().all()
    assert kept == (["k-1", "k-2"] if status == 201 else ["k-2"])


def test_five_racing_retries_write_once(desk: Desk) -> None:
    head = desk.head()
    start = threading.Barrier(5)
    answers: list[tuple[int, bytes]] = []

    def retry() -> None:
        racer = Client(desk.client.app)
        racer.key = desk.client.key
        start.wait()
        answer = send(Desk(racer), "/meetings", new_meeting())
        answers.append((answer.status_code, answer.content))

    racers = [threading.Thread(target=retry) for _ in range(5)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert len(answers) == 5
    assert set(answers) == {(201, answers[0][1])}
    assert desk.head() == head + 3  # a source, a meeting, a pledge
    assert desk.findings() == []
