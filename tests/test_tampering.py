"""Whoever gets at the database behind the app's back is found: `verify` names what was edited, deleted or cut off."""

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from app.records.verify import Checkpoint, Finding, check_chain, check_checkpoint, verify
from app.schemas.vocabulary import Entity, Operation
from app.store.database import Database
from app.store.ledger import GENESIS, Head, chain_hash, read_head
from app.store.models import Revision, columns
from tests.conftest import Call

LEDGER = columns(Revision)
GONE_TRIGGERS = {
    True: [
        "DROP TRIGGER revision_is_never_changed",
        "DROP TRIGGER revision_is_never_deleted",
        "DROP TRIGGER revision_is_never_replaced",
        "PRAGMA defer_foreign_keys=ON",
    ],
    False: ["ALTER TABLE revision DISABLE TRIGGER ALL"],
}


@contextlib.contextmanager
def behind_the_back(database: Database, *, commit: bool = False) -> Iterator[Connection]:
    """A connection in which the ledger's triggers are gone and nobody looks after references."""
    with database.writing(commit=commit) as connection:
        for statement in GONE_TRIGGERS[database.is_sqlite]:
            connection.execute(text(statement))
        yield connection


@contextlib.contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """One tampering, taken back afterwards so that the next finds the ledger whole."""
    with connection.begin_nested() as savepoint:
        yield
        savepoint.rollback()


def wheres(findings: Iterator[Finding]) -> set[str]:
    return {finding.where for finding in findings}


def flipped(value: str, chance: random.Random) -> str:
    """The text with one character replaced by another."""
    place = chance.randrange(len(value))
    other = chance.choice([letter for letter in "0123456789abcdef" if letter != value[place]])
    return value[:place] + other + value[place + 1 :]


def edited(column: str, value: Any, chance: random.Random) -> Any:
    """Another value that the column takes."""
    words: dict[str, list[Any]] = {"entity": list(Entity), "operation": list(Operation)}
    if column in words:
        return chance.choice([word for word in words[column] if word != value])
    return value + chance.randrange(10_000, 20_000) if isinstance(value, int) else flipped(value, chance)


def test_two_hundred_random_edits_are_all_found_and_named(seeded_database: Database) -> None:
    chance = random.Random(8)
    names = [column.name for column in LEDGER.c]
    with behind_the_back(seeded_database) as connection:
        last = read_head(connection).seq
        assert list(check_chain(connection)) == []
        for number in range(200):
            column, seq = names[number % len(names)], chance.randint(1, last)
            before = connection.execute(select(LEDGER.c[column]).where(LEDGER.c.seq == seq)).scalar_one()
            after = edited(column, before, chance)
            with undone(connection):
                connection.execute(LEDGER.update().where(LEDGER.c.seq == seq).values({column: after}))
                named = after if column == "seq" else seq
                assert f"revision {named}" in wheres(check_chain(connection)), (column, seq, before, after)
        assert list(check_chain(connection)) == [], "each tampering was taken back"


def test_two_hundred_deletions_are_all_found_and_named(seeded_database: Database) -> None:
    chance = random.Random(9)
    with behind_the_back(seeded_database) as connection:
        last = read_head(connection).seq
        for _ in range(200):
            first, count = chance.randint(1, last - 5), chance.randint(1, 4)
            with undone(connection):
                connection.execute(LEDGER.delete().where(LEDGER.c.seq.between(first, first + count - 1)))
                missing = f"follows revision {first - 1}: {count} missing between them"
                gap = Finding(f"revision {first + count}", missing)
                assert gap in list(check_chain(connection))


def test_fifty_truncations_are_all_found_by_the_checkpoint(seeded_database: Database) -> None:
    chance = random.Random(10)
    with behind_the_back(seeded_database) as connection:
        head = read_head(connection)
        kept = Checkpoint(head.seq, head.hash)
        for _ in range(50):
            with undone(connection):
                connection.execute(LEDGER.delete().where(LEDGER.c.seq > chance.randint(0, head.seq - 1)))
                assert list(check_chain(connection)) == [], "a chain cut short is a chain: only the checkpoint tells"
                assert wheres(check_checkpoint(connection, kept)) == {f"revision {head.seq}"}
        assert list(check_checkpoint(connection, kept)) == []


