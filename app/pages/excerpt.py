"""Excerpt: a JSON response shortened to fit one screen. Dots mark what is left out; the rest is unchanged."""

import json
import re
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

# The members of a pledge that are shown, in the order of its document.
_SHOWN = ("id", "held_on", "summary", "act", "pledgors", "towards", "topics", "citations", "links")
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(:?)')


def excerpt(documents: Sequence[str], next: str | None, left_out: int) -> Markup:
    """A page of pledges as highlighted JSON with some members of each; `left_out` is the number of pledges left out."""
    lines = ["{", '  "items": [']
    for index, document in enumerate(documents):
        lines += _item(json.loads(document), is_last=index == len(documents) - 1 and not left_out)
    if left_out:
        lines.append(f"    … {left_out} more pledge{'s' if left_out > 1 else ''}")
    lines += ["  ],", f'  "next": {json.dumps(next)}', "}"]
    return Markup("").join(Markup('<span class="row">{}\n</span>').format(_highlighted(line)) for line in lines)


def _item(pledge: dict[str, Any], *, is_last: bool) -> list[str]:
    shown = {name: pledge[name] for name in _SHOWN if pledge.get(name)}
    members = [f'      "{name}": {json.dumps(value, ensure_ascii=False)},' for name, value in shown.items()]
    return ["    {", *members, f"      … {len(pledge) - len(shown)} more members", "    }" if is_last else "    },"]


def _highlighted(line: str) -> Markup:
    """A line of JSON with keys, strings and dots in spans."""
    parts: list[Markup] = []
    end = 0
    for found in _TOKEN.finditer(line):
        kind = "key" if found[2] else "text"
        parts += [_plain(line[end : found.start()]), Markup('<span class="{}">{}</span>').format(kind, found[1])]
        parts.append(escape(found[2]))
        end = found.end()
    return Markup("").join([*parts, _plain(line[end:])])


def _plain(text: str) -> Markup:
    return Markup('<span class="cut">{}</span>').format(text) if "…" in text else escape(text)
