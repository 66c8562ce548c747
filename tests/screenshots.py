"""Every page of the explorer as a picture, to be looked at: `make screenshots` writes them to `screenshots/`.

Each at 360 and 1280 pixels, in light and dark. With `--readme`, the three that the README shows are written anew too.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.browser import chromium
from tests.conftest import ROOT, serving
from tests.explorer_pages import PAGES, make_book

FOLDER = ROOT / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
# Of the README: the page, its height, and the scheme.
README = {"home": (900, "light"), "topic": (900, "light"), "pledge": (900, "dark")}


def _shoot(browser: Browser, address: str, width: int, scheme: str) -> None:
    """Every page at one width in one scheme, whole."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for name, path in PAGES.items():
        page.goto(f"{address}{path}")
        page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page=True)
    context.close()


def _shoot_for_readme(browser: Browser, address: str) -> None:
    for name, (height, scheme) in README.items():
        context = browser.new_context(viewport={"width": 1280, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{address}{PAGES[name]}")
        page.screenshot(path=SHOWN / f"{name}.png")
        context.close()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, chromium() as browser:
        with serving(make_book(Path(folder)), Path(folder) / "server.log") as server:
            for width in (360, 1280):
                for scheme in ("light", "dark"):
                    _shoot(browser, server.address, width, scheme)
            if "--readme" in sys.argv:
                SHOWN.mkdir(exist_ok=True)
                _shoot_for_readme(browser, server.address)
    print(f"{len(PAGES) * 4} pictures are in {FOLDER}")


if __name__ == "__main__":
    main()
