"""Searching the seeds: what people ask, by every name and form, gives the same pledges on both engines.

The corpus names pledges as `meeting:numbers`: `21` and `24` are the two 2+2 meetings, `23` the defence ministers', `fm`
the foreign ministers'. Every question is put with `kind=any`.
"""

from typing import Any

import pytest

from tests.conftest import Client

MEETINGS = {
    "21": "2021-03-18-kor-usa-2plus2",
    "23": "2023-01-31-kor-usa-defense-ministers",
    "24": "2024-10-31-kor-usa-2plus2",
    "fm": "2024-10-31-kor-usa-foreign-ministers",
}
OPCON = "21:6,7 24:27"
NORTH_KOREA = "21:8,9 23:1,2,4,7 24:3,6,7,13,14,15,16,17,18,29,30,31,32,36,37 fm:1,2"
DETERRENCE = "21:3,4 23:3,4,6,7,8 24:6,7,8,9,10,33,34,35,36,38 fm:3"
TRILATERAL = "21:10 23:12,13,14 24:41 fm:3,8"
RUSSIA = "24:11,17,18,19,29,30,31,37 fm:1,2"
SANCTIONS = "23:1 24:14,15,17,30,31"
CONSULTING = "21:9 23:5,6,13,14,19 24:9,28 fm:2,7,8"
OPCON_IN_2021 = "21:6,7"

CORPUS = [
    # One thing under all its names: topic, cue, plan, in English and Korean.
    ("OPCON", OPCON),
    ("COTP", OPCON),
    ("COT-P", OPCON),
    ("opcon", OPCON),
    ("ÓPCON", OPCON),
    ("wartime operational control", OPCON),
    ('"wartime operational control"', OPCON),
    ("conditions-based", OPCON),
    ("Conditions-Based OPCON Transition Plan", OPCON),
    ("전작권", OPCON),
    ("작전통제권", OPCON),
    ("전시", OPCON),
    ("2+2 OPCON", OPCON),
    ("Suh Wook OPCON", OPCON_IN_2021),
    # Parties.
    ("DPRK", NORTH_KOREA),
    ("D.P.R.K.", NORTH_KOREA),
    ("n. korea", NORTH_KOREA),
    ("North Korea", NORTH_KOREA),
    ('"North Korea"', NORTH_KOREA),
    ("북한", NORTH_KOREA),
    ('"North Korea" -missile', "21:9 23:7 24:13,15,16,17,18,29,30,31,37 fm:1,2"),
    ("Russia", RUSSIA),
    ("러시아", RUSSIA),
    ("troops Russia", "24:17,18,29,30,31,37 fm:1,2"),
    ("Japan", TRILATERAL),
    ("일본", TRILATERAL),
    ("ASEAN", "21:14 23:16 24:22,23,39"),
    ("아세안", "21:14 23:16 24:22,23,39"),
    ("Pacific Islands", "23:16 24:40"),
    ("Ukraine", "24:19"),
    ("우크라이나", "24:19"),
    ("-ROK", "24:7,24"),
    ('-"South Korea" -"United States"', ""),
    # Persons.
    ("김용현 strengthen", "24:4,36,38,39,41"),
    ('"Cho Tae Yul" world', "fm:4"),
    ("Cho Tae-yu world", "fm:4"),
    ("Blinken G7", "fm:4,5"),
    ("Austin UNC", "23:18,19"),
    # Instruments and meetings.
    ("NCG", "24:8,9,38 fm:3"),
    ("핵협의", "24:8,9,38 fm:3"),
    ('"nuclear consultative group"', "24:8,9,38 fm:3"),
    ("SCM", CONSULTING),
    ("Security Consultative Meeting", CONSULTING),
    ("G7", "fm:4,5"),
    ("group of seven", "fm:4,5"),
    ("AUKUS", "24:42"),
    ("pillar ii", "24:42"),
    ("TTX", "23:7 24:34"),
    ("table-top", "23:7 24:34"),
    ("tabletop exercise", "23:7 24:34"),
    ("Camp David", TRILATERAL),
    ('-nuclear -"2+2"', "23:9,10,11,12,15,16,17,18 fm:1,4,5,6"),
    # Topics, by name, by cue, by a part of either.
    ("trilateral", TRILATERAL),
    ("한미일", TRILATERAL),
    ("extended deterrence", DETERRENCE),
    ("확장억제", DETERRENCE),
    ("nuclear umbrella", DETERRENCE),
    ("umbrella", DETERRENCE),
    ("UNSCR", SANCTIONS),
    ("resolutions security council", SANCTIONS),
    ("제재", SANCTIONS),
    ("missile warning data", "23:12,13"),
    ("경보", "23:12,13"),
    ("훈련", "23:9,10,11"),
    ("Taiwan", "24:21"),
    ("cross-strait", "24:21"),
    ("대만", "24:21"),
    ("denuclearisation", "24:13"),
    ("denuclearization", "24:13"),
    ("비핵화", "24:13"),
    ("사이버", "21:15 24:26"),
    ("climate", "21:15 24:4"),
    ("health COVID-19", "21:15 24:4"),
    ("human rights", ""),
    # Words, in all their forms.
    ("deploy", "23:8 24:35 fm:2"),
    ("deployment", "23:8 24:35 fm:2"),
    ("DEPLOYED", "23:8 24:35 fm:2"),
    ("deploy*", "23:8 24:35 fm:2"),
    ("denuc*", "24:13"),
    ("strateg* assets", "23:8 24:10,35"),
    ("assets strategic", "23:8 24:10,35"),
    ("전략자산", "23:8 24:10,35"),
    ('"security cooperation"', "24:18,41"),
    ('"cooperation security"', ""),
    ("security cooperation", "21:15 23:13,14 24:4,17,18,41 fm:7,8"),
    ("review of the policy", "21:8,9 24:16"),
    ("xyzzy", ""),
    ("OPCON xyzzy", ""),
    ("!!!", ""),
]


