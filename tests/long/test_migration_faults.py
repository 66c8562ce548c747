"""Migrations: up, down and up again lose nothing, and a fault anywhere in one leaves schema and data as they were."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, text

from app.exchange.book_files import export, load
from app.main import create_app
from app.records import migrate as migrating
from app.records import pledges
from app.records.migrate import changing_schema, config, migrate
from app.records.verify import verify
from app.settings import Settings
from app.store.database import Database
from app.store.ledger import GENESIS, chain_hash, read_changes, read_head
from app.store.schema_version import newest, revision_of
from tests.conftest import Client, CopyMaker, make_key
from tests.postings import PLEDGES, TOPIC, meeting

STEPS = [
    (script.down_revision or "base", script.revision)
    for script in ScriptDirectory.from_config(config()).walk_revisions()
]


def down(database: Database, to: str) -> None:
    with changing_schema(database) as connection:
        command.downgrade(config(connection), to)


def up(database: Database, to: str) -> None:
    """The migration alone, without what `migrate` does to the book besides."""
    with changing_schema(database) as connection:
        command.upgrade(config(connection), to)


def book_of(database: Database) -> tuple[list[str], list[str]]:
    """All lines and all revisions."""
    with database.reading() as connection:
        return list(export(connection)), [repr(tuple(row)) for row in read_changes(connection, 0, 10**9)]


_SCHEMA = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
    "postgresql": [
        "SELECT attrelid::regclass::text, attname, atttypid::regtype, atttypmod, attnotnull FROM pg_attribute "  # noqa: ISC004
        "WHERE attnum > 0 AND NOT attisdropped "
        "AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ],
}


def all_of(database: Database) -> list[str]:
    """Schema and data: everything that the database holds, in an order of its own."""
    held = []
    with database.reader.connect() as connection:
        for query in _SCHEMA[connection.dialect.name]:
            held += [repr(tuple(row)) for row in connection.execute(text(query))]
        for table in inspect(connection).get_table_names():
            held += [f"{table} {tuple(row)!r}" for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    return sorted(held)


class Fault(Exception):
    """What stops a migration."""


@contextlib.contextmanager
def fault_after(database: Database, statements: int | None) -> Iterator[list[str]]:
    """Stops the writer after so many statements (never, if None); gives those that were run."""
    ran: list[str] = []

    def after(connection: Connection, cursor: Any, statement: str, *more: Any) -> None:
        ran.append(statement)
        if len(ran) == statements:
            raise Fault(statement)

    event.listen(database.writer, "after_cursor_execute", after)
    try:
        yield ran
    finally:
        event.remove(database.writer, "after_cursor_execute", after)


def stops(count: int, is_sqlite: bool) -> list[int]:
    """After which statements to stop: all on SQLite; on PostgreSQL, where each costs more, some and the last."""
    return list(range(1, count + 1)) if is_sqlite else [*range(1, count, 12), count]


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_up_down_and_up_again_loses_nothing(seeded_database: Database, before: str, after: str, tmp_path: Path) -> None:
    lines, revisions = book_of(seeded_database)
    down(seeded_database, before)
    if before == "base":
        with seeded_database.reader.connect() as connection:
            assert inspect(connection).get_table_names() == ["alembic_version"], "the first migration takes all along"
        migrate(seeded_database)
        (tmp_path / "book.jsonl").write_text("\n".join(lines), encoding="utf-8")
        assert load(seeded_database, [tmp_path / "book.jsonl"]).is_clean
        assert book_of(seeded_database)[0] == lines, "the export is what comes back"
    else:
        assert revision_of(seeded_database) == before
        up(seeded_database, "head")
        assert book_of(seeded_database) == (lines, revisions)
    assert revision_of(seeded_database) == newest()
    with seeded_database.reading() as connection:
        assert list(verify(connection)) == []


@pytest.mark.parametrize(("before", "after"), STEPS)
def test_a_fault_after_any_operation_leaves_all_as_it_was(seeded_database: Database, before: str, after: str) -> None:
    down(seeded_database, after)
    with fault_after(seeded_database, None) as ran:
        down(seeded_database, before)
    lowest = all_of(seeded_database)
    down_count = len(ran)
    with fault_after(seeded_database, None) as ran:
        up(seeded_database, after)
    for stop in stops(len(ran), seeded_database.is_sqlite):
        down(seeded_database, before) if stop == 1 else None
        with pytest.raises(Fault), fault_after(seeded_database, stop):
            up(seeded_database, after)
        assert all_of(seeded_database) == lowest, f"going up was stopped after {ran[stop - 1]}"
    up(seeded_database, after)
    highest = all_of(seeded_database)
    for stop in stops(down_count, seeded_database.is_sqlite):
        with pytest.raises(Fault), fault_after(seeded_database, stop):
            down(seeded_database, before)
        assert all_of(seeded_database) == highest, f"going down was stopped after statement {stop}"


def test_a_fault_in_a_downgrade_of_a_seeded_book_loses_no_row(seeded_database: Database) -> None:
    held = all_of(seeded_database)
    for stop in (3, 9, 15, 21):
        with pytest.raises(Fault), fault_after(seeded_database, stop):
            down(seeded_database, "base")
        assert all_of(seeded_database) == held


def test_a_fault_while_an_empty_book_is_founded_leaves_it_empty(seeded_database: Database) -> None:
    down(seeded_database, "base")
    held = all_of(seeded_database)
    with fault_after(seeded_database, None) as ran:
        migrate(seeded_database)
    down(seeded_database, "base")
    for stop in (len(ran) // 2, len(ran) - 1, len(ran)):
        with pytest.raises(Fault), fault_after(seeded_database, stop):
            migrate(seeded_database)
        assert all_of(seeded_database) == held
    migrate(seeded_database)
    with seeded_database.reading() as connection:
        assert read_head(connection).seq > 200
        assert list(verify(connection)) == []


# A change of shape ----------------------------------------------------------------------------------------------------


@pytest.fixture
def older_book(make_copy: CopyMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A book that an older release wrote: its pledges do not tell yet whether they are disputed."""
    with make_copy(False, tmp_path) as url, monkeypatch.context() as older:
        current = pledges.Pledges.record

        def record(*arguments: Any) -> Any:
            made = current(*arguments)
            return replace(made, document={name: value for name, value in made.document.items() if name != "disputed"})

        older.setattr(pledges.Pledges, "record", record)
        with Client(create_app(Settings(database_url=url))) as client:
            client.key = make_key(url)
            client.post("/v1/topics", json=TOPIC, headers=client.with_key)
            for number in range(2):
                assert client.post("/v1/meetings", json=meeting(number), headers=client.with_key).status_code == 201
            assert "disputed" not in client.get("/v1/pledges/meeting-0-01").json()
        older.undo()
        yield url


