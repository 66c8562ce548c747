"""The posting page in a real browser: from a text to a meeting, by mouse and by keyboard, and how faults are shown.

The tests that write a meeting run on both engines.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Locator, Page, expect

from app.schemas.vocabulary import (
    POSITION_ACTS,
    TOWARDS_WORDS,
    Act,
    Coverage,
    DueKind,
    LinkType,
    MeetingType,
    SourceType,
    Zone,
)
from tests.browser import ON_ONE_ENGINE, TAB_STOPS, Watched, barriers, chromium, watch
from tests.conftest import Client, CopyMaker, Server, answering

# Written for these tests; the ministers and their talks are made up. The dove is one code point, and two units of a
# browser's strings.
TEXT = (
    "\N{DOVE OF PEACE} Joint Statement of the Foreign Ministers of the Republic of Korea and the United States\n\n"
    "Seoul, {day}\n\n"
    "Foreign Minister Cho Tae-yul and Secretary of State Jane Doe met in Seoul on {day}. \N{EYES} Both sides agreed to "
    "open a cyber hotline by the end of this year and pledged to continue efforts toward the transition of wartime "
    "operational control. They condemned the recent missile launches by North Korea. Secretary Doe reaffirmed the "
    "ironclad commitment of the United States to the defense of the Republic of Korea. Officials looked at a library "
    "that both capitals might share one day. The visit was a pleasant one.\n"
)
DRAFTS = 4
MUST_STAND = "Officials looked at a library that both capitals might share"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def host(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests: each posts a meeting of another day."""
    folder = tmp_path_factory.mktemp("posting")
    with make_copy(True, folder) as url, answering(url) as running:
        yield running


@pytest.fixture
def posting(browser: Browser, host: Server) -> Iterator[Watched]:
    """The page, opened; at the end it has asked nobody but its host, and the key is nowhere but in its field."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    watched = watch(context.new_page())
    watched.page.goto(f"{host.address}/post")
    yield watched
    assert watched.asked_of_others(host.address) == []
    kept = watched.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert kept == '[{},{},""]'
    assert context.cookies() == []
    assert not [request.url for request in watched.requests if host.key in request.url]
    context.close()


def drafted(page: Page, host: Server, day: str) -> Locator:
    """The drafts of the text, of a day, on the page."""
    page.get_by_label("API key").fill(host.key)
    page.get_by_label("Text of the statement", exact=True).fill(TEXT.replace("{day}", day))
    page.get_by_role("button", name="Draft pledges").click()
    cards = page.locator(".draft")
    expect(cards).to_have_count(DRAFTS)
    return cards


def fill_the_rest(page: Page) -> None:
    """What no text tells."""
    page.get_by_label("Sources available").select_option("full-text")
    page.get_by_label("Kind of source").select_option("primary-text")


def post(page: Page) -> str:
    """Post it; gives the meeting's id."""
    page.get_by_role("button", name="Post meeting").click()
    expect(page.get_by_role("heading", name="Meeting saved")).to_be_visible()
    return str(page.locator("#posted-link").get_attribute("href")).removeprefix("/meetings/")


def in_the_book(page: Page, host: Server, id: str) -> dict[str, Any]:
    """The meeting as the book has it, each pledge with the words that it cites."""
    answer = page.request.get(f"{host.address}/v1/meetings/{id}/document")
    assert answer.status == 200
    document: dict[str, Any] = answer.json()
    return document


def cited(document: dict[str, Any], day: str) -> list[list[str]]:
    text = TEXT.replace("{day}", day)
    return [[text[c["start"] : c["end"]] for c in pledge["citations"]] for pledge in document["pledges"]]


def head(page: Page, host: Server) -> Any:
    return page.request.get(f"{host.address}/v1/changes/head").json()


