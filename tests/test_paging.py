"""Pages while others write: what stays as it was is visited once, whatever is added, changed and withdrawn."""

from itertools import count
from typing import Any, get_args

import pytest

from app.query.pages import SortKey
from tests.conftest import Client
from tests.postings import TOPIC, meeting

SORTS = [sort for sort in get_args(SortKey) if sort != "relevance"]


def _write(client: Client, number: int, touched: set[str]) -> None:
    """Post a meeting; of one that stood before, give one pledge another day and withdraw another."""
    posted = client.post("/v1/meetings", json=meeting(number), headers=client.with_key)
    assert posted.status_code == 201, posted.text
    later, gone = f"meeting-{number - 40}-01", f"meeting-{number - 40}-02"
    headers = {**client.with_key, "If-Match": "*"}
    due = {"kind": "deadline", "text": "by 2050", "to": "2050-01-01"}
    assert client.patch(f"/v1/pledges/{later}", json={"due": due}, headers=headers).status_code == 200
    assert client.delete(f"/v1/pledges/{gone}?reason=doubtful", headers=headers).status_code == 200
    touched |= {later, gone} | {pledge["id"] for pledge in posted.json()["pledges"]}


@pytest.mark.parametrize("sort", SORTS)
def test_what_stays_as_it_was_is_visited_once_while_others_write(client: Client, sort: str) -> None:
    client.post("/v1/topics", json=TOPIC, headers=client.with_key)
    for number in range(12):
        assert client.post("/v1/meetings", json=meeting(number), headers=client.with_key).status_code == 201
    query: dict[str, Any] = {"topic": TOPIC["slug"], "sort": sort, "limit": 5}
    stood = {item["id"] for item in client.get("/v1/pledges", params={**query, "limit": 200}).json()["items"]}
    seen: list[str] = []
    touched: set[str] = set()
    for number in count(40):
        page = client.get("/v1/pledges", params=query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
        if number < 46:
            _write(client, number, touched)
    stayed = stood - touched
    assert len(stayed) > 20
    visits = {id: seen.count(id) for id in stayed}
    assert set(visits.values()) == {1}
    assert len(touched - stood) >= 12, "others have written meanwhile"
