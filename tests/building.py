"""Small books made by hand over the API: a test says what matters to it, and the rest has a plain default."""

from typing import Any

import httpx2

from app.records.verify import verify
from app.store.database import Database
from tests.conftest import Client

Body = dict[str, Any]


def source(id: str, **more: Any) -> Body:
    """A joint text of Korea and the United States, unless said otherwise."""
    plain = {"type": "primary-text", "issued_by": ["KOR", "USA"], "title": f"Text {id}", "language": "en"}
    return {"id": id, **plain, "sha256": "0" * 64, "length": 100_000, **more}


def pledge(number: int, **more: Any) -> Body:
    """A pledge that both sides make to each other; each number is cited from a place of its own."""
    plain = {"act": "agree", "pledgors": ["KOR", "USA"], "topics": ["defence"], "specificity": "general"}
    return {"number": number, "summary": f"Do the thing of number {number}.", **plain, **more}


def renewal(number: int, of: str, type: str = "renews", **more: Any) -> Body:
    """A pledge that continues the one with the id `of`."""
    return pledge(number, links=[{"type": type, "target": of}], **more)


def meeting(id: str, *pledges: Body, **more: Any) -> Body:
    """A meeting of Korea and the United States, on the day that its id begins with, with a text that it brings."""
    text = f"text-of-{id}"
    cited = [
        {
            "citations": [{"source": text, "zone": "body", "start": 100 * p["number"], "end": 100 * p["number"] + 90}],
            **p,
        }
        for p in pledges
    ]
    plain = {"title": f"Meeting {id}", "type": "2plus2", "level": "ministers", "parties": ["KOR", "USA"]}
    known = {"coverage": "full-text", "sources": [source(text)]}
    return {"id": id, "held_on": id[:10], **plain, **known, "pledges": cited, **more}


def topic(slug: str, **more: Any) -> Body:
    return {"slug": slug, "name": slug.replace("-", " ").capitalize(), "definition": "What it says.", **more}


def assessment(party: str = "KOR", fulfilment: str = "in-progress", **more: Any) -> Body:
    """A judgement that stands on a report."""
    evidence = [{"title": "What was seen", "type": "report"}]
    plain = {"effective_on": "2025-01-01", "evidence": evidence, "assessor": "The desk"}
    return {"party": party, "fulfilment": fulfilment, **plain, **more}


class Desk:
    """Somebody who reads and writes the book, and says of each answer which status is expected."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def database(self) -> Database:
        made: Database = self.client.app.state.database  # type: ignore[attr-defined]
        return made

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        """Any request with the key, as it is answered."""
        headers = {**self.client.with_key, **more.pop("headers", {})}
        return self.client.request(method, f"/v1{path}", json=body, headers=headers, params=more or None)

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        answer = self.client.get(f"/v1{path}", params=params or None)
        assert answer.status_code == status, answer.text
        return answer.json()

    def ids(self, path: str, **params: Any) -> list[str]:
        """The ids of a list's items."""
        items = self.get(path, limit=200, **params)["items"]
        return [item.get("id") or item.get("slug") or item["code"] for item in items]

    def lines(self, path: str, **params: Any) -> bytes:
        answer = self.client.get(f"/v1{path}", params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.content

    def etag(self, path: str) -> str:
        return self.client.get(f"/v1{path}").headers["ETag"]

    def post(self, path: str, body: Any, status: int = 201, **params: Any) -> Any:
        answer = self.ask("POST", path, body, **params)
        assert answer.status_code == status, answer.text
        return answer.json()

    def patch(self, path: str, patch: Body, status: int = 200) -> Any:
        """Change the record as it stands."""
        answer = self.ask("PATCH", path, patch, headers={"If-Match": self.etag(path)})
        assert answer.status_code == status, answer.text
        return answer.json()

    def retract(self, path: str, status: int = 200, reason: str = "coded in error") -> Any:
        answer = self.ask("DELETE", path, headers={"If-Match": self.etag(path)}, reason=reason)
        assert answer.status_code == status, answer.text
        return answer.json()

    def head(self) -> int:
        """The seq of the last revision."""
        seq: int = self.get("/changes/head")["seq"]
        return seq

    def operations(self, path: str) -> list[str]:
        """What happened to a record, in order."""
        return [version["operation"] for version in self.get(f"{path}/history", limit=200)["items"]]

    def findings(self) -> list[str]:
        """What `verify` finds: nothing, if all is well."""
        with self.database.reading() as connection:
            return [str(finding) for finding in verify(connection)]