def select_by_mouse(page: Page, words: str) -> None:
    """Drag over words of the statement, wherever they are broken into lines and marks."""
    ends = page.evaluate(
        """(words) => {
          const panel = document.getElementById("text");
          const [start] = [panel.textContent.indexOf(words)];
          const at = (offset) => {
            const walker = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(), left = offset; node; left -= node.length, node = walker.nextNode()) {
              if (left < node.length) {
                const range = new Range();
                range.setStart(node, left);
                range.setEnd(node, left + 1);
                node.parentElement.closest("#text").scrollTop += range.getBoundingClientRect().top - 400;
                return range;
              }
            }
          };
          panel.scrollIntoView({block: "center"});
          const [first, last] = [at(start), at(start + words.length - 1)].map((range) => range.getBoundingClientRect());
          return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
        }""",
        words,
    )
    page.mouse.move(ends[0], ends[1])
    page.mouse.down()
    page.mouse.move(ends[2], ends[3], steps=4)
    page.mouse.up()


def test_a_text_becomes_a_meeting_by_mouse(posting: Watched, host: Server) -> None:
    page, day = posting.page, "May 6, 2025"
    before = head(page, host)
    cards = drafted(page, host, day)
    # Correct the first: its summary, its act, its topics.
    cards.nth(0).locator("summary").click()
    cards.nth(0).get_by_label("Summary", exact=True).fill("Open a hotline for cyber incidents this year.")
    cards.nth(0).get_by_label("Act", exact=True).select_option("commit")
    cards.nth(0).get_by_role("button", name="Remove Consultation mechanisms").click()
    cards.nth(0).get_by_label("Topics", exact=True).fill("nuclear consultative group")
    cards.nth(0).get_by_label("Topics", exact=True).press("Enter")
    deadline = cards.nth(0).get_by_role("group", name="Deadline")
    deadline.get_by_label("Words of the source").fill("by the end of the year")
    expect(cards.nth(0).locator("[data-meta]")).to_contain_text(
        "Commitment · Republic of Korea, United States → each other"
    )
    # Say that the second renews what the book has.
    cards.nth(1).locator("summary").click()
    cards.nth(1).get_by_role("button", name="Renews this").first.click()
    # Delete the position, undo, and delete it again.
    cards.nth(2).locator("summary").click()
    cards.nth(2).get_by_role("button", name="Delete this draft").click()
    expect(cards).to_have_count(DRAFTS - 1)
    page.get_by_role("button", name="Undo").click()
    expect(cards.nth(2).locator("[data-summary]")).to_contain_text("Condemn")
    cards.nth(2).get_by_role("button", name="Delete this draft").click()
    expect(cards).to_have_count(DRAFTS - 1)
    # Add one from words of the text, which stands between the others in the order of the text.
    select_by_mouse(page, MUST_STAND)
    expect(page.get_by_label("Selected text")).to_have_value(MUST_STAND)
    page.get_by_role("button", name="Add a pledge from selection").click()
    added = cards.nth(3)
    added.get_by_label("Summary", exact=True).fill("Look into a shared library.")
    added.get_by_label("Act", exact=True).select_option("support")
    added.get_by_label("How specific").select_option("general")
    for name in ("South Korea", "USA"):
        added.get_by_label("Made by", exact=True).fill(name)
        added.get_by_label("Made by", exact=True).press("Enter")
    added.get_by_label("Topics", exact=True).fill("cyber")
    added.get_by_label("Topics", exact=True).press("Enter")
    fill_the_rest(page)
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#message")).to_contain_text("No problems found")
    assert head(page, host) == before
    document = in_the_book(page, host, post(page))
    assert document["id"] == "2025-05-06-kor-usa-foreign-ministers"
    hotline, opcon, defence, library = document["pledges"]
    assert hotline["summary"] == "Open a hotline for cyber incidents this year."
    assert (hotline["act"], hotline["topics"]) == ("commit", ["cyber", "nuclear-consultative-group"])
    assert (hotline["due"]["to"], hotline["due"]["text"]) == ("2025-12-31", "by the end of the year")
    assert opcon["links"][0]["type"] == "renews"
    assert (library["act"], library["pledgors"], library["towards"]) == ("support", ["KOR", "USA"], [])
    assert defence["speakers"] == ["jane-doe"]
    assert cited(document, day)[3] == [MUST_STAND]
    assert "open a cyber hotline" in cited(document, day)[0][0]
    text = TEXT.replace("{day}", day)
    (source,) = document["sources"]
    kept = page.request.get(f"{host.address}/v1/sources/{source}").json()
    assert (kept["sha256"], kept["length"]) == (hashlib.sha256(text.encode()).hexdigest(), len(text))
    assert [person["participant"] for person in document["participants"]] == ["cho-tae-yul", "jane-doe"]
    assert posting.complaints == []


