"""The charts in a real browser, with script off: by keyboard and by mouse from a chart to a pledge, and two meetings.

One server over the seeds and one browser for all.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import Watched, chromium, watch
from tests.conftest import CopyMaker, Server, serving

SPRING, AUTUMN = "2021-03-18-kor-usa-2plus2", "2024-10-31-kor-usa-2plus2"


@pytest.fixture(scope="module")
def server(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Over the seeds, on both engines."""
    folder = tmp_path_factory.mktemp("charts")
    with make_copy(True, folder) as url, serving(url, folder / "server.log") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def reader(browser: Browser, server: Server) -> Iterator[Watched]:
    """Somebody who reads with script off; nothing was fetched from elsewhere, nothing complained."""
    context = browser.new_context(base_url=server.address, java_script_enabled=False)
    watched = watch(context.new_page())
    yield watched
    assert watched.complaints == []
    assert watched.asked_of_others(server.address) == []
    context.close()


def press_until(page: Page, wanted: Locator, most: int = 80) -> None:
    """Go on with Tab until `wanted` has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("Tab never came there")


def test_a_thread_is_followed_by_keyboard_from_its_topic(reader: Watched) -> None:
    page = reader.page
    page.goto("/topics")
    press_until(page, page.get_by_role("link", name="Wartime OPCON transition"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wartime OPCON transition")
    mark = page.locator(".strip a").first
    press_until(page, mark)
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
    page.get_by_role("link", name="Party × topic").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Party × topic")


def test_two_meetings_are_compared_by_keyboard(reader: Watched) -> None:
    page = reader.page
    page.goto("/meetings")
    page.get_by_role("link", name="Compare two of them").press("Enter")
    page.get_by_label("Meeting A").select_option(SPRING)
    page.get_by_label("Meeting B").select_option(AUTUMN)
    page.get_by_role("button", name="Compare").press("Enter")
    page.wait_for_url(f"**/compare?a={SPRING}&b={AUTUMN}")
    for part in ("In both", "Only in A", "Only in B"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()


def test_positions_open_by_keyboard_and_the_csv_of_a_meeting_is_downloaded(reader: Watched) -> None:
    page = reader.page
    page.goto(f"/meetings/{AUTUMN}")
    position = page.locator(".position").first
    expect(position).to_be_hidden()
    page.locator("summary").press("Enter")
    expect(position).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert Path(download.value.path()).read_text("utf-8-sig").count(f"{AUTUMN}-") >= 42
    reader.complaints.clear()  # Chromium says of a load that becomes a download that it failed


def test_no_page_scrolls_sideways(reader: Watched) -> None:
    page = reader.page
    page.set_viewport_size({"width": 360, "height": 800})
    for path in ("/topics/alliance", "/matrix", f"/meetings/{AUTUMN}", f"/compare?a={SPRING}&b={AUTUMN}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
