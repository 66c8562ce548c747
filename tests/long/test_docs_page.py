"""The docs page in a real browser: it renders without complaint, asks no other host, and does what it shows.

What it shows of the book is looked at on both engines. A browser works for seconds until the reference stands, so the
tests of an engine share one page, which the last of them writes from.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.errors import PROBLEMS
from app.http.openapi_examples import read_answers
from tests.browser import ON_ONE_ENGINE, Watched, chromium, watch
from tests.conftest import Client, CopyMaker, Server, answering

WORDS = ("pledge", "position", "act", "undertaking", "new", "passed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def shared(browser: Browser, make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the seeds, for the page that the tests share."""
    folder = tmp_path_factory.mktemp("docs")
    with make_copy(True, folder) as url, answering(url) as running:
        yield running


@pytest.fixture(scope="module")
def rendered(browser: Browser, shared: Server) -> Iterator[Watched]:
    """The docs page, rendered."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    watched = watch(context.new_page())
    watched.page.goto(f"{shared.address}/docs")
    expect(watched.page.locator(".opblock").first).to_be_visible()
    yield watched
    context.close()


@pytest.fixture
def docs(rendered: Watched) -> Iterator[Watched]:
    """The page as wide and as bright as it was; what it asked for and complained of before, it is not told again."""
    yield rendered
    rendered.page.set_viewport_size({"width": 1280, "height": 800})
    rendered.page.emulate_media(color_scheme="light")
    rendered.page.evaluate("scrollTo(0, 0)")
    rendered.forget()


def _open(page: Page, chapter: str, operation: str) -> Locator:
    """An operation of the reference, unfolded if no test before has."""
    block = page.locator(f"#operations-{chapter}-{operation}")
    if not block.locator("button.execute").is_visible():
        block.locator(".opblock-summary-control").click()
    expect(block.locator("button.execute")).to_be_visible()
    return block


def _execute(block: Locator) -> tuple[int, Any]:
    """What the server answered to the form as it stands."""
    with block.page.expect_response(lambda answer: "/v1/" in answer.url) as answered:
        block.locator("button.execute").click()
    expect(block.locator(".live-responses-table .response-col_status").last).to_contain_text(str(answered.value.status))
    return answered.value.status, answered.value.json()


@ON_ONE_ENGINE
def test_the_page_renders_without_complaint_and_asks_no_other_host(docs: Watched, shared: Server) -> None:
    docs.page.wait_for_load_state("networkidle")
    assert docs.complaints == []
    assert len(docs.requests) >= 5
    assert docs.asked_of_others(shared.address) == []


def test_the_first_screen_has_an_example_with_its_response_and_the_key_terms(docs: Watched, shared: Server) -> None:
    page = docs.page
    question = page.locator("#question").inner_text()
    assert question == f"curl '{shared.address}/v1/pledges?topic=opcon-transition'"
    real = page.request.get(question.removeprefix("curl '").removesuffix("'")).json()
    shown = page.locator("#answer").inner_text()
    for pledge in real["items"][:2]:
        assert json.dumps(pledge["id"]) in shown
        assert pledge["summary"] in shown
    assert [word.inner_text() for word in page.locator(".words dt").all()] == list(WORDS)
    for word in page.locator(".words dt").all():
        box = word.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800


@ON_ONE_ENGINE
def test_the_question_can_be_copied(docs: Watched) -> None:
    page = docs.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#question").inner_text()


@ON_ONE_ENGINE
def test_the_chapters_come_in_order_and_are_open(docs: Watched) -> None:
    chapters = [block.get_attribute("data-tag") for block in docs.page.locator(".opblock-tag").all()]
    assert chapters[:3] == ["Pledges", "Meetings", "Posting"]
    expect(docs.page.locator("#operations-Pledges-list_pledges")).to_be_visible()
    assert docs.page.locator("section.models .model-container").count() == 0


def test_trying_the_pledges_query_gives_the_answer_shown(docs: Watched, shared: Server) -> None:
    block = _open(docs.page, "Pledges", "list_pledges")
    shown = json.loads(block.locator(".response[data-code='200'] .example").inner_text())
    assert _execute(block) == (200, shown)
    assert shown == read_answers()["list_pledges"]["200"]
    assert docs.complaints == []
    assert docs.asked_of_others(shared.address) == []


@ON_ONE_ENGINE
def test_without_a_key_the_posting_example_is_told_how_to_get_one(docs: Watched) -> None:
    status, problem = _execute(_open(docs.page, "Posting", "post_meeting"))
    assert status == 401
    assert problem == read_answers()["post_meeting"]["401"]


@ON_ONE_ENGINE
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(docs: Watched, width: int) -> None:
    docs.page.set_viewport_size({"width": width, "height": 780})
    _open(docs.page, "Pledges", "list_pledges")
    assert docs.page.evaluate("document.documentElement.scrollWidth") == width
    bar = docs.page.locator(".bar nav").bounding_box()
    assert bar is not None
    assert bar["x"] + bar["width"] < width


@ON_ONE_ENGINE
def test_the_page_follows_the_dark_scheme(docs: Watched) -> None:
    def background() -> str:
        return str(docs.page.evaluate("getComputedStyle(document.querySelector('.swagger-ui')).backgroundColor"))

    light = background()
    docs.page.emulate_media(color_scheme="dark")
    assert background() != light


@ON_ONE_ENGINE
def test_the_type_of_a_problem_leads_to_what_it_means(docs: Watched, shared: Server) -> None:
    page = docs.page.context.new_page()
    page.goto(f"{shared.address}/docs#stale")
    expect(page.locator(".opblock").first).to_be_visible()
    expect(page.locator("#stale")).to_be_in_viewport()
    expect(page.locator("#stale")).to_contain_text("If-Match")


def test_with_the_key_in_authorize_the_posting_example_gives_the_answer_shown(docs: Watched, shared: Server) -> None:
    _authorize(docs.page, shared.key)
    block = _open(docs.page, "Posting", "post_meeting")
    shown = json.loads(block.locator(".response[data-code='201'] .example").inner_text())
    assert _execute(block) == (201, shown)
    assert docs.complaints == []
    assert docs.asked_of_others(shared.address) == []
    kept = docs.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert shared.key not in kept


def _authorize(page: Page, key: str) -> None:
    page.locator("button.authorize").first.click()
    page.locator(".auth-container input").fill(key)
    page.locator(".auth-btn-wrapper button[type=submit]").click()
    page.locator(".auth-btn-wrapper .btn-done").click()


# Without a browser ----------------------------------------------------------------------------------------------------


def test_every_problem_has_an_anchor_that_says_what_it_means_and_what_to_do(book: Client) -> None:
    page = book.get("/docs").text
    for problem in PROBLEMS:
        assert f'id="{problem.type}"' in page, problem
        meaning, _, remedy = (problem.__doc__ or "").partition("\n\n")
        assert meaning.strip(), problem
        assert remedy.strip(), problem


def test_an_empty_book_says_how_to_fill_it(client: Client) -> None:
    page = client.get("/docs").text
    assert "This book is empty" in page
    assert "pledgebook load seeds" in page
    assert 'id="answer"' not in page


def test_the_page_may_run_and_reach_nothing_but_its_own_host(book: Client) -> None:
    policy = book.get("/docs").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


def test_a_host_header_that_is_none_does_not_stand_on_the_page(book: Client) -> None:
    page = book.get("/docs", headers={"Host": "x'; rm -rf ~ #"}).text
    assert "rm -rf" not in page
    assert "curl &#39;http" in page or "curl 'http" in page
