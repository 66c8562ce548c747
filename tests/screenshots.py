"""Every page of the explorer as a picture, to be looked at: `make screenshots` writes them to `screenshots/`.

Each at 360 and 1280 pixels, in light and dark. `python -m tests.screenshots --readme` takes those that the README shows
instead, of the seeds alone.
"""

import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.browser import SCHEMES, Scheme, chromium
from tests.conftest import ROOT, answering
from tests.explorer_pages import PAGES, make_book

Shown = tuple[str, Page]  # its name, and the page as it is open
FOLDER = ROOT / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
# Of the README: a page and its scheme. The first screen of each is shown.
README: dict[str, Scheme] = {"home": "light", "topic": "light", "pledge": "dark"}


@contextmanager
def _book(*, richer: bool) -> Iterator[str]:
    """The address of a server over a book."""
    with TemporaryDirectory() as folder, answering(make_book(Path(folder), richer=richer)) as server:
        yield server.address


@contextmanager
def _pages(
    browser: Browser, address: str, names: Iterable[str], width: int, scheme: Scheme
) -> Iterator[Iterator[Shown]]:
    """Some pages, one after the other, at one width in one scheme."""
    context = browser.new_context(viewport={"width": width, "height": 860}, color_scheme=scheme)
    page = context.new_page()

    def opened() -> Iterator[Shown]:
        for name in names:
            page.goto(f"{address}{PAGES[name]}")
            yield name, page

    yield opened()
    context.close()


def _everything(browser: Browser) -> None:
    FOLDER.mkdir(exist_ok=True)
    with _book(richer=True) as address:
        for width in (360, 1280):
            for scheme in SCHEMES:
                with _pages(browser, address, PAGES, width, scheme) as opened:
                    for name, page in opened:
                        page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)


def _for_readme(browser: Browser) -> None:
    """The first screen of each as WebP, which is the smallest; playwright itself writes no WebP."""
    SHOWN.mkdir(exist_ok=True)
    with _book(richer=False) as address:
        for shown, scheme in README.items():
            with _pages(browser, address, [shown], 1280, scheme) as opened:
                for name, page in opened:
                    asked = {"format": "webp", "quality": 80}
                    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
                    (SHOWN / f"{name}.webp").write_bytes(b64decode(taken["data"]))


if __name__ == "__main__":
    with chromium() as browser:
        (_for_readme if "--readme" in sys.argv else _everything)(browser)
