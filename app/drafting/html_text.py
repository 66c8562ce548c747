"""HTML text: make the plain text in which offsets count, with each block on its own line and no hidden content."""

import re

from bs4 import BeautifulSoup

_HIDDEN = ("script", "style", "noscript", "template", "head", "svg", "iframe")
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
    """The visible text of an HTML page."""
    page = BeautifulSoup(html, "html.parser")
    for tag in page.find_all(_HIDDEN):
        tag.decompose()
    for tag in page.find_all(_BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in page.get_text().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
