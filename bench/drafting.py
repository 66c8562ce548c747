"""Scores drafting against people's annotation: `python bench/drafting.py DIR [--misses]`.

DIR holds passages in the format of the development set (`<slug>.txt` beside `<slug>.gold.json`), or, with
`--texts TEXTS`, Pledgebook seeds (`*.yaml` book lines whose citations count in texts found by SHA-256 under TEXTS).
For each passage and in all: sentences (P, R, F1; also without those that people found arguable), undertakings, act,
pledgors, primary topic, time.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gold import Passage, book_of, passages_in, seeds_in
from bench.renewing import recall_at_3
from bench.scoring import Score, score_of, table


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit 2 if there is nothing to score."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="annotated passages, or seeds with --texts")
    parser.add_argument("--texts", type=Path, help="the texts that seeds cite, matched by SHA-256")
    parser.add_argument("--topics", type=Path, help="topics with cues (YAML); the project's seeds by default")
    parser.add_argument("--misses", action="store_true", help="show every miss")
    parser.add_argument("--bare", action="store_true", help="give no hints: day and parties are told from the text")
    given = parser.parse_args(arguments)
    book = book_of(given.topics)
    passages: list[Passage] = seeds_in(given.folder, given.texts) if given.texts else passages_in(given.folder)
    if not passages:
        print(f"nothing to score in {given.folder}", file=sys.stderr)
        return 2
    scores: list[Score] = [score_of(p, book, bare=given.bare) for p in passages]
    print(table(scores))
    hits, links, missed = recall_at_3(given.folder, given.texts, book) if given.texts else (0, 0, [])
    if links:
        print(f"renewals: recall at 3 {hits / links:.3f} ({hits} of {links} coded links whose pledge was found)")
    if given.misses:
        print("\n".join(missed))
        for score in scores:
            print(f"\n== {score.name}")
            print("\n".join(score.misses) or "   none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
