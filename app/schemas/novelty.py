"""What is new: a pledge that continues nothing, inside the book or outside, and is no mere reaffirmation."""

from collections.abc import Mapping
from typing import Any

from app.schemas.vocabulary import CONTINUATIONS, Act


def is_new(pledge: Mapping[str, Any]) -> bool:
    """Whether a document's pledge is."""
    return pledge["act"] != Act.reaffirm and not any(link["type"] in CONTINUATIONS for link in pledge["links"])
