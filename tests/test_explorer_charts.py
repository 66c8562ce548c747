"""The pages of topics, the matrix, meetings and comparisons: what they say, and that it is what the API says."""

import json
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from tests.building import Desk, assessment, meeting, pledge, renewal, topic
from tests.conftest import Client
from tests.test_explorer import BROWSER, soup

SPRING, WINTER, AUTUMN = (
    "2021-03-18-kor-usa-2plus2",
    "2023-01-31-kor-usa-defense-ministers",
    "2024-10-31-kor-usa-2plus2",
)
FOREIGN = "2024-10-31-kor-usa-foreign-ministers"
PAGES = [
    "/topics", "/topics/extended-deterrence", "/topics/alliance", "/matrix", "/matrix?rows=party&columns=topic",
    "/matrix?rows=fulfilment&columns=instrument&kind=any", "/meetings", "/meetings?series=kor-usa-2plus2&q=Washington",
    "/meetings?party=JPN", f"/meetings/{AUTUMN}", "/compare", f"/compare?a={SPRING}&b={AUTUMN}", "/compare?a=&b=",
]  # fmt: skip


def one(page: Tag, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


@cache
def read(book: Client, path: str) -> BeautifulSoup:
    """A page of the book that no test changes, read once for all."""
    return soup(book, path)


def said(tag: Tag) -> str:
    """The text as it is read, white space folded."""
    return " ".join(tag.get_text(" ").split())


def number(tag: Tag) -> int:
    return int(said(tag).split()[0].rstrip("+"))


def query_of(link: Tag) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(str(link["href"])).query):
        found.setdefault(name, []).append(value)
    return found


@pytest.fixture
def desk(client: Client) -> Desk:
    """Over an empty book with a topic."""
    desk = Desk(client)
    desk.post("/topics", topic("defence"))
    return desk


# All of them ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(book: Client, path: str) -> None:
    """One heading, a title, a description; ids once; tables with headers; marks and cells that say what they are."""
    page = read(book, path)
    assert len(page.select("h1")) == 1
    assert one(page, "title").text.endswith("Pledgebook")
    assert len(str(one(page, "meta[name=description]")["content"])) > 20
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    for table in page.select("table"):
        assert table.select("thead th[scope=col]")
        assert len(table.select("tbody tr")) == len(table.select("tbody th[scope=row]"))
    for link in page.select("svg a"):
        assert said(one(BeautifulSoup(str(link), "html.parser"), "title")), "a link of a chart is told in words"
    assert not page.select("script:not([type='application/ld+json']), style, [style], [onclick]")


def test_every_link_leads_somewhere(book: Client) -> None:
    """Those to pages of this kind and to data: some of each page. The other pages have tests of their own."""
    followed: set[str] = set()
    for path in PAGES:
        page = read(book, path)
        hrefs = {str(link["href"]) for link in page.select("main a[href]")}
        assert {href for href in hrefs if href.startswith("#")} <= {f"#{tag['id']}" for tag in page.select("[id]")}
        kinds = ("/topics", "/matrix", "/meetings", "/compare", "/v1/")
        followed |= set(sorted(href for href in hrefs if href.startswith(kinds))[::9])
    assert len(followed) > 20
    for href in sorted(followed):
        assert book.get(href, headers=BROWSER).status_code == 200, href


@pytest.mark.parametrize(
    ("path", "near"),
    [("/topics/extended-deterence", "extended-deterrence"), ("/meetings/2024-10-31-kor-usa-2plus", AUTUMN)],
)
def test_what_the_book_does_not_have_is_404_with_what_is_nearest(book: Client, path: str, near: str) -> None:
    assert near in said(one(soup(book, path, 404), "main"))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/matrix?rows=colour", "rows"),
        ("/matrix?rows=topic&columns=topic", "columns"),
        ("/compare?a=x&b=y", "b"),
        ("/topics/cyber?limit=3", "limit"),
    ],
)
def test_a_wrong_parameter_is_named_on_a_page(book: Client, path: str, told: str) -> None:
    page = soup(book, path, 422)
    assert told in [said(name) for name in page.select(".faults dt")]


def test_an_empty_book_has_pages_too(client: Client) -> None:
    for path in ("/topics", "/matrix", "/meetings", "/compare"):
        assert one(soup(client, path), ".empty a")


# Topics ---------------------------------------------------------------------------------------------------------------


