"""HTML to the plain text that offsets count in: a block a line, nothing that a reader does not see."""

import re

from bs4 import BeautifulSoup

_UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "iframe")
_BLOCKS = [
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "th",
    "title",
    "tr",
    "ul",
]


def plain_text(html: str) -> str:
    """The visible text of a page."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(_UNSEEN):
        tag.decompose()
    for tag in page.find_all(_BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in page.get_text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
