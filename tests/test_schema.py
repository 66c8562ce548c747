"""The schema comes from migrations alone, and the models describe it: on both engines, down and up again."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import inspect, select, text

from app.records.migrate import config, migrate
from app.records.verify import check_triggers
from app.store import models
from app.store.database import Database
from app.store.models import metadata
from app.store.schema_version import newest, revision_of

NEWEST = [
    (table.name, index.name)
    for table in metadata.tables.values()
    for index in table.indexes
    if str(index.name).endswith("_newest")
]


def _plain(value: Any) -> Any:
    """What an inspector tells, as text: its types and conditions are objects."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else str(value)


def _shape(database: Database) -> dict[str, Any]:
    """Tables with their columns, indexes, foreign keys and constraints, as the database itself tells them."""
    with database.reader.connect() as connection:
        seen = inspect(connection)
        return {
            table: [
                sorted(str(_plain(item)) for item in found)
                for found in (
                    seen.get_columns(table),
                    seen.get_indexes(table),
                    seen.get_foreign_keys(table),
                    seen.get_check_constraints(table),
                    seen.get_unique_constraints(table),
                )
            ]
            for table in seen.get_table_names()
        }


def test_models_and_migrations_agree(database: Database) -> None:
    with database.writer.begin() as connection:
        command.check(config(connection))


def test_down_and_up_again_gives_the_same_schema(database: Database) -> None:
    before = _shape(database)
    with database.writer.begin() as connection:
        command.downgrade(config(connection), "base")
    assert set(_shape(database)) <= {"alembic_version"}
    migrate(database)
    assert revision_of(database) == newest()
    assert _shape(database) == before
    with database.reading() as connection:
        assert list(check_triggers(connection)) == []


@pytest.mark.parametrize(("table", "index"), NEWEST)
def test_newest_first_indexes_stand_as_the_models_say(database: Database, table: str, index: str) -> None:
    told = "SELECT sql FROM sqlite_master WHERE name = :index"
    if not database.is_sqlite:
        told = "SELECT indexdef FROM pg_indexes WHERE indexname = :index"
    (described,) = [found for found in metadata.tables[table].indexes if found.name == index]
    names = [str(expression).rpartition(".")[2] for expression in described.expressions]
    with database.reading() as connection:
        definition = str(connection.execute(text(told), {"index": index}).scalar_one())
    columns = definition[definition.rindex("(") + 1 : definition.rindex(")")].replace('"', "").split(", ")
    assert columns == names
    assert "held_on DESC" in columns


def test_the_newest_pledges_on_a_topic_are_found_without_sorting(seeded_database: Database) -> None:
    topic = models.columns(models.PledgeTopic)
    query = select(topic.c.pledge).where(topic.c.topic == "opcon-transition")
    query = query.order_by(topic.c.held_on.desc(), topic.c.pledge).limit(50)
    with seeded_database.reading() as connection:
        if not seeded_database.is_sqlite:
            connection.execute(
                text("SET LOCAL enable_seqscan = off")
            )  # on a small table it would sort rather than walk
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if seeded_database.is_sqlite else "EXPLAIN"
        plan = str(connection.execute(text(f"{explain} {compiled}")).all())
    assert "ix_pledge_topic_newest" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
