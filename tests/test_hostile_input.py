"""What bad input gets: a problem that names the field and says what would be right, and nothing is written."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app.records import keys
from app.schemas.vocabulary import Scope
from app.store.database import Database
from app.store.ledger import Head, read_head
from tests.conftest import Client
from tests.statements import ABSENT, put, statement

# Stands in every bad value, so that no answer can hold it without being seen to.
MARK = "zXq9"
A_RENEWAL = {"type": "renews", "target": "2021-03-18-kor-usa-2plus2-06"}


def head_of(database: Database) -> Head:
    with database.reading() as connection:
        return read_head(connection)


@pytest.fixture(autouse=True)
def untouched(book: Client) -> Iterator[None]:
    """Whatever a test here sends, the ledger's head stays where it was."""
    database: Database = book.app.state.database  # type: ignore[attr-defined]
    before = head_of(database)
    yield
    assert head_of(database) == before


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem that `answer` holds, which is one in every respect."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) <= 16_384
    problem: dict[str, Any] = json.loads(answer.content)
    assert problem["status"] == status
    assert problem["type"].startswith("/docs#")
    assert problem["title"]
    assert problem["detail"]
    assert MARK not in answer.text
    assert "Traceback" not in answer.text
    return problem


def fault(problem: dict[str, Any], path: str) -> str:
    """The message at a path of a problem."""
    messages = {item["path"]: item["message"] for item in problem["errors"]}
    assert path in messages, messages
    message: str = messages[path]
    return message


def send(book: Client, body: bytes | str, **headers: str) -> Any:
    return book.post(
        "/v1/meetings", content=body, headers={"Content-Type": "application/json", **book.with_key, **headers}
    )


# Questions ------------------------------------------------------------------------------------------------------------

