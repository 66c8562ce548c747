"""The explorer in a real browser: every page without complaint and without barriers, and the ways through the book."""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import SCHEMES, TAB_STOPS, Watched, barriers, chromium, watch
from tests.conftest import CopyMaker, Server, answering
from tests.explorer_pages import PAGES, REFUSED, make_book

SPRING, AUTUMN = "2021-03-18-kor-usa-2plus2", "2024-10-31-kor-usa-2plus2"
# Faults of these impacts keep somebody out.
_SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a book with everything that pages can show, for the tests of looks."""
    folder = tmp_path_factory.mktemp("explorer")
    with answering(make_book(folder)) as running:
        yield running


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(accept_downloads=True)
    yield watch(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Watched]:
    """One for all pages that are looked at: axe, which is large, is compiled in it once."""
    context = browser.new_context()
    yield watch(context.new_page())
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barriers_and_asks_no_other_host(name: str, window: Watched, explorer: Server) -> None:
    watched, page = window, window.page
    watched.forget()
    answer = page.goto(f"{explorer.address}{PAGES[name]}")
    assert answer is not None
    assert answer.status == REFUSED.get(name, 200)
    for width, scheme in product((360, 1280), SCHEMES):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert _serious(page) == []
    assert [told for told in watched.complaints if str(REFUSED.get(name)) not in told] == []
    assert watched.asked_of_others(explorer.address) == []


def _serious(page: Page) -> list[str]:
    return [
        f"{fault['id']}: {[node['html'] for node in fault['nodes']][:3]}"
        for fault in barriers(page, mild=False)
        if fault["impact"] in _SERIOUS
    ]


def test_a_fault_would_be_found(watched: Watched, explorer: Server) -> None:
    watched.page.goto(f"{explorer.address}/parties")
    watched.page.evaluate("document.querySelector('h1').style.color = getComputedStyle(document.body).color")
    watched.page.evaluate("document.querySelector('.title p').style.color = '#ddd'")
    assert any(fault.startswith("color-contrast") for fault in _serious(watched.page))


# Ways through the book ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeds(
    engine: str, request: pytest.FixtureRequest, make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server over the seeds, of each engine; on SQLite that of the tests of looks serves."""
    if engine == "sqlite":
        yield request.getfixturevalue("explorer")
        return
    folder = tmp_path_factory.mktemp("seeds")
    with make_copy(True, folder) as url, answering(url) as running:
        yield running


def test_by_keyboard_one_searches_takes_the_filter_away_and_skips_the_frame(watched: Watched, seeds: Server) -> None:
    page = watched.page
    page.goto(seeds.address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("wartime operational control")
    page.keyboard.press("Enter")
    chip = page.locator(".chips a")
    expect(chip).to_contain_text("wartime operational control")
    chip.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".chips")).to_have_count(0)
    assert watched.complaints == []


def test_the_page_is_printed_without_the_frame(watched: Watched, explorer: Server) -> None:
    page = watched.page
    page.goto(f"{explorer.address}/pledges?limit=3")
    page.emulate_media(media="print")
    expect(page.locator("article.card").first).to_be_visible()
    expect(page.locator(".masthead nav")).to_be_hidden()
    expect(page.locator("#filters")).to_be_hidden()


# From a chart to a pledge ---------------------------------------------------------------------------------------------


@pytest.fixture
def reader(browser: Browser, seeds: Server) -> Iterator[Watched]:
    """Somebody who reads with script off; nothing was fetched from elsewhere, nothing complained."""
    context = browser.new_context(base_url=seeds.address, java_script_enabled=False)
    watched = watch(context.new_page())
    yield watched
    assert watched.complaints == []
    assert watched.asked_of_others(seeds.address) == []
    context.close()


