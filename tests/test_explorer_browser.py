"""The explorer in a real browser: every page without complaint and without barriers, and the ways through the book."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser import Watched, chromium, watch
from tests.conftest import CopyMaker, Server, serving
from tests.explorer_pages import PAGES, REFUSED, make_book

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
    with serving(make_book(folder), folder / "server.log") as running:
        yield running


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(accept_downloads=True)
    yield watch(context.new_page())
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barriers_and_asks_no_other_host(name: str, watched: Watched, explorer: Server) -> None:
    """Once narrow and light, once wide and dark: what the colours are does not depend on the width."""
    page = watched.page
    answer = page.goto(f"{explorer.address}{PAGES[name]}")
    assert answer is not None
    assert answer.status == REFUSED.get(name, 200)
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert _serious(Axe().run(page).response) == []
    assert [told for told in watched.complaints if str(REFUSED.get(name)) not in told] == []
    assert watched.asked_of_others(explorer.address) == []


def _serious(found: dict[str, list[dict[str, object]]]) -> list[str]:
    return [
        f"{fault['id']}: {[node['html'] for node in fault['nodes']][:3]}"  # type: ignore[attr-defined]
        for fault in found["violations"]
        if fault["impact"] in _SERIOUS
    ]


def test_a_fault_would_be_found(watched: Watched, explorer: Server) -> None:
    watched.page.goto(f"{explorer.address}/parties")
    watched.page.evaluate("document.querySelector('h1').style.color = getComputedStyle(document.body).color")
    watched.page.evaluate("document.querySelector('.title p').style.color = '#ddd'")
    assert any(fault.startswith("color-contrast") for fault in _serious(Axe().run(watched.page).response))


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
    with make_copy(True, folder) as url, serving(url, folder / "server.log") as running:
        yield running


def test_without_a_script_one_finds_a_pledge_by_topic_follows_its_thread_and_opens_its_source(
    browser: Browser, seeds: Server
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{seeds.address}/pledges")
    page.locator("#narrow").get_by_role("link", name="Extended deterrence", exact=True).click()
    page.get_by_role("link", name="Provide South Korea with extended deterrence").first.click()
    expect(page.locator("h1")).to_contain_text("Provide South Korea with extended deterrence")
    page.locator(".thread a[href^='/pledges/2021']").first.click()
    expect(page.locator("h1 + .facts time")).to_have_text("18 March 2021")
    page.locator("section[aria-labelledby=words] a").first.click()
    expect(page.locator("h2#cited")).to_be_visible()
    assert page.locator("tr:target, tr[id]").count() > 0
    context.close()


def test_by_keyboard_one_searches_takes_the_filter_away_and_skips_the_frame(watched: Watched, seeds: Server) -> None:
    page = watched.page
    page.goto(seeds.address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
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


def test_the_csv_of_what_is_asked_for_is_downloaded(watched: Watched, seeds: Server, tmp_path: Path) -> None:
    page = watched.page
    page.goto(f"{seeds.address}/pledges?topic=opcon-transition")
    shown = page.locator("article.card").count()
    with page.expect_download() as begun:
        page.get_by_role("link", name="CSV", exact=True).click()
    begun.value.save_as(tmp_path / "pledges.csv")
    lines = (tmp_path / "pledges.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == shown + 1
    assert lines[0].startswith("id,")


def test_the_page_is_printed_without_the_frame(watched: Watched, explorer: Server) -> None:
    page = watched.page
    page.goto(f"{explorer.address}/pledges?limit=3")
    page.emulate_media(media="print")
    expect(page.locator("article.card").first).to_be_visible()
    expect(page.locator(".masthead nav")).to_be_hidden()
    expect(page.locator("#narrow")).to_be_hidden()