def test_the_tree_counts_undertakings(book: Client) -> None:
    page = read(book, "/topics")
    tree = book.get("/v1/topics?tree=true").json()["items"]
    shown = {str(one(tag, "a")["href"]): number(one(tag, ".amount")) for tag in page.select(".branch h2, .topics li")}
    branches = [one for branch in tree for one in (branch, *branch["children"])]
    assert shown == {f"/topics/{branch['slug']}": branch["undertakings"] for branch in branches}
    assert "확장억제" in said(one(page, "main"))


@pytest.mark.parametrize("slug", ["extended-deterrence", "opcon-transition"])
def test_each_undertaking_is_a_line_with_a_mark_for_each_time_it_was_said(book: Client, slug: str) -> None:
    page = read(book, f"/topics/{slug}")
    told = book.get(f"/v1/undertakings?topic={slug}&limit=200").json()["items"]
    lines = page.select(".threads > li")
    assert [said(one(line, "p")) for line in lines] == [item["latest"]["summary"] for item in told]
    for line, item, row in zip(lines, told, page.select(".threads-table tbody tr"), strict=True):
        thread = book.get(f"/v1/pledges/{item['id']}/thread").json()
        marks = [str(link["href"]) for link in line.select("svg a")]
        expected = [f"/pledges/{one['id']}" for one in thread["pledges"]]
        expected += [f"/meetings/{id}" for id in (*thread["silent_meetings"], *thread["unreported_meetings"])]
        assert sorted(marks) == sorted(expected)
        in_table = {str(link["href"]) for link in row.select("td a[href]")}
        assert set(marks) <= in_table, "the table tells what the chart tells"


def test_not_repeated_and_unknown_are_shown_differently(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2), pledge(3)))
    desk.post("/pledges/2021-01-01-a-01/assessments", assessment("KOR", "fulfilled"))
    desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01", act="reaffirm")))
    desk.post("/meetings", meeting("2023-01-01-c", renewal(1, "2021-01-01-a-02"), coverage="report-only"))
    page = soup(desk.client, "/topics/defence")
    by_line = {
        said(one(line, "p")): [said(title) for title in line.select("svg a title")]
        for line in page.select(".threads > li")
    }
    third = by_line["Do the thing of number 3."]
    assert third[0].startswith("1 January 2021: Agreement, not assessed.")
    assert third[1].startswith("1 January 2022: not repeated.")
    assert third[2].startswith("1 January 2023: unknown.")
    (renewed,) = [marks for marks in by_line.values() if any("Reaffirmation" in mark for mark in marks)]
    assert renewed[0].startswith("1 January 2021: Agreement, South Korea fulfilled.") or "fulfilled" in renewed[0]
    kinds = {str(shape["class"]) for shape in page.select(".strip .dot, .strip .cross, .strip .asks")}
    assert kinds == {"['dot', 'none']", "['dot', 'kept']", "['cross']", "['asks']"}
    row = next(row for row in page.select(".threads-table tbody tr") if "number 3" in said(row))
    assert "not repeated: 1 January 2022" in said(row)
    assert "unknown: 1 January 2023" in said(row)


