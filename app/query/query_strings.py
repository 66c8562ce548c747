"""A query written out again as a query string, some of its filters replaced: what a value of a facet leads to.

A large facet has hundreds of values, and each repeats the same filters: parts of strings are made once and kept.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from app.query.filters import PledgeFilters
from app.query.pages import PledgeQuery

_FILTERS = [name for name in PledgeQuery.model_fields if name in PledgeFilters.model_fields or name == "q"]
_LONGEST_KEPT = 200  # letters; a question may have thousands
_PLACES = {name: place for place, name in enumerate(_FILTERS)}


def query_string(query: PledgeFilters, replaced: Mapping[str, Any]) -> str:
    """The filters as a query string, some of them replaced, in the order in which they are documented."""
    return replaced_in(given_in(query), replaced)


def given_in(query: PledgeFilters) -> dict[str, str]:
    """The filters that are set, each as its part of a query string."""
    given = ((name, getattr(query, name, None)) for name in _FILTERS)
    return {name: _part_of(name, value) for name, value in given if value not in (None, [])}


def replaced_in(given: Mapping[str, str], replaced: Mapping[str, Any]) -> str:
    """Such parts as a query string, those of `replaced` in place of the given; None takes a filter away."""
    parts = dict(given)
    for name, value in replaced.items():
        if value is None:
            parts.pop(name, None)
        else:
            parts[name] = _part_of(name, value)
    return "&".join([parts[name] for name in _in_order(tuple(parts))])


@lru_cache(maxsize=1000)
def _in_order(names: tuple[str, ...]) -> list[str]:
    return sorted(names, key=_PLACES.__getitem__)


def _part_of(name: str, value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    return "&".join([_pair(name, _text(item)) for item in items])


def _pair(name: str, text: str) -> str:
    return _kept_pair(name, text) if len(text) <= _LONGEST_KEPT else urlencode([(name, text)])


@lru_cache(maxsize=20_000)
def _kept_pair(name: str, text: str) -> str:
    return urlencode([(name, text)])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