# How many stops of the tab key lie between what is in focus and what is called so; those within a date are not told.
STOPS_BEFORE = f"""([name, back]) => {{
  const called = (at) => at.ariaLabel ?? at.labels?.[0]?.innerText ?? at.innerText;
  return ({TAB_STOPS})(back).findIndex((at) => called(at).includes(name)) + 1;
}}"""


def tab_to(page: Page, name: str, *, back: bool = False) -> None:
    """Press the tab key until what is called so is in focus."""
    for _ in range(30):
        if not (stops := page.evaluate(STOPS_BEFORE, [name, back])):
            break
        for _ in range(stops):
            page.keyboard.press("Shift+Tab" if back else "Tab")
        if name in page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.innerText"
                                 " ?? document.activeElement.innerText"):  # fmt: skip
            return
    raise AssertionError(f"the tab key never comes to {name}")


@ON_ONE_ENGINE
def test_a_text_becomes_a_meeting_by_keyboard(posting: Watched, host: Server) -> None:
    page, day = posting.page, "May 7, 2025"
    tab_to(page, "API key")
    page.keyboard.insert_text(host.key)
    tab_to(page, "Text of the statement")
    page.keyboard.insert_text(TEXT.replace("{day}", day))
    tab_to(page, "Draft pledges")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2. Meeting")).to_be_focused()
    tab_to(page, "Sources available")
    page.keyboard.press("f")
    tab_to(page, "Kind of source")
    page.keyboard.press("o")
    # From a mark in the text to its draft, and merge the next draft into it.
    tab_to(page, "agreed to open a cyber hotline")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    cards = page.locator(".draft")
    expect(cards.nth(0).get_by_label("Summary", exact=True)).to_be_focused()
    expect(page.locator("mark.lit").first).to_contain_text("cyber hotline")
    tab_to(page, "Merge with")
    tab_to(page, "Merge")
    page.keyboard.press("Enter")
    expect(cards).to_have_count(DRAFTS - 1)
    # Words are chosen by typing them, and cited by a new draft.
    tab_to(page, "Selected text", back=True)
    page.keyboard.insert_text("no such words")
    tab_to(page, "Add a pledge from selection")
    expect(page.locator("#chosen .fault")).to_have_text("These words are not in the text.")
    tab_to(page, "Selected text", back=True)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(MUST_STAND.lower())
    tab_to(page, "Add a pledge from selection")
    page.keyboard.press("Enter")
    expect(cards.last.get_by_label("Summary", exact=True)).to_be_focused()
    page.keyboard.insert_text("Look into a shared library.")
    tab_to(page, "Act")
    page.keyboard.type("appeal")
    tab_to(page, "How specific")
    page.keyboard.type("general")
    tab_to(page, "Made by")
    page.keyboard.type("KOR,USA,")
    tab_to(page, "Topics")
    page.keyboard.type("Cyber")
    tab_to(page, "Post meeting")
    page.keyboard.press("Enter")
    expect(page.locator("#posted")).to_be_focused()
    document = in_the_book(page, host, "2025-05-07-kor-usa-foreign-ministers")
    first, *_, last = cited(document, day)
    assert len(first) == 2
    assert "cyber hotline" in first[0]
    assert "operational control" in first[1]
    assert (last, document["pledges"][-1]["topics"]) == ([MUST_STAND], ["cyber"])
    assert posting.complaints == []


@ON_ONE_ENGINE
def test_drafts_and_their_words_point_at_each_other(posting: Watched, host: Server) -> None:
    page = posting.page
    cards = drafted(page, host, "May 8, 2025")
    marks = page.locator("#text mark")
    marks.nth(1).hover()
    expect(cards.nth(1)).to_have_class("draft lit")
    cards.nth(0).hover()
    expect(marks.nth(0)).to_have_class("lit")
    expect(cards.nth(1)).to_have_class("draft")
    marks.nth(2).click()
    expect(cards.nth(2).get_by_label("Summary", exact=True)).to_be_focused()
    cards.nth(2).get_by_label("End (exclusive)").fill("1")
    expect(marks).to_have_count(DRAFTS - 1)
    assert posting.complaints == []