def test_a_word_in_no_vocabulary_is_found_and_named(seeded_database: Database) -> None:
    with behind_the_back(seeded_database) as connection:
        if seeded_database.is_sqlite:
            connection.execute(text("PRAGMA ignore_check_constraints=ON"))
        else:
            connection.execute(text("ALTER TABLE revision DROP CONSTRAINT ck_revision_entity"))
        connection.execute(text("UPDATE revision SET entity = 'gift' WHERE seq = 7"))
        assert "revision 7" in wheres(verify(connection))
        if seeded_database.is_sqlite:
            connection.execute(text("PRAGMA ignore_check_constraints=OFF"))


def rewrite(connection: Connection, from_seq: int) -> Head:
    """Write another actor into the ledger, and every hash anew so that the chain holds."""
    digest = GENESIS
    for row in connection.execute(select(LEDGER).order_by(LEDGER.c.seq)).all():
        actor = "forger" if row.seq >= from_seq else row.actor
        facts = (row.seq, row.at, actor, row.entity, row.id, row.version, row.operation)
        previous, digest = digest, chain_hash(digest, facts, row.document)
        values = {"actor": actor, "previous_hash": previous, "hash": digest}
        connection.execute(LEDGER.update().where(LEDGER.c.seq == row.seq).values(values))
    return read_head(connection)


def test_a_ledger_written_anew_is_found_by_the_checkpoint(seeded_database: Database) -> None:
    with behind_the_back(seeded_database) as connection:
        head = read_head(connection)
        assert rewrite(connection, 400).hash != head.hash
        assert list(check_chain(connection)) == [], "only the checkpoint tells"
        assert wheres(check_checkpoint(connection, Checkpoint(head.seq, head.hash))) == {f"revision {head.seq}"}
        assert list(check_checkpoint(connection, Checkpoint(3, _hash_at(connection, 3)))) == []


def _hash_at(connection: Connection, seq: int) -> str:
    return str(connection.execute(select(LEDGER.c.hash).where(LEDGER.c.seq == seq)).scalar_one())


def test_the_command_names_what_was_done(
    seeded_database: Database, seeded_url: str, tmp_path: Path, call: Call
) -> None:
    checkpoint = tmp_path / "head.json"
    with seeded_database.reading() as connection:
        head = read_head(connection)
    checkpoint.write_text(json.dumps({"seq": head.seq, "at": head.at, "hash": head.hash}))
    assert call("verify", "--checkpoint", str(checkpoint), url=seeded_url).returncode == 0
    with behind_the_back(seeded_database, commit=True) as connection:
        connection.execute(
            text("UPDATE revision SET document = replace(document, 'version', 'Version') WHERE seq = 300")
        )
        connection.execute(text(f"UPDATE revision SET hash = '{GENESIS}' WHERE seq = {head.seq}"))
        connection.execute(
            text("UPDATE pledge SET summary = 'Another promise' WHERE id = '2024-10-31-kor-usa-2plus2-03'")
        )
    found = call("verify", "--checkpoint", str(checkpoint), url=seeded_url)
    assert found.returncode == 1
    for named in ("revision 300:", f"revision {head.seq}:", "pledge 2024-10-31-kor-usa-2plus2-03:"):
        assert named in found.stderr
    assert "trigger revision_is_never_changed:" in found.stderr, "and that the triggers are gone"
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize("content", ["", "[]", '{"seq": "x"}', '{"seq": 1}', "\x00"])
def test_a_checkpoint_that_is_none_is_the_callers_mistake(
    empty_url: str, tmp_path: Path, content: str, call: Call
) -> None:
    (tmp_path / "head.json").write_text(content)
    assert call("verify", "--checkpoint", str(tmp_path / "head.json"), url=empty_url).returncode == 2