BAD_QUESTIONS = [
    ("pledges?topik=alliance", "topik", "nearest are topic"),
    ("pledges?limit=5&topik=alliance", "topik", "nearest are topic"),
    ("meetings?partie=KOR", "partie", "nearest are party"),
    ("parties?nam=Korea", "nam", "nearest are name"),
    (f"pledges/2024-10-31-kor-usa-2plus2-01?as={MARK}", "as", "not a known parameter"),
    ("meetings/2024-10-31-kor-usa-2plus2/document?full=1", "full", "not a known parameter"),
    ("pledges?topic=opcon", "topic", "nearest are opcon-transition"),
    ("pledges?topic__all=deterence", "topic__all", "deterrence"),
    ("pledges?topic__primary=deterence", "topic__primary", "deterrence"),
    ("pledges?party=Sth%20Korea", "party", "KOR"),
    ("pledges?pledgor__all=Sth%20Korea", "pledgor__all", "KOR"),
    ("pledges?towards=each-othr", "towards", "must name a party"),
    ("pledges?about=North%20Koria", "about", "PRK"),
    ("pledges?party__any=Jappan", "party__any", "JPN"),
    ("pledges?participant=Astin", "participant", "lloyd-austin"),
    ("pledges?speaker=Kim%20Yong", "speaker", "kim-yong-hyun"),
    ("pledges?instrument=COTPP", "instrument", "cotp"),
    ("pledges?meeting=2024-10-31-kor-usa", "meeting", "2024-10-31-kor-usa-2plus2"),
    ("pledges?source=newsroom", "source", "newsroom24x7-2021-03-18"),
    ("pledges?series=2plus2", "series", "kor-usa-2plus2"),
    ("pledges?undertaking=2021-03-18-kor-usa-2plus2", "undertaking", "2021-03-18-kor-usa-2plus2-"),
    ("pledges?act=promise", "act[0]", "commit"),
    ("pledges?kind=promise", "kind", "pledge"),
    ("pledges?level=kings", "level[0]", "leaders"),
    ("pledges?meeting_type=ball", "meeting_type[0]", "2plus2"),
    ("pledges?specificity=vague", "specificity[0]", "measurable"),
    ("pledges?fulfilment=done", "fulfilment[0]", "fulfilled"),
    ("pledges?attested=yes", "attested[0]", "joint-text"),
    ("pledges?condition=if", "condition[0]", "trigger"),
    ("pledges?due=soon", "due[0]", "coming"),
    ("pledges?disputed=perhaps", "disputed", "true or false"),
    ("pledges?is_new=", "is_new", "true or false"),
    ("pledges?held_on__gte=2024-02-30", "held_on__gte", "YYYY-MM-DD"),
    ("pledges?held_on__lt=yesterday", "held_on__lt", "YYYY-MM-DD"),
    ("pledges?held_on__lt=0001-01-01", "held_on__lt", "1500"),
    ("pledges?due__lt=9999-12-31", "due__lt", "2999"),
    ("pledges?due__gte=20241031", "due__gte", "YYYY-MM-DD"),
    ("pledges?updated_since=2024-99-99T00:00:00Z", "updated_since", "instant that exists"),
    ("pledges?updated_since=-1", "updated_since", "seq"),
    ("pledges?limit=-1", "limit", "at least 1"),
    ("pledges?limit=0", "limit", "at least 1"),
    ("pledges?limit=201", "limit", "at most 200"),
    ("pledges?limit=abc", "limit", "whole number"),
    ("pledges?limit=1.5", "limit", "whole number"),
    ("pledges?limit=99999999999999999999999", "limit", "at most 200"),
    ("pledges?limit=1&limit=2", "limit", "once"),
    ("meetings?sort=id&sort=-id", "sort", "once"),
    ("topics?name=a&name=b", "name", "once"),
    ("pledges?sort=name", "sort", "held_on"),
    ("pledges?include=everything", "include[0]", "meetings"),
    ("pledges?topic=", "topic[0]", "empty"),
    ("pledges?topic=%00", "topic[0]", "control"),
    ("pledges?party=a%00b", "party[0]", "control"),
    ("parties?name=%00", "name", "control"),
    ("pledges?topic=%ED%A0%80", "topic", "must name a topic"),
    ("pledges?topic=%ff%fe", "topic", "must name a topic"),
    ("pledges?topic=" + "x" * 201, "topic[0]", "200"),
    ("pledges?topic=" + "x" * 60_000, "topic[0]", "200"),
    ("pledges?" + "topic=alliance&" * 51, "topic", "50"),
    ("pledges?" + "x" * 60_000 + "=1", "x" * 60, "not a known parameter"),
    ("pledges?cursor=" + "x" * 501, "cursor", "500"),
    (f"pledges?topic={MARK}&party={MARK}&kind={MARK}", "kind", "pledge"),
    (f"pledges?topic={MARK}&party={MARK}", "party", "must name a party"),
    (f"pledges?series={MARK}", "series", "must be a series"),
    ("meetings?type=ball", "type[0]", "2plus2"),
    ("meetings?coverage=some", "coverage[0]", "full-text"),
    ("meetings?participant=Astin", "participant", "lloyd-austin"),
]


@pytest.mark.parametrize(("question", "parameter", "way"), BAD_QUESTIONS, ids=[case[0][:60] for case in BAD_QUESTIONS])
def test_a_bad_question_is_told_its_parameter_and_what_would_do(
    book: Client, question: str, parameter: str, way: str
) -> None:
    problem = refused(book.get(f"/v1/{question}"), 422)
    assert way in fault(problem, f"query.{parameter}")


def test_many_faults_stay_within_the_limit(book: Client) -> None:
    many = "&".join(f"{quote('é' * 59)}{index:03}=1" for index in range(100))
    problem = refused(book.get(f"/v1/pledges?{many}"), 422)
    assert "of 100 faults" in problem["detail"]


@pytest.mark.parametrize("list", ["pledges", "meetings", "parties"])
def test_a_cursor_is_good_for_its_own_list_only(book: Client, list: str) -> None:
    cursor = book.get(f"/v1/{list}?limit=2").json()["next"]
    assert book.get(f"/v1/{list}?limit=3&cursor={cursor}").status_code == 200
    others = [f"pledges?kind=any&cursor={cursor}", f"meetings?sort=id&cursor={cursor}", f"topics?cursor={cursor}"]
    tampered = [
        f"{list}?cursor={cursor[:place]}{'A' if cursor[place] != 'A' else 'B'}{cursor[place + 1 :]}"
        for place in range(len(cursor))
    ]
    shortened = [f"{list}?cursor={cursor[:end]}" for end in (0, 1, 5, len(cursor) - 1)]
    for question in [*others, *tampered, *shortened, f"{list}?cursor={cursor}A", f"{list}?cursor={cursor}%3D"]:
        assert "unchanged" in fault(refused(book.get(f"/v1/{question}"), 422), "query.cursor")


