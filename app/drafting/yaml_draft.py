"""A draft as a YAML file for a person to correct: the meeting line, with the notes of each pledge as comments."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.wire import canonical_json

_HEAD = (
    "A draft by rules, to be corrected: every null that is needed, every summary (in your own words), every doubt.\n"
    "Rename the source (id: draft) everywhere, then: pledgebook load FILE --texts FOLDER"
)
_NEVER = ("retracted", "assessments")


def draft_yaml(answer: dict[str, Any]) -> str:
    """The document of a draft's answer as YAML, its notes as comments."""
    document = _node({**answer["document"], "id": answer["document"]["id"]})
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


def _comment(pledge: Any, note: dict[str, Any], text: str) -> str:
    """What a person needs to judge one draft: its words, why it was made, what it may renew or repeat."""
    words = " / ".join(" ".join(text[c["start"] : c["end"]].split()) for c in pledge["citations"])
    lines = ["", f"{words}", f"confidence {note['confidence']}: {note['cue']}"]
    lines += [f"may renew {item['pledge']} (score {item['score']})" for item in note["renewals"]]
    if note["doubles"]:
        lines.append(f"may repeat number {', '.join(map(str, note['doubles']))}")
    return "\n".join(lines)


def _node(value: Any) -> Any:
    """Plain data as nodes: short lists in one line, maps and long lists as blocks."""
    if isinstance(value, dict):
        node = CommentedMap()
        for name, item in value.items():
            if name not in _NEVER:
                node[name] = _node(item)
        return node
    if isinstance(value, list):
        items = CommentedSeq(_node(item) for item in value)
        if all(isinstance(item, str) for item in value) and len(canonical_json(value)) < 80:
            items.fa.set_flow_style()
        return items
    return value