def test_a_topic_of_more_undertakings_than_a_page_holds_leads_on(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", *(pledge(number) for number in range(1, 46))))
    first = soup(desk.client, "/topics/defence")
    rest = soup(desk.client, str(one(first, "a[rel=next]")["href"]))
    shown = [said(one(line, "p")) for page in (first, rest) for line in page.select(".threads > li")]
    assert len(shown) == len(set(shown)) == 45
    assert "45 undertakings" in said(one(first, "main"))


def test_a_topic_without_pledges_says_so_and_links_to_others(book: Client) -> None:
    page = read(book, "/topics/taiwan-strait")
    assert "No pledges on this topic yet" in said(one(page, ".empty"))
    assert not page.select("figure")


# The matrix -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["rows=party&columns=topic", "rows=topic&columns=year&party=USA&act=commit"])
def test_a_cell_is_a_link_to_just_the_pledges_it_counts(book: Client, asked: str) -> None:
    page = read(book, f"/matrix?{asked}")
    cells = page.select(".heat [class^=depth]")
    assert cells
    for cell in cells[::13]:
        found = book.get("/v1/pledges", params={**query_of(cell), "limit": 200}).json()["items"]
        assert int(said(one(cell, "text"))) == len(found), cell["href"]
    in_table = {str(link["href"]): said(link) for link in page.select(".heat-table td a")}
    assert in_table == {str(cell["href"]): said(one(cell, "text")) for cell in cells}


def test_the_matrix_counts_what_it_is_asked_to(book: Client) -> None:
    crossed = book.get("/v1/matrix?rows=topic&columns=meeting").json()["cells"]
    for count in ("mentions", "undertakings", "new"):
        shown = read(book, f"/matrix?count={count}").select(".heat [class^=depth] text")
        assert sorted(int(said(text)) for text in shown) == sorted(cell[count] for cell in crossed if cell[count])


def test_time_runs_to_the_right_and_topics_stand_under_their_parents(book: Client) -> None:
    page = read(book, "/matrix")
    heads = [said(head) for head in page.select(".heat-table thead th")][1:]
    assert "Seoul" in heads[0]
    assert "Washington" in heads[-1]
    rows = [said(head) for head in page.select(".heat-table tbody th")]
    assert rows.index("Deterrence") < rows.index("Extended deterrence") < rows.index("Indo-Pacific")


def test_a_matrix_that_is_cut_says_so(book: Client) -> None:
    assert "At most 50 rows" not in said(one(read(book, "/matrix"), "main"))
    cut = read(book, "/matrix?limit=3")
    assert len(cut.select(".heat-table tbody tr")) == 3
    assert "At most 3 rows and columns are shown" in said(one(cut, ".note"))


def test_switching_what_is_crossed_keeps_the_filters(book: Client) -> None:
    page = read(book, "/matrix?party=USA&act=commit")
    for link in page.select(".switches a"):
        assert {"party": ["USA"], "act": ["commit"]}.items() <= query_of(link).items()
    hidden = {(str(field["name"]), str(field["value"])) for field in page.select("form.fields input[type=hidden]")}
    assert hidden == {("party", "USA"), ("act", "commit")}


# Meetings -------------------------------------------------------------------------------------------------------------


def test_meetings_are_listed_with_how_they_are_known_and_what_they_hold(book: Client) -> None:
    page = read(book, "/meetings")
    cards = {str(one(card, "h3 a")["href"]): said(card) for card in page.select(".card")}
    assert list(cards) == [f"/meetings/{id}" for id in (AUTUMN, FOREIGN, WINTER, SPRING)]
    assert "based on two news reports; original text not available" in cards[f"/meetings/{AUTUMN}"]
    assert "based on the full text" in cards[f"/meetings/{WINTER}"]
    assert "17 pledges · 2 positions".replace(" · ", " ") in cards[f"/meetings/{WINTER}"]
    assert [said(year) for year in page.select("h2")] == ["2024", "2023", "2021"]


def test_a_meeting_tells_who_was_there_in_which_office_and_how_we_know(book: Client) -> None:
    page = read(book, f"/meetings/{AUTUMN}")
    people = [said(row) for row in page.select("table tbody tr")]
    assert people[0] == "Cho Tae-yul 조태열 Minister of Foreign Affairs South Korea"
    facts = said(one(page, "dl.pairs"))
    assert "inferred: The Korean report gives the day" in facts
    assert "6th meeting of the KOR-USA 2+2 series" in facts
    assert "based on two news reports; original text not available" in facts


@pytest.mark.parametrize("id", [AUTUMN, WINTER])
def test_the_counts_of_a_meeting_are_those_of_what_they_lead_to(book: Client, id: str) -> None:
    page = read(book, f"/meetings/{id}")
    figures = [link for link in page.select(".figures a") if str(link["href"]).startswith("/pledges")]
    assert len(figures) >= 3
    for link in figures:
        found = book.get("/v1/pledges", params={**query_of(link), "limit": 200}).json()["items"]
        assert number(link) == len(found), link["href"]
    shown = [str(link["href"]) for link in page.select(".group .summary a")]
    pledges = book.get(f"/v1/pledges?meeting={id}&limit=200").json()["items"]
    assert sorted(shown) == sorted(f"/pledges/{item['id']}" for item in pledges)


def test_positions_are_folded(book: Client) -> None:
    page = read(book, f"/meetings/{AUTUMN}")
    folded = one(page, "details:not([open])")
    positions = book.get(f"/v1/pledges?meeting={AUTUMN}&kind=position").json()["items"]
    assert len(folded.select(".card.position")) == len(positions) == 13


def test_a_meeting_lists_what_it_does_not_repeat_of_the_previous_one(book: Client, desk: Desk) -> None:
    lacking = said(one(read(book, f"/meetings/{AUTUMN}"), "[aria-labelledby=not-repeated]"))
    expected = book.get(f"/v1/undertakings?in_meeting={SPRING}&not_in_meeting={AUTUMN}").json()["items"]
    assert f"The press reports of this meeting do not mention {len(expected)} undertakings of it" in lacking
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1), pledge(2), series="talks"))
    desk.post("/meetings", meeting("2022-01-01-b", renewal(1, "2021-01-01-a-01"), series="talks"))
    desk.post("/meetings", meeting("2023-01-01-c", renewal(1, "2022-01-01-b-01"), series="talks"))
    silent = one(soup(desk.client, "/meetings/2022-01-01-b"), "[aria-labelledby=not-repeated]")
    assert "does not repeat 1 undertaking of it." in said(silent)
    assert [str(link["href"]) for link in silent.select(".summary a")] == ["/pledges/2021-01-01-a-02"]
    assert "This meeting repeats all of its pledges" in said(one(soup(desk.client, "/meetings/2023-01-01-c"), "main"))
    assert not soup(desk.client, "/meetings/2021-01-01-a").select("[aria-labelledby=not-repeated]")