@ON_ONE_ENGINE
def test_a_wrong_key_is_told_at_its_field(posting: Watched, host: Server) -> None:
    page = posting.page
    for key in ("", "pb_" + "x" * 43, "ключ"):
        page.get_by_label("API key").fill(key)
        page.get_by_label("Text of the statement", exact=True).fill(TEXT)
        page.get_by_role("button", name="Draft pledges").click()
        field = page.get_by_label("API key")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_be_focused()
        expect(page.get_by_role("alert")).to_contain_text("A key is required")
    page.get_by_label("API key").fill(host.key)
    expect(page.get_by_label("API key")).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.locator(".draft")).to_have_count(DRAFTS)
    expect(page.get_by_role("alert")).to_be_empty()


def test_a_fault_stands_at_its_field(posting: Watched, host: Server) -> None:
    page = posting.page
    cards = drafted(page, host, "May 9, 2025")
    fill_the_rest(page)
    cards.nth(0).locator("summary").click()
    cards.nth(0).get_by_label("First day").fill("2026-03-01")
    cards.nth(0).locator("summary").click()
    party = page.locator("[data-template=participant] [data-items] > li").nth(1).get_by_label("Party")
    party.fill("Nowhere")
    page.locator("#meeting-held_on").fill("")
    page.get_by_role("button", name="Check only").click()
    # What the shapes find comes first; the book's own questions come once the shapes are right.
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("listitem")).to_have_count(3)
    expect(page.locator("#meeting-held_on")).to_be_focused()
    alert.get_by_role("link", name="Pledge 1, Deadline, First day").click()
    first_day = cards.nth(0).get_by_label("First day")
    expect(first_day).to_be_focused()
    told = first_day.evaluate("(field) => document.getElementById(field.getAttribute('aria-describedby')).textContent")
    assert told == "must not be after `to`"
    first_day.fill("2025-03-01")
    expect(first_day).not_to_have_attribute("aria-invalid", "true")
    alert.get_by_role("link", name="Person 2, Party").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("NOW")
    page.locator("#meeting-held_on").fill("2025-05-09")
    page.get_by_role("button", name="Check only").click()
    expect(alert.get_by_role("listitem")).to_have_count(1)
    expect(alert).to_contain_text("Person 2, Party: must name a party of the book")
    expect(party).to_be_focused()


def test_a_meeting_like_one_that_stands_is_asked_about(posting: Watched, host: Server) -> None:
    page = posting.page
    drafted(page, host, "May 10, 2025")
    fill_the_rest(page)
    first = post(page)
    assert post(page) == first  # the same again is the same request, and written once
    page.get_by_label("City").fill("Busan")
    page.get_by_role("button", name="Post meeting").click()
    expect(page.get_by_role("alert").get_by_role("link", name=first)).to_have_attribute("href", f"/meetings/{first}")
    page.get_by_label("is not a duplicate").check()
    page.locator("[data-template=source]").get_by_label("Id").fill("another-text")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#message")).to_contain_text(f"{first}-2")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.get_by_label("is not a duplicate")).not_to_be_visible()
    assert not page.locator("#similar").is_checked(), "what was said of one statement is not said of the next"


def test_a_person_new_in_one_statement_is_known_in_the_next(posting: Watched, host: Server) -> None:
    page = posting.page
    for day, held_on in (("May 15, 2025", "2025-05-15"), ("May 16, 2025", "2025-05-16")):
        drafted(page, host, day)
        expect(page.locator("#meeting-held_on")).to_have_value(held_on)  # not the drafts of before any more
        fill_the_rest(page)
        id = post(page)
        people = [person["participant"] for person in in_the_book(page, host, id)["participants"]]
        assert people == ["cho-tae-yul", "jane-doe"]


