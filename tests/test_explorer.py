"""The explorer without a browser: what its pages say, and what they are sent with."""

import json

import pytest
from bs4 import BeautifulSoup

from tests.conftest import Client

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
