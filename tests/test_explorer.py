"""The explorer without a browser: what its pages say, and what they are sent with."""

import functools
import json
import re
from collections.abc import Callable, Iterator

import pytest
from bs4 import BeautifulSoup, Tag

from app.exchange.book_files import load
from app.pages import routers
from app.store.database import Database
from tests.conftest import Client, CopyMaker, _client
from tests.explorer_pages import PAGES, REFUSED
from tests.richer import write_richer

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def soup(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    """A page as a browser asks for it."""
    answer = client.get(path, headers=BROWSER)
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"].startswith("text/html")
    return BeautifulSoup(answer.text, "html.parser")


def test_a_page_may_run_and_reach_nothing_but_its_own_host(book: Client) -> None:
    policy = book.get("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "script" not in policy


def test_a_page_is_answered_304_while_the_book_stands(book: Client) -> None:
    first = book.get("/")
    assert book.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_page_kept_for_one_host_is_not_given_to_another(book: Client) -> None:
    for host in ("one.example", "two.example"):
        page = BeautifulSoup(book.get("/", headers={"Host": host}).text, "html.parser")
        canonical = page.select_one("link[rel=canonical]")
        assert canonical is not None
        assert canonical["href"] == f"http://{host}/"


@pytest.mark.parametrize("path", ["/nowhere", "/pledges-of-nobody/1", "/docs/nowhere"])
def test_a_browser_is_told_404_on_a_page_with_ways_on(book: Client, path: str) -> None:
    page = soup(book, path, 404)
    assert "nothing at this address" in page.select_one("h1").text  # type: ignore[union-attr]
    assert page.select_one("main form[action='/pledges']")


def test_other_clients_and_the_api_are_told_a_problem(book: Client) -> None:
    for path, headers in (("/nowhere", {}), ("/v1/nowhere", BROWSER)):
        answer = book.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"
        assert json.loads(answer.text)["status"] == 404


# The pages ------------------------------------------------------------------------------------------------------------

FIRST = "2021-03-18-kor-usa-2plus2-01"
ASSESSED = "2024-10-31-aus-kor-call-02"


@pytest.fixture(scope="module")
def rich(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The explorer over a book with everything that pages can show."""
    folder = tmp_path_factory.mktemp("rich")
    with make_copy(True, folder) as url:
        database = Database(url)
        assert load(database, [write_richer(folder)]).is_clean
        database.close()
        yield from _client(url)


def one(page: BeautifulSoup, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def text(page: BeautifulSoup, selector: str = "main") -> str:
    """The words of a part, white space folded."""
    return " ".join(one(page, selector).get_text(" ").split()).replace(" ,", ",").replace(" .", ".")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_without_a_script_and_stands_in_the_frame(rich: Client, name: str) -> None:
    page = soup(rich, PAGES[name], REFUSED.get(name, 200))
    assert one(page, "html")["lang"] == "en"
    assert len(page.select("h1")) == 1
    assert one(page, "title").text
    assert one(page, "meta[name=description]")["content"]
    assert one(page, "link[rel=canonical]")["href"].startswith("http://testserver/")  # type: ignore[union-attr]
    assert one(page, "a.skip")["href"] == "#main"
    kinds = {str(script["type"]) for script in page.select("script")}
    assert kinds <= {"application/ld+json"} or name == "post", "only posting needs a script"
    assert not page.select("[style], [onclick]")
    for label in page.select("label"):
        assert page.select_one(f"#{label['for']}")


@pytest.mark.parametrize("path", [route.path for router in routers for route in router.routes], ids=str)
def test_every_page_is_among_those_looked_at(path: str) -> None:
    """But for the docs page, which has tests of its own."""
    address = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"(\?.*)?")
    assert path == "/docs" or any(address.fullmatch(page) for page in PAGES.values())


@pytest.fixture(scope="module")
def statuses(rich: Client) -> Callable[[str], int]:
    """How an address is answered; each is asked for once, since most pages link to the same ones."""
    return functools.cache(lambda address: rich.get(address, headers=BROWSER).status_code)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_book_leads_somewhere(rich: Client, statuses: Callable[[str], int], name: str) -> None:
    """Where a page has many of one kind, the first few are followed."""
    page = soup(rich, PAGES[name], REFUSED.get(name, 200))
    addresses = {str(tag.get("href")).partition("#")[0] for tag in page.select("[href]")}
    kinds: dict[str, list[str]] = {}
    for address in sorted(address for address in addresses if address.startswith("/")):
        kinds.setdefault(address.lstrip("/").partition("/")[0].partition("?")[0], []).append(address)
    for address in (address for kind in kinds.values() for address in kind[:3]):
        assert statuses(address) == 200, address


def test_a_page_of_fifty_pledges_is_light(book: Client) -> None:
    page = book.get("/pledges")
    assert len(BeautifulSoup(page.text, "html.parser").select("article.card")) == 50
    style = book.get("/static/pledgebook.css")
    assert len(page.content) + len(style.content) < 100_000
    assert len(style.content) < 20_000


def test_the_home_page_says_what_the_book_is_and_how_much_it_contains(book: Client) -> None:
    page = soup(book, "/")
    assert text(page, "h1") == "What states promised each other, with source, deadline and status."
    assert "from 4 meetings, 2021 to 2024" in text(page)
    assert "made at 3 meetings since 2021" in text(page, "section[aria-labelledby=example]")
    assert len(page.select("section[aria-labelledby=passed] article.card")) == 5
    assert "국제질서" in text(page, "section[aria-labelledby=topics]")
    for example in page.select(".hero a[href^='/pledges?q=']"):
        assert soup(book, str(example["href"])).select("article.card"), example


def test_an_empty_book_says_how_to_fill_it(client: Client) -> None:
    for path in ("/", "/pledges"):
        assert "pledgebook load seeds" in text(soup(client, path))
    for path in ("/participants", "/parties", "/sources"):
        assert soup(client, path).select("table")


def test_a_card_says_who_promised_what_to_whom_and_how_it_stands(rich: Client) -> None:
    card = text(soup(rich, "/pledges?meeting=2024-10-31-aus-kor-call&undertaking=" + ASSESSED), "article.card")
    for said in ("Australia and South Korea", "each other", "Agreement", "Deadline: by 1 March 2025",
                 "31 October 2024", "Status:", "fulfilled (South Korea)", "renounced (Australia)", "disputed",
                 "According to the joint text"):  # fmt: skip
        assert said in card, said


@pytest.mark.parametrize(
    "query", ["topic=deterrence", "party=ROK&kind=any", "q=exercises&sort=relevance", "due=passed"]
)
def test_the_page_has_the_pledges_of_the_query_and_links_to_its_other_forms(book: Client, query: str) -> None:
    items = book.get(f"/v1/pledges?{query}").json()["items"]
    page = soup(book, f"/pledges?{query}")
    shown = [str(link["href"]).removeprefix("/pledges/") for link in page.select("article .summary a")]
    assert shown == [item["id"] for item in items]
    for form in page.select(".downloads a"):
        assert book.get(str(form["href"])).status_code == 200
    assert f"curl 'http://testserver/v1/pledges?{query.partition('&sort')[0]}" in text(page, ".curl")


def test_every_filter_that_is_set_can_be_taken_away(book: Client) -> None:
    query = "topic=deterrence&topic=alliance&party=KOR&is_new=true&held_on__gte=2023-01-01&sort=due"
    page = soup(book, f"/pledges?{query}")
    chips = page.select(".chips a")
    assert len(chips) == 5
    for chip in chips:
        rest = str(chip["href"])
        assert rest.count("&") == query.count("&") - 1
        assert "sort=due" in rest
        assert soup(book, rest).select("article.card")


def test_a_facet_keeps_what_else_is_asked_for(book: Client) -> None:
    page = soup(book, "/pledges?party=KOR&sort=due")
    deterrence = one(page, "#filters a[href*='topic=deterrence']")
    found = soup(book, str(deterrence["href"]))
    number = str(deterrence.next_sibling).strip()
    assert text(found, ".tally").startswith(f"{number} pledges")
    assert "party=KOR" in str(deterrence["href"])
    assert "sort=due" in str(deterrence["href"])


def test_the_values_chosen_are_marked_under_any_name(book: Client) -> None:
    page = soup(book, "/pledges?party=ROK&held_on__gte=2024-01-01&held_on__lt=2025-01-01")
    assert [link.text for link in page.select("#filters [aria-current]")] == ["South Korea", "2024"]


def test_further_pages_follow_until_all_pledges_were_shown(book: Client) -> None:
    shown, address = [], "/pledges?limit=40&kind=any"
    while address:
        page = soup(book, address)
        shown += [str(link["href"]) for link in page.select("article .summary a")]
        more = page.select_one("a[rel=next]")
        address = f"{more['href']}&limit=40" if more else ""
    assert len(shown) == len(set(shown)) == 84


def test_where_nothing_is_found_positions_can_be_asked_for(book: Client) -> None:
    def asked_for(query: str) -> list[str]:
        links = soup(book, f"/pledges?{query}").select(".empty a")
        return [str(link["href"]) for link in links if link.text == "Include positions"]

    assert asked_for("kind=position&q=zzzzqq") == []
    (address,) = asked_for("kind=pledge&q=zzzzqq")
    assert book.get(address).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/pledges?q=exercises&sort=relevance&topic=deterrence", {"topic": "deterrence"}),
        ("/meetings?series=kor-usa-2plus2", {"series": "kor-usa-2plus2"}),
        ("/meetings?q=seoul&sort=relevance", {}),
        ("/matrix?count=new&topic=deterrence", {"count": "new", "topic": "deterrence"}),
    ],
)
def test_a_form_keeps_what_is_asked_for(book: Client, path: str, kept: dict[str, str]) -> None:
    form = one(soup(book, path), "main form")
    assert {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")} == kept
    assert book.get(str(form["action"]), params={**kept, "q": ""} if "q" in path else kept).status_code == 200


def test_a_wrong_parameter_is_named_with_the_nearest(book: Client) -> None:
    page = soup(book, "/pledges?topik=deterrence", 422)
    assert "topik" in text(page, ".faults dt")
    assert "topic" in text(page, ".faults dd")
    assert "the nearest are" in text(soup(book, "/pledges?topic=deterence", 422), ".faults dd")


def test_a_pledge_shows_its_sources_its_thread_and_its_history(rich: Client) -> None:
    page = soup(rich, "/pledges/2024-10-31-kor-usa-2plus2-01")
    cited = text(page, "section[aria-labelledby=sources]")
    assert "first paragraph, characters 274 to 399" in cited
    assert "news report" in cited
    thread = text(page, ".thread")
    assert "18 March 2021" in thread
    assert "renews in part" in thread
    assert "steadfast commitment" in thread
    assert "added by seed import" in text(page, "section[aria-labelledby=history]")
    assert "연합방위태세" in text(page, ".record")


def test_a_pledge_that_is_not_repeated_differs_from_one_that_is_unknown(rich: Client) -> None:
    page = soup(rich, "/pledges/2024-10-31-aus-kor-call-03")
    assert page.select(".thread .silent") or page.select(".thread .unreported")
    unreported = soup(rich, "/pledges/2021-03-18-kor-usa-2plus2-05")
    assert "unknown. Only press reports are available" in text(unreported, ".thread")


def test_assessments_stand_with_their_evidence_and_disputes(rich: Client) -> None:
    shown = text(soup(rich, f"/pledges/{ASSESSED}"), "section[aria-labelledby=status]")
    for said in ("South Korea", "in progress", "renounced", "disputes assessment 1", "A report", "The Gazette"):
        assert said in shown, said
    history = text(soup(rich, f"/pledges/{ASSESSED}"), "section[aria-labelledby=history]")
    assert "status: KOR in-progress → KOR fulfilled" in history
    assert "Not assessed" in text(soup(rich, f"/pledges/{FIRST}"), "section[aria-labelledby=status]")


def test_a_withdrawn_pledge_shows_the_reason(rich: Client) -> None:
    page = soup(rich, "/pledges/2024-10-31-aus-kor-call-04")
    assert "Coded in error." in text(page, ".notice")


def test_a_position_is_not_shown_as_a_pledge(rich: Client) -> None:
    page = soup(rich, "/pledges/2024-10-31-aus-kor-call-07")
    assert "a position, not a pledge" in text(page, ".title")
    assert not page.select("section[aria-labelledby=status]")


def test_history_tells_what_each_version_changed(seeded: Client) -> None:
    address = f"/v1/pledges/{FIRST}"
    etag = seeded.get(address).headers["etag"]
    patch = {"note": "Seen again.", "specificity": "measurable"}
    headers = {**seeded.with_key, "If-Match": etag, "Content-Type": "application/merge-patch+json"}
    assert seeded.patch(address, content=json.dumps(patch), headers=headers).status_code == 200
    told = text(soup(seeded, f"/pledges/{FIRST}"), "section[aria-labelledby=history]")
    assert "changed by desk" in told
    assert "note: — → Seen again." in told
    assert "how specific: general → measurable" in told


def test_machines_are_told_a_pledge_in_the_words_of_schema_org(rich: Client) -> None:
    data = json.loads(one(soup(rich, "/pledges/2024-10-31-kor-usa-2plus2-01"), "script").text)
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "CreativeWork"
    assert [party["name"] for party in data["creator"]] == ["South Korea", "United States"]
    assert data["recordedAt"]["startDate"] == "2024-10-31"
    assert data["isBasedOn"][0]["url"] == "http://testserver/sources/press-report-2024-10-31-2plus2"


def test_text_of_the_book_cannot_leave_its_place(seeded: Client) -> None:
    address, evil = f"/v1/pledges/{FIRST}", "</script><script>alert(1)</script>"
    etag = seeded.get(address).headers["etag"]
    headers = {**seeded.with_key, "If-Match": etag, "Content-Type": "application/merge-patch+json"}
    assert seeded.patch(address, content=json.dumps({"summary": evil}), headers=headers).status_code == 200
    page = soup(seeded, f"/pledges/{FIRST}")
    assert len(page.select("script")) == 1
    assert json.loads(one(page, "script").text)["name"] == evil
    assert text(page, "h1") == evil


def test_a_person_has_the_offices_held_and_the_names_borne(book: Client) -> None:
    page = soup(book, "/participants/cho-tae-yul")
    assert "조태열" in text(page, "h1")
    assert "Minister of Foreign Affairs" in text(page, "table")
    assert "Cho Tae-yu" in text(page, ".title")
    assert "조태열" in text(soup(book, "/participants"), "table")


def test_a_party_goes_by_the_name_people_use(book: Client) -> None:
    page = soup(book, "/parties/KOR")
    assert text(page, "h1").startswith("South Korea")
    assert "Republic of Korea" in text(page, ".title")
    counted = len(book.get("/v1/pledges?party=KOR&limit=200").json()["items"])
    assert f"Pledges made {counted}" in text(page, "section[aria-labelledby=roles]")
    assert "has no pledges" in text(soup(book, "/parties/FRA"))


def test_a_source_tells_what_is_cited_from_it_in_the_order_of_the_text(book: Client) -> None:
    page = soup(book, "/sources/korea-defense-daily-2024-11-14")
    starts = [int(row.get_text().partition("–")[0]) for row in page.select("td.span")]
    assert starts == sorted(starts)
    pledges = book.get("/v1/pledges?source=korea-defense-daily-2024-11-14&kind=any&limit=200").json()["items"]
    spans = [c for p in pledges for c in p["citations"] if c["source"] == "korea-defense-daily-2024-11-14"]
    assert len(starts) == len(spans)
