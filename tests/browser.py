"""Debian's Chromium for the tests of pages. Without it they skip and say so; with CI set it must be there.

Its headless shell is the same browser without windows, and takes a fifth less of the machine.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

# Not a measure of speed: a machine that is busy with other tests gets the time it needs.
expect.set_options(timeout=30_000)
# What a page does by itself is the same on every engine.
ON_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
# The two that a page can be shown in.
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser, or the end of the test that asks for one."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("the browser tests need Debian's chromium-headless-shell, which is not installed")
        pytest.skip("no chromium here: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and all that it asked for and complained of."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def asked_of_others(self, address: str) -> list[str]:
        """The requests that left the host; `data:` addresses go nowhere."""
        own = (f"{address}/", "data:", "blob:")
        return [request.url for request in self.requests if not request.url.startswith(own)]

    def forget(self) -> None:
        """Begin anew, for the next test on the same page."""
        self.requests.clear()
        self.complaints.clear()


def watch(page: Page) -> Watched:
    """Have every request, console message above info, page error and failed load of `page` written down."""
    watched = Watched(page)
    page.on("request", lambda request: watched.requests.append(request))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    # What is broken off as somebody goes on (or as a visit becomes a download) has not failed.
    page.on(
        "requestfailed",
        lambda request: (
            None if request.failure == "net::ERR_ABORTED" else watched.complaints.append(f"failed: {request.url}")
        ),
    )
    page.on(
        "console",
        lambda message: watched.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
    return watched


# Where the tab key stops, from what is in focus on; those within a date are not told.
TAB_STOPS = """(back) => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const way = back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  const stops = all.filter((at) => document.activeElement.compareDocumentPosition(at) & way)
    .filter((at) => at.tabIndex >= 0 && at.checkVisibility());
  return back ? stops.reverse() : stops;
}"""


# Rules whose faults are never worse than moderate, as they say themselves.
_MILD = "axe._audit.rules.filter(rule => ['minor', 'moderate'].includes(rule.impact)).map(rule => rule.id)"


def barriers(page: Page, *, mild: bool = True, **options: Any) -> list[dict[str, Any]]:
    """What axe finds wrong with a page, unless `mild` is false without the rules of which no fault is serious.

    It is read once a page that is loaded, and tells of nothing else: the list of what is well is long.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    if not mild:
        options["rules"] = {rule: {"enabled": False} for rule in page.evaluate(_MILD)}
    found: list[dict[str, Any]] = page.evaluate(
        "async options => (await axe.run(options)).violations", {"resultTypes": ["violations"], **options}
    )
    return found