def tab_to(page: Page, wanted: Locator, most: int = 80) -> None:
    """Press the tab key until `wanted` has the focus."""
    stops = wanted.evaluate(f"(wanted) => ({TAB_STOPS})(false).indexOf(wanted) + 1")
    assert 0 < stops <= most
    for _ in range(stops):
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def test_a_thread_is_followed_by_keyboard_from_its_topic(reader: Watched) -> None:
    page = reader.page
    page.goto("/topics")
    tab_to(page, page.get_by_role("link", name="Wartime OPCON transition"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wartime OPCON transition")
    mark = page.locator(".strip a").first
    tab_to(page, mark)
    ring = mark.locator(".target")
    assert ring.evaluate("element => getComputedStyle(element).strokeWidth") == "2.5px", "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/pledges/**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_mark_is_named_for_those_who_do_not_see_it(reader: Watched) -> None:
    page = reader.page
    page.goto("/topics/opcon-transition")
    expect(page.get_by_role("link", name="31 October 2024: Commitment, not assessed.")).to_have_count(1)
    expect(page.get_by_role("figure", name="Undertakings over time")).to_be_visible()


def test_a_cell_is_clicked_and_its_pledges_are_found(reader: Watched) -> None:
    page = reader.page
    page.goto("/matrix")
    cell = page.get_by_role("link", name="Extended deterrence, Sixth ROK-U.S. 2+2")
    count = int(cell.locator("text").text_content() or 0)
    cell.click()
    page.wait_for_url("**/pledges?**")
    expect(page.locator("main .card")).to_have_count(count)
    page.go_back()
    page.get_by_role("link", name="Party by topic").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Party by topic")


Follow = Callable[[Locator], None]


@pytest.fixture(params=["mouse", "keyboard"])
def follow(reader: Watched, request: pytest.FixtureRequest) -> Follow:
    """Follows a link or presses a button, in both of the ways that people do."""

    def by_keyboard(wanted: Locator) -> None:
        tab_to(reader.page, wanted, most=400)
        reader.page.keyboard.press("Enter")

    return by_keyboard if request.param == "keyboard" else Locator.click


def test_one_finds_a_pledge_by_topic_follows_its_thread_and_opens_its_source(reader: Watched, follow: Follow) -> None:
    page = reader.page
    page.goto("/pledges")
    follow(page.locator("#filters").get_by_role("link", name="Extended deterrence", exact=True))
    page.wait_for_url("**/pledges?topic=**")
    follow(page.get_by_role("link", name="Provide South Korea with extended deterrence").first)
    expect(page.locator("h1")).to_contain_text("Provide South Korea with extended deterrence")
    follow(page.locator(".thread a[href^='/pledges/2021']").first)
    expect(page.locator("h1 + .facts time")).to_have_text("18 March 2021")
    follow(page.locator("section[aria-labelledby=sources] a").first)
    expect(page.locator("h2#cited")).to_be_visible()


def test_two_meetings_are_compared(reader: Watched, follow: Follow) -> None:
    page = reader.page
    page.goto("/meetings")
    follow(page.get_by_role("link", name="Compare two meetings"))
    for label, meeting in (("Meeting A", SPRING), ("Meeting B", AUTUMN)):
        choice = page.get_by_label(label)
        choice.focus()
        for _ in range(choice.locator("option").count()):
            if choice.input_value() != meeting:
                choice.press("ArrowDown")
    follow(page.get_by_role("button", name="Compare"))
    page.wait_for_url(f"**/compare?a={SPRING}&b={AUTUMN}")
    for part in ("In both", "Only in A", "Only in B"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()


def test_the_csv_of_what_is_asked_for_is_downloaded(reader: Watched, follow: Follow, tmp_path: Path) -> None:
    page = reader.page
    page.goto("/pledges?topic=opcon-transition")
    shown = page.locator("article.card").count()
    with page.expect_download() as begun:
        follow(page.get_by_role("link", name="CSV", exact=True))
    begun.value.save_as(tmp_path / "pledges.csv")
    lines = (tmp_path / "pledges.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == shown + 1
    assert lines[0].startswith("id,")


def test_positions_are_opened_by_keyboard(reader: Watched) -> None:
    page = reader.page
    page.goto(f"/meetings/{AUTUMN}")
    position = page.locator(".position").first
    expect(position).to_be_hidden()
    page.locator("summary").press("Enter")
    expect(position).to_be_visible()