@pytest.mark.parametrize(
    "position",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"[1]",
        b'["2024-10-31"]',
        b'["2024-99-31",1]',
        b'["2024-10-31",true]',
        b'["2024-10-31",-1]',
        b'["2024-10-31",9999999999]',
        b'["2024-10-31","\\u0000"]',
        b"[[],{}]",
        b"\xff",
    ],
)
def test_a_cursor_sealed_by_somebody_else_is_refused(book: Client, position: bytes) -> None:
    import base64

    from app.query.pages import PledgeQuery
    from app.store.cursors import _checksum

    forged = base64.urlsafe_b64encode(_checksum(PledgeQuery().fingerprint(), position) + position).rstrip(b"=").decode()
    assert "unchanged" in fault(refused(book.get(f"/v1/pledges?cursor={forged}"), 422), "query.cursor")


# Addresses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1/nothing",
        "/v1//pledges",
        "/v1/pledges/",
        "/v1/pledges/%00",
        "/v1/meetings/a%00b/document",
        "/v1/parties/%00",
        "/v1/pledges/..%2f..%2fetc",
        "/v1/pledges/%ff%fe",
        "/v1/pledges/%ED%A0%80",
        f"/v1/meetings/{MARK}",
        f"/v1/topics/{MARK}",
        "/v1/pledges/" + "x" * 10_000,
        "/docs/assets/..%2f..%2fapp%2fmain.py",
    ],
)
def test_what_is_not_there_is_a_404(book: Client, path: str) -> None:
    refused(book.get(path), 404)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("pledges/2024-10-31-kor-usa-2plus2-99", "2024-10-31-kor-usa-2plus2-"),
        ("meetings/2024-10-31-kor-usa-2plus", "2024-10-31-kor-usa-2plus2"),
        ("meetings/2024-10-31-kor-usa-2plus/document", "2024-10-31-kor-usa-2plus2"),
        ("parties/kor", "KOR"),
        ("topics/opcon", "opcon-transition"),
        ("participants/austin", "lloyd-austin"),
        ("instruments/cot-p", "cotp"),
        ("sources/newsroom", "newsroom24x7-2021-03-18"),
    ],
)
def test_an_unknown_id_is_told_the_nearest(book: Client, path: str, near: str) -> None:
    assert near in refused(book.get(f"/v1/{path}"), 404)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/meetings", {"GET", "HEAD", "POST"}),
        ("DELETE", "/v1/pledges", {"GET", "HEAD"}),
        ("PATCH", "/v1/pledges", {"GET", "HEAD"}),
        ("PUT", "/v1/topics/alliance", {"GET", "HEAD"}),
        ("POST", "/healthz", {"GET", "HEAD"}),
        ("TRACE", "/v1/pledges", {"GET", "HEAD"}),
        ("BREW", "/v1/pledges", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_is_not_taken_names_those_that_are(
    book: Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = book.request(method, path, headers={**book.with_key, "Content-Type": "application/json"})
    refused(answer, 405)
    assert allowed <= set(answer.headers["allow"].split(", "))


# Bodies that are not read ---------------------------------------------------------------------------------------------

BROKEN = b'{"title": '


def make_key(book: Client, name: str, **more: Any) -> str:
    database: Database = book.app.state.database  # type: ignore[attr-defined]
    with database.writing() as connection:
        return keys.create_key(connection, name, **more)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", f"Bearer {MARK}", f"Bearer pb_{MARK}", "Basic cGI6cGI=", "Bearer pb_" + "x" * 5000, "ÿ"],
)
def test_without_a_key_that_stands_a_broken_body_is_never_read(book: Client, authorization: str) -> None:
    headers: Any = {"Content-Type": "application/json", "Authorization": authorization.encode("latin-1")}
    answer = book.post("/v1/meetings", content=BROKEN, headers=headers)
    refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    answer = book.post("/v1/meetings", content=BROKEN, headers={"Content-Type": "text/plain"})
    refused(answer, 401)


def test_a_revoked_key_and_an_expired_one_open_nothing(book: Client) -> None:
    from datetime import date

    database: Database = book.app.state.database  # type: ignore[attr-defined]
    revoked, expired = make_key(book, "revoked"), make_key(book, "expired", expires_on=date(2020, 1, 1))
    assert send(book, BROKEN, Authorization=f"Bearer {revoked}").status_code == 422
    with database.writing() as connection:
        keys.revoke_key(connection, "revoked")
    for key in (revoked, expired):
        refused(send(book, BROKEN, Authorization=f"Bearer {key}"), 401)


def test_a_key_for_assessing_posts_no_meeting(book: Client) -> None:
    key = make_key(book, "assessor", scope=Scope.assess)
    assert "write" in refused(send(book, BROKEN, Authorization=f"Bearer {key}"), 403)["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""])
def test_a_body_that_does_not_say_it_is_json_is_not_read(book: Client, kind: str) -> None:
    refused(send(book, json.dumps(statement()), **{"Content-Type": kind}), 415)


@pytest.mark.parametrize("path", ["/v1/pledges.csv", "/v1/pledges", "/v1/changes"])
def test_what_cannot_be_posted_to_is_told_before_what_is_posted(book: Client, path: str) -> None:
    answer = book.post(path, content=b"x", headers={**book.with_key, "Content-Type": "text/plain"})
    refused(answer, 405)


def test_a_body_over_the_limit_is_refused_by_its_declared_length(book: Client) -> None:
    assert "2097152 bytes" in refused(send(book, b" " * (2 * 1024 * 1024 + 1)), 413)["detail"]


def test_a_body_over_the_limit_is_refused_though_it_tells_no_length(book: Client) -> None:
    def parts() -> Iterator[bytes]:
        yield from (b" " * 65_536 for _ in range(33))

    answer = book.post("/v1/meetings", content=parts(), headers={"Content-Type": "application/json", **book.with_key})
    assert "2097152 bytes" in refused(answer, 413)["detail"]


def test_a_body_at_the_limit_is_read(book: Client) -> None:
    assert fault(refused(send(book, b" " * (2 * 1024 * 1024 - 2) + b"[]"), 422), "$") == "must be an object"


# Bodies that are no document ------------------------------------------------------------------------------------------

NO_DOCUMENTS = {
    "empty": (b"", "required"),
    "blank": (b"  ", "JSON"),
    "cut off": (BROKEN, "JSON"),
    "a list": (b"[]", "must be an object"),
    "null": (b"null", "must be an object"),
    "text": (b'"x"', "must be an object"),
    "a number": (b"1", "must be an object"),
    "single quotes": (b"{'title': 1}", "JSON"),
    "two values": (b"{} {}", "JSON"),
    "a comma too many": (b'{"title": "x",}', "JSON"),
    "NaN": (b'{"title": NaN}', "NaN"),
    "Infinity": (b'{"title": -Infinity}', "Infinity"),
    "infinite by size": (b'{"title": 1e999}', "too large"),
    "a key twice": (b'{"title": 1, "title": 2}', "twice"),
    "a key twice further in": (b'{"sources": [{"id": 1, "id": 2}]}', "twice"),
    "half a surrogate pair": (b'{"title": "\\ud800"}', "surrogate"),
    "the other half": (b'{"title": "\\udc00x"}', "surrogate"),
    "half a surrogate pair in a key": (b'{"\\ud800": 1}', "surrogate"),
    "an integer beyond 64 bits": (b'{"ordinal": 9223372036854775808}', "64 bits"),
    "a negative one": (b'{"ordinal": -9223372036854775809}', "64 bits"),
    "a million digits": (b'{"ordinal": ' + b"9" * 1_000_000 + b"}", "64 bits"),
    "deep lists": (b"[" * 100_000, "deep"),
    "deep objects": (b'{"a":' * 100_000, "deep"),
    "deep and whole": (b"[" * 50 + b"]" * 50, "deep"),
    "not UTF-8": (b'{"title": "\xff"}', "UTF-8"),
    "UTF-16": ('{"title": "x"}'.encode("utf-16"), "UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "BOM"),
    "a raw NUL": (b'{"title": "\x00"}', "JSON"),
}


@pytest.mark.parametrize(("body", "way"), NO_DOCUMENTS.values(), ids=NO_DOCUMENTS)
def test_what_is_no_document_is_told_why(book: Client, body: bytes, way: str) -> None:
    assert way in fault(refused(send(book, body), 422), "$")


# Documents that are not valid -----------------------------------------------------------------------------------------

# Where the body is changed, to what, which path is named, and words of what would be right.
BAD_DOCUMENTS: list[tuple[str, Any, str, str]] = [
    ("titel", MARK, "$.titel", "not a known field"),
    ("pledges.0.sumary", MARK, "$.pledges[0].sumary", "not a known field"),
    ("pledges.0.id", MARK, "$.pledges[0].id", "not a known field"),
    ("pledges.0.citations.0.id", MARK, "$.pledges[0].citations[0].id", "not a known field"),
    ("participants.0.new", MARK, "$.participants[0].new", "not a known field"),
    ("participants.0.participant.office", MARK, "$.participants[0].participant.office", "not a known field"),
    ("sources.0.text", MARK, "$.sources[0].text", "not a known field"),
    ("pledges.0.instruments.0.id", MARK, "$.pledges[0].instruments[0].id", "not a known field"),
    ("<b>&", MARK, "$.b", "not a known field"),
    ("kind", "pledge", "$.kind", "meeting"),
    ("title", ABSENT, "$.title", "required"),
    ("title", None, "$.title", "text"),
    ("title", 5, "$.title", "text"),
    ("title", "", "$.title", "empty"),
    ("title", " ", "$.title", "blank"),
    ("title", MARK + "x" * 300, "$.title", "300"),
    ("title", f"{MARK}\n", "$.title", "one line"),
    ("title", f"{MARK}\u0000", "$.title", "control"),
    ("pledges.0.summary", f"{MARK}\u0000", "$.pledges[0].summary", "control"),
    ("pledges.0.note", MARK + "x" * 4000, "$.pledges[0].note", "4000"),
    ("id", "Not A Slug", "$.id", "lower-case"),
    ("held_on", "2025-02-29", "$.held_on", "exists"),
    ("held_on", "1 June 2025", "$.held_on", "YYYY-MM-DD"),
    ("held_on", 20250601, "$.held_on", "YYYY-MM-DD"),
    ("held_on", "0001-01-01", "$.held_on", "1500"),
    ("held_on", "9999-12-31", "$.held_on", "2999"),
    ("held_on", "٢٠٢٥-٠٦-٠١", "$.held_on", "YYYY-MM-DD"),
    ("ended_on", "2025-05-31", "$.ended_on", "before"),
    ("type", MARK, "$.type", "2plus2"),
    ("level", MARK, "$.level", "leaders"),
    ("coverage", MARK, "$.coverage", "full-text"),
    ("ordinal", 1.0, "$.ordinal", "whole number"),
    ("ordinal", True, "$.ordinal", "whole number"),
    ("ordinal", "1", "$.ordinal", "whole number"),
    ("ordinal", 0, "$.ordinal", "at least 1"),
    ("ordinal", 2**62, "$.ordinal", "at most"),
    ("inferred", {"weather": "why"}, "$.inferred", "fields of the meeting"),
    ("parties", [], "$.parties", "at least 1"),
    ("parties", ["AUS", "AUS"], "$.parties[1]", "twice"),
    ("parties", ["AUS", "XKX9"], "$.parties[1]", "must name a party"),
    ("parties.0", "AUSS", "$.parties[0]", "AUS"),
    ("parties.0", "aus", "$.parties[0]", "capital letters"),
    ("participants.1.participant", "kim-yong", "$.participants[1].participant", "kim-yong-hyun"),
    ("participants.1.participant", "ann-smith", "$.participants[1].participant", "another person"),
    ("participants.1.party", "KORE", "$.participants[1].party", "KOR"),
    ("participants.1.role", MARK, "$.participants[1].role", "principal"),
    ("sources", [], "$.sources", "at least 1"),
    ("sources.0", "newsroom", "$.sources[0]", "newsroom24x7-2021-03-18"),
    ("sources.0.sha256", MARK, "$.sources[0].sha256", "64"),
    ("sources.0.length", 0, "$.sources[0].length", "at least 1"),
    ("sources.0.language", "English", "$.sources[0].language", "language tag"),
    ("sources.0.url", f"javascript:{MARK}", "$.sources[0].url", "http"),
    ("sources.0.issued_by.0", "AUSS", "$.sources[0].issued_by[0]", "AUS"),
    ("pledges", None, "$.pledges", "list"),
    ("pledges.0", MARK, "$.pledges[0]", "object"),
    ("pledges.0.citations", ABSENT, "$.pledges[0].citations", "required"),
    ("pledges.0.citations", [], "$.pledges[0].citations", "at least 1"),
    ("pledges.0.citations.0.start", 60, "$.pledges[0].citations[0].end", "after `start`"),
    ("pledges.0.citations.0.start", 61, "$.pledges[0].citations[0].end", "after `start`"),
    ("pledges.0.citations.0.start", -1, "$.pledges[0].citations[0].start", "at least 0"),
    ("pledges.0.citations.0.start", 1.5, "$.pledges[0].citations[0].start", "whole number"),
    ("pledges.0.citations.0.start", False, "$.pledges[0].citations[0].start", "whole number"),
    ("pledges.0.citations.0.end", 1001, "$.pledges[0].citations[0].end", "1000"),
    ("pledges.0.citations.0.end", 2**31, "$.pledges[0].citations[0].end", "at most"),
    ("pledges.0.citations.0.zone", MARK, "$.pledges[0].citations[0].zone", "body"),
    ("pledges.0.citations.0.source", "unheard-of", "$.pledges[0].citations[0].source", "meeting's sources"),
    ("pledges.0.act", "promise", "$.pledges[0].act", "commit"),
    ("pledges.0.number", 0, "$.pledges[0].number", "at least 1"),
    ("pledges.0.number", 2**40, "$.pledges[0].number", "at most"),
    ("pledges.0.pledgors", [], "$.pledges[0].pledgors", "at least 1"),
    ("pledges.0.pledgors", ["AUS"], "$.pledges[0].towards", "two pledgors"),
    ("pledges.0.pledgors.0", "AUSS", "$.pledges[0].pledgors[0]", "AUS"),
    ("pledges.0.towards", [], "$.pledges[0].towards", "must name parties"),
    ("pledges.0.towards", ["unspecified", "USA"], "$.pledges[0].towards", "one word only"),
    ("pledges.0.towards", ["everybody"], "$.pledges[0].towards[0]", "each-other"),
    ("pledges.0.towards", ["JPM"], "$.pledges[0].towards[0]", "JPN"),
    ("pledges.0.about", ["PRKK"], "$.pledges[0].about[0]", "PRK"),
    ("pledges.0.topics", [], "$.pledges[0].topics", "at least 1"),
    ("pledges.0.topics.1", "maritime", "$.pledges[0].topics[1]", "maritime-security"),
    ("pledges.0.instruments.1", "cotpp", "$.pledges[0].instruments[1]", "cotp"),
    ("pledges.0.speakers", ["smith-ann"], "$.pledges[0].speakers[0]", "ann-smith"),
    ("pledges.0.due.kind", MARK, "$.pledges[0].due.kind", "deadline"),
    ("pledges.0.due.to", "2025-13-01", "$.pledges[0].due.to", "YYYY-MM-DD"),
    ("pledges.0.due", {"kind": "window", "text": "x", "from": "2026-01-02", "to": "2026-01-01"},
     "$.pledges[0].due.from", "after `to`"),
    ("pledges.0.condition", {"kind": "trigger"}, "$.pledges[0].condition.text", "required"),
    ("pledges.0.formula", ["one two three four five six seven"], "$.pledges[0].formula[0]", "six words"),
    ("pledges.0.formula", ["a", "b", "c", "d"], "$.pledges[0].formula", "at most 3"),
    ("pledges.0.specificity", MARK, "$.pledges[0].specificity", "measurable"),
    ("pledges.0.links.0.target", "2021-03-18-kor-usa-2plus2-99", "$.pledges[0].links[0].target", "nearest"),
    ("pledges.0.links.0.target", MARK, "$.pledges[0].links[0].target", "pledge id"),
    ("pledges.0.links.0.target", "2023-01-31-kor-usa-defense-ministers-01", "$.pledges[0].links[0].target", "position"),
    ("pledges.0.links.0.target", None, "$.pledges[0].links[0]", "either `target` or `external`"),
    ("pledges.0.links.0.external", "SCM", "$.pledges[0].links[0]", "either `target` or `external`"),
    ("pledges.0.links.0.partial", 1, "$.pledges[0].links[0].partial", "true or false"),
    ("pledges.0.links.1", A_RENEWAL, "$.pledges[0].links", "at most one"),
    ("pledges.1.towards", ["PRK"], "$.pledges[1].towards", "must be []"),
    ("pledges.1.links", [A_RENEWAL], "$.pledges[1].links", "must be []"),
    ("held_on", "2021-03-18", "$.pledges[0].links[0].target", "earlier day than 2021-03-18"),
    ("held_on", "2020-01-01", "$.pledges[0].links[0].target", "earlier day than 2020-01-01"),
    ("pledges.0.assessments", [{"number": 1}], "$.pledges[0].assessments[0].party", "required"),
    ("pledges.1.retracted", "", "$.pledges[1].retracted", "empty"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "path", "way"),
    BAD_DOCUMENTS,
    ids=[f"{place}={str(value)[:30]!a}" for place, value, _, _ in BAD_DOCUMENTS],
)
def test_a_bad_document_is_told_its_field_and_what_would_be_right(
    book: Client, place: str, value: Any, path: str, way: str
) -> None:
    body = statement()
    put(body, place, value)
    assert way in fault(refused(send(book, json.dumps(body)), 422), path)


def test_the_statement_that_all_these_are_made_from_is_good(book: Client) -> None:
    answer = book.post("/v1/meetings?dry_run=true", json=statement(), headers=book.with_key)
    assert answer.status_code == 200, answer.text


def test_two_pledges_of_one_number_are_refused(book: Client) -> None:
    body = statement(pledges__0__number=3, pledges__1__number=3)
    assert "no other pledge" in fault(refused(send(book, json.dumps(body)), 422), "$.pledges[1].number")


def test_a_known_record_given_whole_must_be_the_same(book: Client) -> None:
    body = statement(pledges__0__instruments__0={"slug": "cotp", "type": "plan", "name": MARK})
    assert "send only the id" in fault(refused(send(book, json.dumps(body)), 422), "$.pledges[0].instruments[0]")


def test_an_assessment_of_a_posted_pledge_is_held_to_the_rules(book: Client) -> None:
    assessment = {
        "number": 1, "party": "USA", "fulfilment": "fulfilled", "effective_on": "2025-05-01", "assessor": "desk",
        "evidence": [{"title": "A report", "type": "announcement"}],
    }  # fmt: skip
    problem = refused(send(book, json.dumps(statement(pledges__0__assessments=[assessment]))), 422)
    assert "a pledgor of the pledge: AUS, KOR" in fault(problem, "$.pledges[0].assessments[0].party")
    assert "2025-06-01" in fault(problem, "$.pledges[0].assessments[0].effective_on")
    assert "action or a report" in fault(problem, "$.pledges[0].assessments[0].evidence")


def test_all_faults_of_a_document_come_at_once(book: Client) -> None:
    body = statement(pledges__0__topics=["maritime"], pledges__1__pledgors=["AUSS"], parties=["AUSS", "KOR"])
    problem = refused(send(book, json.dumps(body)), 422)
    assert {item["path"] for item in problem["errors"]} >= {
        "$.parties[0]", "$.pledges[0].topics[0]", "$.pledges[1].pledgors[0]",
    }  # fmt: skip


def test_hundreds_of_faults_stay_within_the_limit(book: Client) -> None:
    body = statement()
    body["pledges"] = [{**body["pledges"][1], "뷁" * 70: MARK, "summary": MARK * 1100} for _ in range(300)]
    problem = refused(send(book, json.dumps(body)), 422)
    assert re.search(r"The first \d+ of \d+ faults are shown", problem["detail"])


@pytest.mark.parametrize("mistake", ["dryrun=true", "dry_run=true&dry_run=false", "dry_run=perhaps"])
def test_a_dry_run_that_is_misspelt_is_not_a_wet_one(book: Client, mistake: str) -> None:
    answer = book.post(f"/v1/meetings?{mistake}", json=statement(), headers=book.with_key)
    assert refused(answer, 422)["errors"][0]["path"].startswith("query.dry")
