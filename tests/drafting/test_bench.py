"""The bench counts what it should: a passage coded as drafted scores full marks, one coded otherwise does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.drafting import main

TEXT = "Both sides will curb emissions by 2030. They met in Oslo."


def coded(**change: Any) -> dict[str, Any]:
    first = {
        "start": 0, "end": 39, "is_pledge": True, "n_pledges": 1, "speech_act": "commit", "pledgors": ["JPN", "USA"],
        "topics": [], "timeframe": {"type": "deadline", "norm_end": "2030-12-31"}, "borderline": False,
    }  # fmt: skip
    last = dict(
        first, start=40, end=57, is_pledge=False, n_pledges=0, speech_act="describe", pledgors=[], timeframe=None
    )
    meta = {"date": "2024-04-10", "parties": ["JPN", "USA"]}
    return {"slug": "oslo", "meta": meta, "sentences": [first | change, last]}


def score(folder: Path, capsys: pytest.CaptureFixture[str], gold: dict[str, Any]) -> str:
    (folder / "oslo.txt").write_text(TEXT, encoding="utf-8")
    (folder / "oslo.gold.json").write_text(json.dumps(gold), encoding="utf-8")
    assert main([str(folder), "--misses"]) == 0
    return capsys.readouterr().out


def test_what_agrees_scores_full_marks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = next(line for line in score(tmp_path, capsys, coded()).splitlines() if line.startswith("all"))
    assert row.split()[1:8] == ["1.000"] * 7


def test_every_miss_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = score(tmp_path, capsys, coded(n_pledges=2, speech_act="agree", pledgors=["JPN"], timeframe=None))
    for miss in ("1 drafts for 2", "act: commit for agree", "pledgors:", "time:"):
        assert miss in shown


def test_an_empty_folder_is_the_callers_fault(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2
