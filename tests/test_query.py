"""The one query, held against a second writing of it in plain Python: all filters, sorts and pages."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from starlette.testclient import TestClient

from app.exchange.book_files import export, load
from app.main import create_app
from app.query.pages import PledgeQuery, read_page
from app.schemas.vocabulary import Act, Attested, ConditionKind, Coverage, Fulfilment, Level, MeetingType, Specificity
from app.settings import Settings
from app.store.database import Database
from app.store.models import Revision, columns
from tests.conftest import Client, CopyMaker
from tests.oracle import Entry, Oracle
from tests.richer import richer_lines, write_richer

TODAY = datetime.now(UTC).date()
SORTS = ["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id"]
MEETING_SORTS = ["-held_on", "held_on", "-updated", "updated", "-id", "id"]


@dataclass
class Rich:
    """The seeds and more, over HTTP, with the oracle that knows them."""

    client: TestClient
    database: Database
    oracle: Oracle

    def ids(self, list: str, query: dict[str, Any]) -> list[str]:
        answer = self.client.get(f"/v1/{list}", params={"limit": 200, **_as_sent(query)})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]


def _as_sent(query: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}


@pytest.fixture(scope="module")
def rich(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rich]:
    folder = tmp_path_factory.mktemp("rich")
    with make_copy(True, folder) as url:
        database = Database(url)
        with database.reading() as connection:
            seeded = [json.loads(line) for line in export(connection)]
        report = load(database, [write_richer(folder)])
        assert report.is_clean, [str(fault) for fault in report.faults]
        with database.reading() as connection:
            lines = [json.loads(line) for line in export(connection)]
            table = columns(Revision)
            last = select(table.c.entity, table.c.id, func.max(table.c.seq)).group_by(table.c.entity, table.c.id)
            seqs = {(entity.value, id): seq for entity, id, seq in connection.execute(last)}
        entered = [line["id"] for line in [*seeded, *richer_lines()] if line["kind"] == "meeting"]
        with TestClient(create_app(Settings(database_url=url))) as client:
            yield Rich(client, database, Oracle(lines, entered, seqs))
        database.close()


# What the filters may be asked, drawn from the book itself ------------------------------------------------------------


def answers(entry: Entry, oracle: Oracle) -> dict[str, list[Any]]:
    """For each filter, the values that this entry meets."""
    line, meeting = entry.line, entry.meeting
    topics = sorted(set().union(*entry.topics))
    last = (line["due"] or {}).get("to")
    root = oracle.roots[entry.id]
    return {
        "topic": topics,
        "topic__all": topics,
        "topic__primary": sorted(entry.topics[0]),
        "party": line["pledgors"],
        "pledgor__all": line["pledgors"],
        "towards": sorted(entry.towards),
        "about": line["about"],
        "party__any": sorted({*line["pledgors"], *line["about"]}),
        "participant": [person["participant"] for person in meeting["participants"]],
        "speaker": line["speakers"],
        "meeting": [meeting["id"]],
        "series": [meeting["series"]] if meeting["series"] else [],
        "meeting_type": [meeting["type"]],
        "level": [meeting["level"]],
        "source": [citation["source"] for citation in line["citations"]],
        "instrument": line["instruments"],
        "kind": ["any", "pledge" if line["act"] in ("commit", "agree", "reaffirm") else "position"],
        "act": [line["act"]],
        "specificity": [line["specificity"]],
        "fulfilment": sorted(set(entry.standing.values())) or ["none"],
        "disputed": [any(item["disputes"] for item in line["assessments"])],
        "attested": [entry.attested],
        "condition": [line["condition"]["kind"]] if line["condition"] else [],
        "borderline": [line["borderline"] is not None],
        "held_on__gte": [meeting["held_on"]],
        "held_on__lt": ["2999-01-01", "2024-11-01", "2023-01-31"],
        "due": sorted(oracle._due(entry, TODAY)),
        "due__gte": [last] if last else [],
        "due__lt": [last, "2999-01-01"] if last else [],
        "is_new": [True, False],
        "is_renewed": [entry.id in oracle.renewed],
        "undertaking": [id for id, other in oracle.roots.items() if other == root][:3],
        "updated_since": [entry.seq - 1, entry.seq],
    }


SCALARS = {
    "kind", "disputed", "borderline", "held_on__gte", "held_on__lt", "due__gte", "due__lt", "is_new", "is_renewed",
    "updated_since",
}  # fmt: skip
WORDS: dict[str, list[Any]] = {
    "act": list(Act), "specificity": list(Specificity), "fulfilment": [*Fulfilment, "none"], "attested": list(Attested),
    "condition": list(ConditionKind), "level": list(Level), "meeting_type": list(MeetingType),
    "due": ["passed", "overdue", "coming", "open", "none"], "kind": ["pledge", "position", "any"],
    "towards": ["each-other", "international-community", "unspecified"],
}  # fmt: skip
FILTERS = sorted(set(PledgeQuery.model_fields) - {"sort", "limit", "cursor", "q", "highlight"})


def test_the_tests_know_every_filter(rich: Rich) -> None:
    assert set(answers(rich.oracle.entries[0], rich.oracle)) == set(FILTERS)


@pytest.mark.parametrize("name", FILTERS)
def test_every_value_of_every_filter_finds_what_it_says(rich: Rich, name: str) -> None:
    known = {value for entry in rich.oracle.entries for value in answers(entry, rich.oracle)[name]}
    values = sorted({*known, *map(str, WORDS.get(name, []))})
    for value in values[:: 1 + len(values) // 12]:
        query = {name: value if name in SCALARS else [value]}
        for more in ({"kind": "any"}, {}) if name != "kind" else ({},):
            found = rich.ids("pledges", {**more, **query})
            assert found == rich.oracle.pledges({**more, **query}, TODAY), query
    assert any(rich.oracle.pledges({name: v if name in SCALARS else [v]}, TODAY) for v in known), "finds nothing ever"


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_is_in_the_documented_order(rich: Rich, sort: str) -> None:
    query = {"kind": "any", "sort": sort}
    found = rich.ids("pledges", query)
    assert found == rich.oracle.pledges(query, TODAY)
    assert len(found) == len(rich.oracle.entries) > 84


@st.composite
def questions(draw: st.DrawFn, oracle: Oracle) -> dict[str, Any]:
    """A question about some entry of the book: filters it meets, and values besides that it may or may not meet."""
    places = st.integers(0, len(oracle.entries) - 1)
    own, foreign = (answers(oracle.entries[draw(places)], oracle) for _ in range(2))
    query: dict[str, Any] = {"kind": "any", "sort": draw(st.sampled_from(SORTS))}
    for name in draw(st.lists(st.sampled_from(FILTERS), min_size=2, max_size=5, unique=True)):
        values = own[name] if draw(st.integers(0, 5)) else foreign[name]
        if not values:
            continue
        value = draw(st.sampled_from(values))
        if name in SCALARS:
            query[name] = value
        elif name.endswith("__all"):
            query[name] = values
        else:
            query[name] = sorted({value, *draw(st.lists(st.sampled_from(foreign[name] or values), max_size=2))})
    return query


@settings(
    max_examples=100, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_filters_together_find_what_they_say(rich: Rich, data: st.DataObject) -> None:
    query = data.draw(questions(rich.oracle))
    assert rich.ids("pledges", query) == rich.oracle.pledges(query, TODAY)


# Meetings -------------------------------------------------------------------------------------------------------------


def meeting_answers(oracle: Oracle) -> dict[str, set[Any]]:
    """For each filter of meetings, the values that some meeting meets."""
    lines = oracle.meetings
    return {
        "party": {party for line in lines for party in line["parties"]},
        "type": {*map(str, MeetingType)},
        "level": {*map(str, Level)},
        "series": {line["series"] for line in lines if line["series"]},
        "participant": {person["participant"] for line in lines for person in line["participants"]},
        "topic": {slug for entry in oracle.all for topics in entry.topics for slug in topics},
        "coverage": {*map(str, Coverage)},
        "held_on__gte": {line["held_on"] for line in lines},
        "held_on__lt": {line["held_on"] for line in lines},
    }


def test_meetings_are_found_by_every_filter_and_in_every_order(rich: Rich) -> None:
    for sort in MEETING_SORTS:
        assert rich.ids("meetings", {"sort": sort}) == rich.oracle.find_meetings({"sort": sort})
    for name, values in meeting_answers(rich.oracle).items():
        for value in sorted(values)[:: 1 + len(values) // 12]:
            query = {name: value if name.startswith("held_on") else [value]}
            assert rich.ids("meetings", query) == rich.oracle.find_meetings(query), query
        pair = sorted(values)[:2]
        if not name.startswith("held_on"):
            assert rich.ids("meetings", {name: pair}) == rich.oracle.find_meetings({name: pair})


def test_meeting_filters_together_are_and(rich: Rich) -> None:
    query = {"party": ["USA"], "type": ["2plus2"], "coverage": ["report-only"], "topic": ["opcon-transition"]}
    assert rich.ids("meetings", query) == rich.oracle.find_meetings(query)
    assert rich.ids("meetings", {**query, "participant": ["suh-wook"]}) == ["2021-03-18-kor-usa-2plus2"]


# Names ----------------------------------------------------------------------------------------------------------------


def ids_of(client: TestClient, question: str) -> list[str]:
    answer = client.get(f"/v1/{question}")
    assert answer.status_code == 200, answer.text
    return [item.get("id") or item.get("code") or item["slug"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("parameter", "names"),
    [
        ("party", ["KOR", "ROK", "South Korea", "south korea", "Republic of Korea", "R.O.K.", "대한민국", "kor"]),
        ("participant", ["cho-tae-yul", "Cho Tae-yul", "CHO TAE YUL", "Cho Tae-yu", "조태열"]),
        ("instrument", ["cotp", "COT-P", "COTP", "Conditions-Based OPCON Transition Plan"]),
    ],
)
def test_every_name_asks_the_same_question(book: Client, parameter: str, names: list[str]) -> None:
    (first, *others) = [ids_of(book, f"pledges?kind=any&limit=200&{parameter}={name}") for name in names]
    assert first
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", ["ROK", "South Korea", "대한민국", "KOR", "r.o.k."])
def test_a_register_finds_a_record_by_any_name(book: Client, name: str) -> None:
    assert ids_of(book, f"parties?name={name}") == ["KOR"]


def test_a_parent_topic_includes_its_children(book: Client) -> None:
    children = [t["slug"] for t in book.get("/v1/topics?limit=200").json()["items"] if t["parent"] == "deterrence"]
    assert "extended-deterrence" in children
    by_parent = set(ids_of(book, "pledges?topic=deterrence&limit=200"))
    by_children = [set(ids_of(book, f"pledges?topic={slug}&limit=200")) for slug in children]
    assert by_parent == set().union(*by_children)
    assert all(found < by_parent for found in by_children)


def test_opcon_transition_shows_the_pledges_of_2021_and_2024_linked(book: Client) -> None:
    items = book.get("/v1/pledges?topic=opcon-transition").json()["items"]
    assert {item["held_on"] for item in items} >= {"2021-03-18", "2024-10-31"}
    assert all(item["citations"] for item in items)
    assert any(
        link["target"] == "2021-03-18-kor-usa-2plus2-06" and link["type"] == "renews"
        for item in items if item["held_on"] == "2024-10-31" for link in item["links"]
    )  # fmt: skip


# Pages ----------------------------------------------------------------------------------------------------------------


# The longer a list, the fewer sizes of its pages: each costs as many questions as it has pages.
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    ("filters", "limits"),
    [({"topic": ["alliance"]}, range(1, 8)), ({"party": ["KOR"]}, (2, 3, 5, 6)), ({}, (1, 4, 7))],
    ids=["topic", "party", "all"],
)
def test_pages_of_every_size_visit_each_row_once_in_order(
    rich: Rich, sort: str, filters: dict[str, Any], limits: Sequence[int]
) -> None:
    query = {"kind": "any", "sort": sort, **filters}
    expected = rich.oracle.pledges(query, TODAY)
    with rich.database.reading() as connection:
        for limit in limits:
            seen: list[str] = []
            cursor: str | None = None
            while cursor or not seen:
                page = PledgeQuery.model_validate({**query, "limit": limit, "cursor": cursor})
                found = read_page(connection, page, TODAY)
                cursor = found.next
                assert len(found.rows) == limit or cursor is None
                seen += [json.loads(document)["id"] for document in found.documents]
            assert seen == expected, limit


@pytest.mark.parametrize("question", ["pledges?kind=any&sort=-due", "meetings?sort=updated", "parties?", "topics?"])
def test_following_next_and_link_reads_a_list_to_its_end(rich: Rich, question: str) -> None:
    whole = ids_of(rich.client, f"{question}&limit=200") if "parties" not in question else []
    seen: list[str] = []
    answer = rich.client.get(f"/v1/{question}&limit={3 if whole else 100}")
    while True:
        body = answer.json()
        seen += [item.get("id") or item.get("code") or item["slug"] for item in body["items"]]
        if body["next"] is None:
            assert 'rel="next"' not in answer.headers.get("link", "")
            break
        target, _, relation = answer.headers["link"].partition(">; ")
        assert relation.split(",")[0] == 'rel="next"'
        assert target.startswith("</v1/")
        assert parse_qs(urlsplit(target[1:]).query)["cursor"] == [body["next"]]
        answer = rich.client.get(target[1:])
    assert len(seen) == len(set(seen))
    assert seen == whole or (not whole and len(seen) > 249)


# What an answer says of itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "pledges?limit=3", "meetings", "parties?limit=2", "pledges/2021-03-18-kor-usa-2plus2-01", "topics/alliance",
        "meetings/2021-03-18-kor-usa-2plus2", "meetings/2021-03-18-kor-usa-2plus2/document",
    ],
)  # fmt: skip
def test_an_etag_is_answered_304_while_it_stands(book: Client, path: str) -> None:
    first = book.get(f"/v1/{path}")
    etag = first.headers["etag"]
    for header in (etag, f'"other", {etag}', "*", etag.removeprefix("W/")):
        again = book.get(f"/v1/{path}", headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert book.get(f"/v1/{path}", headers={"If-None-Match": '"other"'}).content == first.content
    head = book.head(f"/v1/{path}")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", etag)
    assert head.headers["content-length"] == str(len(first.content))


def test_lists_that_differ_have_etags_that_differ(book: Client) -> None:
    tags = [book.get(f"/v1/pledges?{query}").headers["etag"] for query in ("", "limit=3", "limit=4", "include=sources")]
    assert len(set(tags)) == 4


def test_the_documents_of_a_list_are_those_of_the_records(book: Client) -> None:
    listed = book.get("/v1/pledges?limit=2").text
    for id in ids_of(book, "pledges?limit=2"):
        assert book.get(f"/v1/pledges/{id}").text in listed


def test_include_sends_what_the_page_refers_to_and_nothing_else(rich: Rich) -> None:
    kinds = ["meetings", "sources", "participants", "assessments"]
    body = rich.client.get("/v1/pledges", params={"topic": "cyber", "limit": 200, "include": kinds}).json()
    items, included = body["items"], body["included"]
    assert [*included] == kinds
    assert {item["id"] for item in included["meetings"]} == {item["meeting"] for item in items}
    cited = {citation["source"] for item in items for citation in item["citations"]}
    assert {item["id"] for item in included["sources"]} == cited
    people = {p["participant"] for meeting in included["meetings"] for p in meeting["participants"]}
    speakers = {speaker for item in items for speaker in item["speakers"]}
    assert {item["slug"] for item in included["participants"]} == people | speakers
    assert {item["pledge"] for item in included["assessments"]} == {i["id"] for i in items if i["fulfilment"]}
    assert [*rich.client.get("/v1/pledges?include=sources&limit=1").json()["included"]] == ["sources"]
    assert "included" not in rich.client.get("/v1/pledges?limit=1").json()


def test_updated_since_takes_an_instant_with_or_without_decimals(rich: Rich) -> None:
    table = columns(Revision)
    with rich.database.reading() as connection:
        ats = sorted(set(connection.execute(select(table.c.at)).scalars()))
    for at in (ats[0], ats[-2], ats[-1]):
        with rich.database.reading() as connection:
            later = set(connection.execute(select(table.c.id).where(table.c.at > at)).scalars())
        found = ids_of(rich.client, f"pledges?kind=any&limit=200&updated_since={at}")
        assert set(found) == {entry.id for entry in rich.oracle.entries} & later
    whole_second = f"{ats[-1][:19]}Z"
    with rich.database.reading() as connection:
        later = set(connection.execute(select(table.c.id).where(table.c.at > f"{ats[-1][:19]}.000000Z")).scalars())
    found = ids_of(rich.client, f"pledges?kind=any&limit=200&updated_since={whole_second}")
    assert set(found) == {entry.id for entry in rich.oracle.entries} & later
    assert ids_of(rich.client, "pledges?updated_since=9999999999") == []


def test_what_is_due_moves_with_the_day(rich: Rich) -> None:
    with rich.database.reading() as connection:
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 3, 1), date(2025, 3, 2), date(2999, 1, 1)):
            for word in WORDS["due"]:
                query = {"due": [word], "limit": 200}
                found = read_page(connection, PledgeQuery.model_validate(query), day)
                assert [json.loads(document)["id"] for document in found.documents] == rich.oracle.pledges(
                    {"due": [word]}, day
                )


# What an answer costs -------------------------------------------------------------------------------------------------


class Counted:
    """Counts the statements that an engine runs while it is open."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[str] = []

    def _note(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement != "BEGIN":  # which SQLite is sent by hand
            self.statements.append(statement)

    def __enter__(self) -> "Counted":
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)


