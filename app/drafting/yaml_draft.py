"""YAML draft: write a drafted meeting as a YAML file to correct, with the notes of each pledge as comments."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.schemas.canonical_json import canonical_json

_HEAD = (
    "A draft by rules, to be corrected: every null that is needed, every summary (in your own words), every doubt.\n"
    "Rename the source (id: draft) everywhere, then: pledgebook load FILE --texts FOLDER"
)
_LEFT_OUT = ("retracted", "assessments")


def draft_yaml(answer: dict[str, Any]) -> str:
    """The YAML text of an answer in the shape of `DraftAnswer`."""
    document = _mapping_node(answer["document"])
    document.yaml_set_start_comment(_HEAD)
    pledges = document["pledges"]
    text = answer["text"]
    for place, (pledge, note) in enumerate(zip(pledges, answer["notes"], strict=True)):
        pledges.yaml_set_comment_before_after_key(place, before=_comment(pledge, note, text), indent=2)
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _comment(pledge: Mapping[str, Any], note: Mapping[str, Any], text: str) -> str:
    """The comment on one draft: its words, its cue and confidence, and what it may renew or repeat."""
    words = " / ".join(" ".join(text[c["start"] : c["end"]].split()) for c in pledge["citations"])
    lines = ["", words, f"confidence {note['confidence']}: {note['cue']}"]
    lines += [f"may renew {item['pledge']} (score {item['score']})" for item in note["renewals"]]
    if note["doubles"]:
        lines.append(f"may repeat number {', '.join(map(str, note['doubles']))}")
    return "\n".join(lines)


def _mapping_node(data: Mapping[str, object]) -> CommentedMap:
    node = CommentedMap()
    for name, item in data.items():
        if name not in _LEFT_OUT:
            node[name] = _node(item)
    return node


def _node(value: object) -> object:
    """Plain data as YAML nodes: short lists of text on one line, mappings and other lists as blocks."""
    if isinstance(value, dict):
        return _mapping_node(value)
    if isinstance(value, list):
        items = CommentedSeq(_node(item) for item in value)
        if all(isinstance(item, str) for item in value) and len(canonical_json(value)) < 80:
            items.fa.set_flow_style()
        return items
    return value