def ids(numbers: str) -> set[str]:
    """The ids that the corpus names in short."""
    groups = (group.partition(":") for group in numbers.split())
    return {f"{MEETINGS[meeting]}-{int(number):02}" for meeting, _, many in groups for number in many.split(",")}


def ask(client: Client, q: str, **more: Any) -> dict[str, Any]:
    """The answer to a question for pledges and positions."""
    answer = client.get("/v1/pledges", params={"kind": "any", "limit": 200, "q": q, **more})
    assert answer.status_code == 200, (q[:80], answer.text[:500])
    body: dict[str, Any] = answer.json()
    return body


def found(client: Client, q: str, **more: Any) -> list[str]:
    return [item["id"] for item in ask(client, q, **more)["items"]]


@pytest.mark.parametrize(("question", "expected"), CORPUS, ids=[question for question, _ in CORPUS])
def test_a_question_gives_the_same_pledges_on_both_engines(book: Client, question: str, expected: str) -> None:
    assert set(found(book, question)) == ids(expected)


@pytest.mark.parametrize(
    "names",
    [
        ("ROK", "KOR", "South Korea", "S. Korea", "Korea", "Republic of Korea", "r.o.k.", "한국", "대한민국"),
        ("US", "U.S.", "USA", "United States", "United States of America", "America", "미국"),
        ("North Korea", "N. Korea", "DPRK", "PRK", "Democratic People’s Republic of Korea"),
        ("2+2", "2plus2", "two plus two", "2+2 Meeting", "ROK-U.S. Foreign and Defense Ministerial Meeting"),
        ("OPCON", "COTP", "COT-P", "wartime operational control", "전작권"),
        ("Cho Tae-yul", "Cho Tae Yul", "CHO TAE YUL", "Cho Tae-yu", "조태열", "태열"),
        ("Lloyd Austin", "Lloyd J. Austin III", "로이드 오스틴"),
        ("UN", "U.N.", "United Nations"),
    ],
    ids=lambda names: names[0],
)
def test_every_alias_asks_the_same(book: Client, names: tuple[str, ...]) -> None:
    first, *others = (found(book, name) for name in names)
    assert first
    assert all(other == first for other in others)
    assert all(found(book, f"-{chr(34)}{name}{chr(34)}") == found(book, f'-"{names[0]}"') for name in names)


def test_what_is_asked_and_what_is_excluded_make_up_the_whole(book: Client) -> None:
    whole = {item["id"] for item in book.get("/v1/pledges", params={"kind": "any", "limit": 200}).json()["items"]}
    for question in ("nuclear", '"North Korea"', "strateg*", "한미일", "2+2"):
        assert sorted([*found(book, question), *found(book, f"-{question}")]) == sorted(whole), question


def test_a_question_combines_with_filters(book: Client) -> None:
    assert set(found(book, "nuclear", topic="extended-deterrence", held_on__lt="2022-01-01")) == ids("21:3,4")
    assert set(found(book, "deploy", kind="pledge")) == set(found(book, "deploy")) & {
        item["id"] for item in book.get("/v1/pledges", params={"limit": 200}).json()["items"]
    }
    assert set(found(book, "OPCON", topic=["opcon-transition", "climate"])) == ids(OPCON)
    assert set(found(book, "OPCON", held_on__gte="2024-10-31")) == ids("24:27")


def test_a_blank_question_asks_nothing(book: Client) -> None:
    assert len(found(book, "  ")) == 84


@pytest.mark.parametrize("sort", ["-held_on", "held_on", "-due", "due", "-updated", "updated", "-id", "id"])
def test_pages_of_what_is_found_make_up_the_whole(book: Client, sort: str) -> None:
    whole = found(book, "North Korea", sort=sort)
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask(book, "North Korea", sort=sort, limit=4, **cursor)
        paged += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == whole
    assert set(whole) == ids(NORTH_KOREA)


def test_what_is_found_comes_in_the_order_of_the_list(book: Client) -> None:
    for sort in ("-held_on", "held_on", "due", "-updated", "id"):
        listed = book.get("/v1/pledges", params={"kind": "any", "limit": 200, "sort": sort}).json()["items"]
        met = set(found(book, "nuclear"))
        assert found(book, "nuclear", sort=sort) == [item["id"] for item in listed if item["id"] in met]