@pytest.fixture
def release_of_a_new_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This release with one migration more, which changes no table: it stands for the change of shape."""
    (tmp_path / "9999_pledges_tell_whether_they_are_disputed.py").write_text(
        f'revision = "9999"\ndown_revision = "{newest()}"\n\n\ndef upgrade() -> None:\n    pass\n', encoding="utf-8"
    )
    own = migrating.config

    def with_one_more(connection: Connection | None = None) -> Any:
        made = own(connection)
        made.set_main_option("version_locations", f"{migrating._ROOT / 'migrations/versions'}\n{tmp_path}")
        made.set_main_option("path_separator", "newline")
        return made

    monkeypatch.setattr(migrating, "config", with_one_more)


def test_a_new_shape_is_one_reshape_of_each_record_that_differs(older_book: str, release_of_a_new_shape: None) -> None:
    database = Database(older_book)
    with database.reading() as connection:
        before = read_changes(connection, 0, 10**6)
        found = {finding.where for finding in verify(connection)}
    assert found == {f"pledge {row.id}" for row in before if row.entity == "pledge"}, "the older shape is told"

    migrate(database)

    with database.reading() as connection:
        after = read_changes(connection, 0, 10**6)
        assert list(verify(connection)) == []
    assert after[: len(before)] == before, "as it was hashed"
    added = after[len(before) :]
    assert [row.operation for row in added] == ["reshape"] * 2 * PLEDGES
    assert {row.entity for row in added} == {"pledge"}
    assert {row.version for row in added} == {2}
    with Client(create_app(Settings(database_url=older_book))) as client:
        assert client.get("/v1/pledges/meeting-0-01").json()["disputed"] is False
        then = client.get(f"/v1/pledges/meeting-0-01?as_of={before[-1].seq}").json()
        assert "disputed" not in then, "what was written is what is told of then"
        history = client.get("/v1/pledges/meeting-0-01/history").json()["items"]
        assert [(item["operation"], item["changed"]) for item in history] == [("create", []), ("reshape", ["disputed"])]
    migrate(database)
    with database.reading() as connection:
        assert read_head(connection).seq == after[-1].seq, "a second time there is nothing to do"
    database.close()


def test_a_fault_while_reshaping_leaves_the_older_book(older_book: str, release_of_a_new_shape: None) -> None:
    database = Database(older_book)
    held = all_of(database)
    with pytest.raises(Fault), fault_after(database, 60):
        migrate(database)
    assert all_of(database) == held
    database.close()


def test_the_chain_is_what_its_description_says(seeded_database: Database) -> None:
    """Written out by hand once, so that no release can change how a revision is hashed."""
    with seeded_database.reading() as connection:
        first = read_changes(connection, 0, 1)[0]
    facts = [first.seq, first.at, first.actor, first.entity, first.id, first.version, first.operation]
    assert first.previous_hash == GENESIS == "0" * 64
    assert first.hash == chain_hash(GENESIS, facts, first.document)
    assert json.loads(first.document)["version"] == 1