@pytest.mark.parametrize(
    ("question", "most"),
    [
        ("pledges?", 2),
        ("pledges?topic=alliance", 3),
        ("pledges?topic=alliance&party=KOR&kind=any&sort=due", 4),
        ("pledges?include=meetings&include=sources&include=participants&include=assessments", 8),
        ("meetings?", 2),
    ],
)
def test_a_list_of_50_runs_as_many_statements_as_one_of_5(book: Client, question: str, most: int) -> None:
    database: Database = book.app.state.database  # type: ignore[attr-defined]
    counts = []
    for limit in (5, 50):
        book.get(f"/v1/{question}&limit={limit}")  # the pool has opened its connection
        with Counted(database.reader) as counted:
            answer = book.get(f"/v1/{question}&limit={limit}")
        assert "meetings" in question or len(answer.json()["items"]) > limit // 2
        counts.append(len(counted.statements))
    assert counts[0] == counts[1] <= most, counts


def test_a_list_of_names_may_be_given_with_commas(book: Client) -> None:
    def ids(query: str) -> list[str]:
        return [item["id"] for item in book.get(f"/v1/pledges?limit=200&{query}").json()["items"]]

    for commas, repeated in (
        ("party=KOR,USA", "party=KOR&party=USA"),
        ("party=South Korea, USA", "party=KOR&party=USA"),
        ("towards=each-other,USA", "towards=each-other&towards=USA"),
        ("topic=opcon-transition,deterrence", "topic=opcon-transition&topic=deterrence"),
        ("act=commit,agree", "act=commit&act=agree"),
    ):
        assert ids(commas) == ids(repeated) != []
    of_each = [book.get(f"/v1/matrix?rows=party&columns=year&{query}").json() for query in
               ("party=KOR,USA", "party=KOR&party=USA")]  # fmt: skip
    assert len(of_each[0]["rows"]) == len(of_each[1]["rows"]) == 2


def test_many_unknown_names_are_refused_at_once(book: Client) -> None:
    """The nearest names are searched for the first of them alone."""
    names = ",".join(f"nowhere{number}" for number in range(1000))
    answer = book.get("/v1/pledges", params={"party": names[:290]})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) <= 5
