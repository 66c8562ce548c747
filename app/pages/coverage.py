"""Coverage: which sources a meeting is based on: `based on two news reports; original text not available`. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_REPORTS = (("press-release", "press release"), ("news-report", "news report"))


def coverage_words(meeting: Mapping[str, Any], sources: Iterable[Mapping[str, Any]]) -> str:
    """The text of a meeting's coverage badge, from the documents of its sources."""
    types = Counter(source["type"] for source in sources)
    reports = [
        f"{_NUMBERS[number] if number < len(_NUMBERS) else number} {word}{'' if number == 1 else 's'}"
        for type, word in _REPORTS
        if (number := types[type])
    ]
    if meeting["coverage"] == "full-text":
        return " and ".join(["based on the full text", *reports])
    # A primary text without full coverage is the text of one side only.
    one_sided = ["a text of one side only"] if types["primary-text"] else []
    return f"based on {' and '.join([*one_sided, *reports]) or 'reports'}; original text not available"