# Relevance ------------------------------------------------------------------------------------------------------------


def test_relevance_puts_first_what_says_the_words_on_its_first_topic(book: Client) -> None:
    ranked = ask(book, "strategic assets", sort="relevance")
    assert ranked["next"] is None
    assert [item["id"] for item in ranked["items"]] == [
        f"{MEETINGS['24']}-10",
        f"{MEETINGS['24']}-35",
        f"{MEETINGS['23']}-08",
    ]
    assert {item["id"] for item in ranked["items"]} == set(found(book, "strategic assets"))


def test_relevance_is_one_page_and_the_same_on_both_engines(book: Client) -> None:
    page = ask(book, "North Korea nuclear", sort="relevance", limit=3)
    assert page["next"] is None
    assert [item["id"] for item in page["items"]] == [f"{MEETINGS['24']}-{number}" for number in ("06", "07", "14")]


@pytest.mark.parametrize("path", ["/v1/pledges", "/v1/meetings"])
@pytest.mark.parametrize("more", [{}, {"q": " "}, {"q": "OPCON", "cursor": "abc"}])
def test_relevance_without_a_question_or_with_a_cursor_is_refused(
    book: Client, path: str, more: dict[str, str]
) -> None:
    answer = book.get(path, params={"sort": "relevance", **more})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "query.sort"


# Highlights -----------------------------------------------------------------------------------------------------------


def test_the_words_that_meet_a_question_are_marked(book: Client) -> None:
    marked = ask(book, "deployment", highlight="true")["highlights"]
    assert set(marked) == ids("23:8 24:35 fm:2")
    assert "<mark>deployed</mark>" in marked[f"{MEETINGS['23']}-08"]
    by_name = ask(book, "ROK", highlight="true")["highlights"]
    assert "Defend <mark>South Korea</mark>" in by_name[f"{MEETINGS['21']}-02"]


def test_highlights_come_on_request_only(book: Client) -> None:
    assert "highlights" not in ask(book, "OPCON")
    assert book.get("/v1/pledges", params={"highlight": "true"}).json()["highlights"] == {}


# Meetings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("OPCON", {"24", "21"}),
        ("Washington", {"24", "fm", "23", "21"}),
        ("Seoul", {"21", "23"}),
        ("Washington OPCON", {"24", "21"}),
        ("2+2", {"24", "21", "23", "fm"}),
        ("two plus two -SCM", set()),
        ("Suh Wook", {"21"}),
        ("조태열", {"24", "fm"}),
        ("-OPCON", {"fm", "23"}),
        ("deploy*", {"24", "fm", "23"}),
        ("defense ministers", {"23", "21", "24"}),
        ("!!!", set()),
    ],
)
def test_meetings_are_found_by_themselves_and_by_their_pledges(book: Client, question: str, expected: set[str]) -> None:
    answer = book.get("/v1/meetings", params={"q": question, "highlight": "true"})
    assert answer.status_code == 200
    assert {item["id"] for item in answer.json()["items"]} == {MEETINGS[name] for name in expected}
    ranked = book.get("/v1/meetings", params={"q": question, "sort": "relevance"}).json()
    assert {item["id"] for item in ranked["items"]} == {MEETINGS[name] for name in expected}


# Anything at all ------------------------------------------------------------------------------------------------------

HOSTILE = [
    '"', '""', '"""', "*", "**", "-", "--", "- -", '-"', '"-"', "(", ")", "NOT", "AND OR NOT", "NEAR(a b)", "a NEAR/2",
    "tokens:opcon", "{tokens} : a", "^opcon", "a + b", "N. Korea", "2024-01-01", "'", "''", "' OR 1=1 --", "\\",
    "a\\'b", "a & b | !c", "a <-> b", ":*", "a:*", "!a", "%", "_", "%00", "\x01\x02\x1b", "\t\n", "\u2028", "🇰🇷🚀", "·",
    "topic·opcon", "gap·", "every·", "x" * 10_000, "a " * 5_000, '"' * 9_999, "-a " * 3_000, "가", "\u0301", "e\u0301",
    "İstanbul", "한" * 3_000, "\ufffe", "\U0010ffff", "-" * 10_000, "ROK " * 500, "*a", "a*b*", "a* b*", "한*",
    "republic " * 30, "a.b.c.d.e.f.g.h " * 200, "'a" * 2_000, "Ⅷ", "ſ", "ﷺ", "½", '"a*"', "“OPCON”", "\x00",
    "OPCON\x00ROK",
]  # fmt: skip


@pytest.mark.parametrize("question", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_is_a_valid_search(book: Client, question: str) -> None:
    for path in ("/v1/pledges", "/v1/meetings"):
        answer = book.get(path, params={"q": question, "highlight": "true", "limit": 5})
        assert answer.status_code == 200, answer.text[:300]
    if question.strip():
        assert book.get("/v1/pledges", params={"q": question, "sort": "relevance"}).status_code == 200