def test_a_meeting_tells_machines_that_it_is_an_event(book: Client) -> None:
    page = read(book, f"/meetings/{WINTER}")
    told = json.loads(one(page, "script[type='application/ld+json']").text)
    assert (told["@context"], told["@type"]) == ("https://schema.org", "Event")
    assert (told["startDate"], told["endDate"]) == ("2023-01-31", "2023-01-31")
    assert told["location"]["name"] == "Seoul"
    assert {(one["name"], one["jobTitle"]) for one in told["attendee"]} == {
        ("Lee Jong-sup", "Minister of National Defense"),
        ("Lloyd J. Austin III", "Secretary of Defense"),
    }
    assert told["url"] == str(one(page, "link[rel=canonical]")["href"])


def test_a_withdrawn_meeting_says_so_first(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", pledge(1)))
    desk.retract("/meetings/2021-01-01-a", reason="It never took place.")
    page = soup(desk.client, "/meetings/2021-01-01-a")
    assert "It never took place." in said(one(page, ".notice"))
    assert not page.select(".group")


# Two meetings ---------------------------------------------------------------------------------------------------------


def test_two_meetings_stand_side_by_side(book: Client) -> None:
    page = read(book, f"/compare?a={SPRING}&b={AUTUMN}")
    counts = {str(link["href"]): number(link) for link in page.select(".figures a")}
    lists = [str(link["href"]) for link in page.select(".downloads a")]
    assert list(counts.values()) == [len(book.get(f"{path}&limit=200").json()["items"]) for path in lists]
    assert len(page.select(".pair")) == counts["#both"]
    for side in ("only-a", "only-b"):
        assert len(page.select(f"[aria-labelledby={side}] .card")) == counts[f"#{side}"]
    opcon = next(pair for pair in page.select(".pair") if "wartime operational control" in said(pair))
    assert "act: Reaffirmation → Commitment" in said(opcon)
    assert str(one(page, "link[rel=canonical]")["href"]).endswith(f"/compare?a={SPRING}&b={AUTUMN}")


def test_of_a_long_comparison_a_part_is_shown_and_the_rest_is_counted(desk: Desk) -> None:
    desk.post("/meetings", meeting("2021-01-01-a", *(pledge(number) for number in range(1, 104))))
    desk.post("/meetings", meeting("2022-01-01-b", pledge(1)))
    page = soup(desk.client, "/compare?a=2021-01-01-a&b=2022-01-01-b")
    assert [number(link) for link in page.select(".figures a")] == [0, 103, 1]
    assert len(page.select("[aria-labelledby=only-a] .card")) == 100
    assert "3 more: see the complete lists" in said(one(page, "[aria-labelledby=only-a]"))


def test_the_form_offers_every_meeting_and_shows_what_was_chosen(book: Client) -> None:
    page = read(book, f"/compare?a={WINTER}&b={SPRING}")
    for field, chosen in (("a", WINTER), ("b", SPRING)):
        options = page.select(f"select[name={field}] option")
        assert {str(option["value"]) for option in options} == {SPRING, WINTER, AUTUMN, FOREIGN}
        assert [str(option["value"]) for option in options if option.has_attr("selected")] == [chosen]
        assert one(page, f"label[for={field}]")


def test_a_meeting_is_not_compared_with_itself(book: Client) -> None:
    assert "A and B are the same meeting" in said(one(read(book, f"/compare?a={SPRING}&b={SPRING}"), ".empty"))
