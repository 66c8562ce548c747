"""Datasette's file and configuration: `python -m bench.peers.datasette BOOK FILE` writes FILE and FILE's `.json`.

Tuned: one row per pledge with its lists as JSON, so that a page needs no joins for them; link tables with an index in
the order of a page; keyset SQL; FTS5; the file opened as immutable (`-i`), so that Datasette caches its counts.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE pledge (key INTEGER PRIMARY KEY, id TEXT UNIQUE, meeting TEXT, held_on TEXT, summary TEXT, act TEXT,
  specificity TEXT, formula TEXT, due TEXT, pledgors TEXT, towards TEXT, about TEXT, topics TEXT, citations TEXT);
CREATE TABLE pledge_topic (topic TEXT, held_on TEXT, pledge INTEGER, act TEXT, PRIMARY KEY (topic, held_on, pledge))
  WITHOUT ROWID;
CREATE TABLE pledge_party (party TEXT, held_on TEXT, pledge INTEGER, act TEXT, PRIMARY KEY (party, held_on, pledge))
  WITHOUT ROWID;
CREATE UNIQUE INDEX pledge_party_of ON pledge_party (pledge, party);
CREATE INDEX pledge_topic_of ON pledge_topic (pledge, topic);
CREATE VIRTUAL TABLE pledge_fts USING fts5(summary, content=pledge, content_rowid=key, tokenize='porter');
"""
_BINDING = "act IN ('commit', 'agree', 'reaffirm')"
_WALK = f"""SELECT pledge.* FROM pledge_topic AS t CROSS JOIN pledge ON key = t.pledge
  WHERE t.topic = :topic AND t.{_BINDING} AND t.held_on < :before AND t.held_on >= :since"""
_END = "ORDER BY t.held_on DESC, t.pledge LIMIT 50"
QUERIES = {
    "page": f"{_WALK} {_END}",
    "both": f"{_WALK} AND EXISTS (SELECT 1 FROM pledge_party AS p WHERE p.pledge = t.pledge AND p.party = :party) {_END}",
    "found": f"""SELECT pledge.* FROM pledge_fts CROSS JOIN pledge ON key = pledge_fts.rowid
      WHERE pledge_fts MATCH :q AND {_BINDING}
      AND EXISTS (SELECT 1 FROM pledge_topic AS t WHERE t.pledge = key AND t.topic = :topic)
      ORDER BY held_on DESC LIMIT 50""",
    "facets": """SELECT 'topic' AS facet, topic AS value, count(*) AS n FROM pledge_party AS p
      JOIN pledge_topic AS t USING (pledge) WHERE party = :party AND p.held_on >= :since GROUP BY topic
      UNION ALL SELECT 'act', act, count(*) FROM pledge_party
      WHERE party = :party AND held_on >= :since GROUP BY act""",
    "one": "SELECT * FROM pledge WHERE id = :id",
}


def rows(book: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every pledge of a book: (meeting, pledge)."""
    with book.open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if line["kind"] == "meeting":
                yield from ((line, pledge) for pledge in line["pledges"])


def fill(book: Path, file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(_SCHEMA)
    for key, (meeting, pledge) in enumerate(rows(book), start=1):
        lists = [json.dumps(pledge[name]) for name in ("pledgors", "towards", "about", "topics", "citations")]
        own = (f"{meeting['id']}-{pledge['number']:02}", meeting["id"], meeting["held_on"], pledge["summary"])
        rest = (pledge["act"], pledge["specificity"], json.dumps(pledge["formula"]), json.dumps(pledge["due"]))
        connection.execute(f"INSERT INTO pledge VALUES ({','.join('?' * 14)})", (key, *own, *rest, *lists))
        for table, names in (("pledge_topic", pledge["topics"]), ("pledge_party", pledge["pledgors"])):
            entries = [(name, meeting["held_on"], key, pledge["act"]) for name in names]
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", entries)
    connection.execute("INSERT INTO pledge_fts (pledge_fts) VALUES ('rebuild')")
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("ANALYZE")
    connection.close()


def metadata(file: Path) -> dict[str, Any]:
    """Datasette's configuration: the canned queries by name."""
    return {"databases": {file.stem: {"queries": {name: {"sql": sql} for name, sql in QUERIES.items()}}}}


if __name__ == "__main__":
    made = Path(sys.argv[2])
    fill(Path(sys.argv[1]), made)
    made.with_suffix(".json").write_text(json.dumps(metadata(made)), encoding="utf-8")
