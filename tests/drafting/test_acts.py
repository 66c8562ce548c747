"""The codebook's tables of pledges, positions and descriptions (1 and 2), on the sentences of `sentences.yaml`."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.drafting.conftest import Found

SENTENCES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("sentences.yaml"))


@pytest.mark.parametrize("line", SENTENCES, ids=lambda line: line["says"][:60])
def test_a_sentence_reads_as_the_tables_say(found: Found, line: dict[str, Any]) -> None:
    parties = line.get("parties", ("JPN", "USA"))
    drafts = found(line["says"], *parties)
    pledges = [d for d in drafts if d.is_pledge]
    assert len(pledges) == line["undertakings"]
    assert (pledges or drafts)[0].act == line["act"] if drafts else line["act"] == "describe"
    if len(pledges) == 1:
        assert set(pledges[0].pledgors) == set(line.get("pledgors", parties))
