"""On what grounds a meeting is known, in a few words: `two news reports; statement not held`. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_REPORTS = (("press-release", "press release"), ("news-report", "news report"))


def coverage_words(meeting: Mapping[str, Any], sources: Iterable[Mapping[str, Any]]) -> str:
    """What the coverage badge of a meeting says, from the records of its sources."""
    types = Counter(source["type"] for source in sources)
    reports = [
        f"{_NUMBERS[number] if number < len(_NUMBERS) else number} {word}{'' if number == 1 else 's'}"
        for type, word in _REPORTS
        if (number := types[type])
    ]
    if meeting["coverage"] == "full-text":
        return " and ".join(["full text of the statement", *reports])
    # A text of one side alone is no statement of all.
    one_sided = ["a text of one side"] if types["primary-text"] else []
    return f"{' and '.join([*one_sided, *reports]) or 'reports'}; statement not held"