def test_a_name_with_a_comma_is_one_name(posting: Watched, host: Server) -> None:
    """Whether it is picked whole, or typed letter by letter."""
    page = posting.page
    card = drafted(page, host, "May 17, 2025").first
    card.locator("summary").first.click()
    field = card.get_by_role("combobox", name="Treaties, plans and bodies")
    chips = card.get_by_label("Treaties, plans and bodies, selected").locator("> li")
    before = chips.count()
    name = "ROK-U.S.-Japan summit at Phnom Penh, November 2022"
    for give in (field.fill, field.press_sequentially):
        give(name)
        field.press("Enter")
        expect(chips).to_have_count(before + 1)
        expect(chips.last).to_contain_text(name)
        expect(chips.last).not_to_contain_text("new")
        chips.last.get_by_role("button", name="Remove").click()
        expect(chips).to_have_count(before)


def test_an_empty_document_can_be_filled_in_and_posted(posting: Watched, host: Server) -> None:
    page = posting.page
    page.get_by_label("API key").fill(host.key)
    page.get_by_role("button", name="Continue without drafts").click()
    expect(page.locator("#text")).to_be_hidden()
    page.locator("#meeting-title").fill("A call")
    page.get_by_label("Kind of meeting").select_option("call")
    page.get_by_label("Level").select_option("leaders")
    page.locator("#meeting-held_on").fill("2025-05-11")
    page.locator("#meeting-parties").fill("AUS, Korea")
    page.locator("#meeting-parties").press("Enter")
    page.get_by_label("Sources available").select_option("report-only")
    page.locator("[data-existing] select").select_option("korea-defense-daily-2024-11-14")
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("Name").fill("Ann Smith")
    expect(page.get_by_label("Id of the new person")).to_have_value("ann-smith")
    page.get_by_label("Party", exact=True).fill("Australia")
    page.get_by_label("Office at that time").fill("Prime Minister")
    page.get_by_role("button", name="Add a pledge", exact=True).click()
    page.get_by_label("Summary", exact=True).fill("Call again.")
    page.get_by_label("Act", exact=True).select_option("agree")
    page.get_by_label("How specific").select_option("general")
    for label, names in (("Made by", "Australia, KOR"), ("Promised to", "each other"), ("Topics", "cyber"),
                         ("Said by", "Ann Smith"), ("Treaties, plans and bodies", "Blue Line")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(names)
        page.get_by_label(label, exact=True).press("Enter")
    page.get_by_label("Type of Blue Line").select_option("plan")
    page.get_by_label("Start").fill("10")
    page.get_by_label("End (exclusive)").fill("60")
    document = in_the_book(page, host, post(page))
    (pledge,) = document["pledges"]
    assert (pledge["pledgors"], pledge["towards"]) == (["AUS", "KOR"], ["each-other"])
    assert (pledge["speakers"], pledge["instruments"]) == (["ann-smith"], ["blue-line"])
    assert [(c["source"], c["start"], c["end"]) for c in pledge["citations"]] == [
        ("korea-defense-daily-2024-11-14", 10, 60)
    ]
    assert posting.complaints == []


@ON_ONE_ENGINE
def test_a_file_keeps_its_line_ends(posting: Watched, host: Server) -> None:
    page = posting.page
    content = TEXT.replace("{day}", "May 12, 2025").replace("\n", "\r\n").encode()
    page.get_by_label("API key").fill(host.key)
    page.get_by_label("open a file").set_input_files(
        {"name": "statement.txt", "mimeType": "text/plain", "buffer": content}
    )
    expect(page.get_by_label("Text of the statement", exact=True)).to_have_value(content.decode().replace("\r\n", "\n"))
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.get_by_label("SHA-256")).to_have_value(hashlib.sha256(content).hexdigest())
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the text").click()
    assert saved.value.path().read_bytes() == content
    page.get_by_label("open a file").set_input_files(
        {"name": "statement.txt", "mimeType": "text/plain", "buffer": b"\xff\xfe"}
    )
    expect(page.locator("#request .fault")).to_contain_text("not UTF-8 text")
    page.get_by_label("open a file").set_input_files(
        {"name": "statement.html", "mimeType": "text/html", "buffer": b"<p>They met &amp; left.</p>"}
    )
    expect(page.locator("#request-media_type")).to_have_value("text/html")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_label("City").fill("Busan")
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.get_by_label("City")).to_have_value("Busan")  # what was corrected is not lost unasked
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.locator("#text")).to_have_text("They met & left.")


@ON_ONE_ENGINE
def test_a_file_keeps_its_byte_order_mark(posting: Watched, host: Server) -> None:
    page = posting.page
    content = b"\xef\xbb\xbf" + TEXT.replace("{day}", "May 18, 2025").encode()
    page.get_by_label("API key").fill(host.key)
    page.get_by_label("open a file").set_input_files(
        {"name": "statement.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Draft pledges").click()
    expect(page.get_by_label("SHA-256")).to_have_value(hashlib.sha256(content).hexdigest())
    expect(page.locator(".draft")).to_have_count(DRAFTS)


@ON_ONE_ENGINE
def test_nothing_on_the_page_keeps_anybody_out(posting: Watched, host: Server) -> None:
    """Axe finds no fault with drafts opened and faults told. The blank page is looked at with the explorer's others."""
    page = posting.page
    cards = drafted(page, host, "May 13, 2025")
    for place in (0, 1):
        cards.nth(place).locator("summary").click()
    cards.nth(1).get_by_role("button", name="Renews this").first.click()
    page.get_by_role("button", name="Check only").click()
    expect(page.locator(".fault").first).to_be_visible()
    assert barriers(page, runOnly=["color-contrast"]) == []
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@ON_ONE_ENGINE
def test_without_script_the_page_says_what_it_needs(browser: Browser, host: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{host.address}/post")
    expect(page.get_by_role("heading", name="This page needs JavaScript")).to_be_visible()
    expect(page.locator("noscript pre, .empty pre")).to_contain_text(f"curl '{host.address}/v1/drafts'")
    expect(page.locator("#posting")).to_be_hidden()
    context.close()


@ON_ONE_ENGINE
def test_the_page_may_run_only_what_its_host_serves(book: Client) -> None:
    answer = book.get("/post")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'; connect-src 'self';" in policy
    assert "unsafe" not in policy
    page = BeautifulSoup(answer.text, "html.parser")
    data = "[type='application/ld+json'], [type='application/json']"
    (script,) = page.select(f"script:not({data})")
    assert script["src"] == "/static/post/page.js"
    assert not script.text


@ON_ONE_ENGINE
def test_every_control_has_a_label_and_none_can_be_submitted(book: Client) -> None:
    page = BeautifulSoup(book.get("/post").text, "html.parser")
    labelled = {label["for"] for label in page.find_all("label")}
    controls = page.find_all(["input", "textarea", "select"])
    (chip,) = page.find(id="instrument-types").find_all("select")  # type: ignore[union-attr]
    controls.remove(chip)  # it is labelled when its chip is made
    assert len(controls) > 40
    assert [control for control in controls if control.get("id") not in labelled] == []
    assert [control for control in controls if control.get("name")] == []
    assert {button["type"] for button in page.find_all("button")} == {"button"}
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))


@ON_ONE_ENGINE
def test_what_is_offered_is_what_the_book_takes(book: Client) -> None:
    page = BeautifulSoup(book.get("/post").text, "html.parser")
    words = {"pledge-act": Act, "meeting-type": MeetingType, "due-kind": DueKind, "link-type": LinkType,
             "citation-zone": Zone, "source-type": SourceType, "meeting-coverage": Coverage}  # fmt: skip
    for name, taken in words.items():
        options = page.find(id=name).find_all("option")  # type: ignore[union-attr]
        assert [option["value"] for option in options if option["value"]] == list(taken)


@ON_ONE_ENGINE
def test_the_scripts_get_the_vocabularies_of_the_server(book: Client) -> None:
    page = BeautifulSoup(book.get("/post").text, "html.parser")
    vocabulary = json.loads(page.find(id="vocabulary").text)  # type: ignore[union-attr]
    assert set(vocabulary["acts"]) == set(Act)
    assert vocabulary["positionActs"] == list(POSITION_ACTS)
    assert set(vocabulary["towards"]) == TOWARDS_WORDS
    assert vocabulary["longest"] == {"topics": 6, "formula": 3}
    defaults = vocabulary["defaults"]
    assert (Zone(defaults["zone"]), LinkType(defaults["link"])) == (Zone.body, LinkType.renews)
