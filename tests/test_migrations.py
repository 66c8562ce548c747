"""The schema: made by migrations alone, up and down, with everything named and every vocabulary checked."""

from collections.abc import Iterator
from typing import Any

import pycountry
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Enum, ForeignKeyConstraint, event, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from app.exchange.book_files import load
from app.query.pages import PledgeQuery, read_page
from app.records.migrate import config, migrate
from app.store.database import Database
from app.store.ledger import read_head
from app.store.models import metadata
from app.store.schema_version import newest, revision_of
from tests.conftest import Call, CopyMaker, make_key
from tests.richer import write_richer

LINK = "pledge, position, type, target, external, partial"
NEWEST_FIRST = {
    "meeting": "ix_meeting_newest",
    "pledge": "ix_pledge_newest",
    "meeting_party": "ix_meeting_party_newest",
    "pledge_topic": "ix_pledge_topic_newest",
    "pledge_party": "ix_pledge_party_newest",
    "pledge_instrument": "ix_pledge_instrument_newest",
    "pledge_speaker": "ix_pledge_speaker_newest",
}


@pytest.fixture(scope="module")
def founded(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with a row in every table; only read, or written in transactions that are taken back."""
    folder = tmp_path_factory.mktemp("founded")
    with make_copy(True, folder) as url:
        make_key(url)
        database = Database(url)
        assert load(database, [write_richer(folder)]).is_clean
        yield database
        database.close()


def downgrade(database: Database, to: str) -> None:
    with database.writer.connect() as connection, connection.begin():
        command.downgrade(config(connection), to)


def test_the_schema_goes_down_to_nothing_and_up_again(database: Database) -> None:
    assert revision_of(database) == newest()
    downgrade(database, "base")
    assert revision_of(database) is None
    with database.writer.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        if not database.is_sqlite:
            functions = (
                "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
            )
            assert connection.execute(text(functions)).scalar_one() == 0
    migrate(database)
    assert revision_of(database) == newest()
    with database.writer.connect() as connection:
        # SQLite shows the tables that a search index keeps for itself, too.
        found = {name for name in inspect(connection).get_table_names() if not name.startswith("search_")}
        assert found == {*metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.reading() as connection:
        before = read_head(connection)
    migrate(database)
    with database.reading() as connection:
        assert read_head(connection) == before


def test_alembic_check_finds_nothing_to_add(founded: Database) -> None:
    with founded.writer.connect() as connection:
        command.check(config(connection))


def test_the_tables_are_those_of_the_models_to_the_letter(founded: Database) -> None:
    """What `alembic check` passes over: the names of constraints, their columns, and columns that may be null."""
    with founded.writer.connect() as connection:
        found = inspect(connection)
        for table in metadata.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}, table.name
            checks = {check["name"] for check in found.get_check_constraints(table.name)}
            own = [c for c in table.constraints if isinstance(c, CheckConstraint)]
            assert checks == {f"ck_{table.name}_{str(c.name).removeprefix(f'ck_{table.name}_')}" for c in own}
            keys = {key["name"]: key["constrained_columns"] for key in found.get_foreign_keys(table.name)}
            foreign = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
            assert keys == {c.name: [*c.column_keys] for c in foreign}, table.name
            unique = {item["name"] for item in found.get_unique_constraints(table.name)}
            assert unique == {c.name for c in table.constraints if c.__visit_name__ == "unique_constraint"}, table.name
            assert found.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
            assert None not in {*checks, *keys, *unique}
        assert compare_metadata(MigrationContext.configure(connection), metadata) is not None


@pytest.mark.parametrize("table", NEWEST_FIRST)
def test_the_newest_first_indexes_stand(founded: Database, table: str) -> None:
    name = NEWEST_FIRST[table]
    with founded.reading() as connection:
        query = "SELECT sql FROM sqlite_master WHERE name = :name"
        if not founded.is_sqlite:
            query = "SELECT indexdef FROM pg_indexes WHERE indexname = :name"
        made = connection.execute(text(query), {"name": name}).scalar_one()
    (index,) = [index for index in metadata.tables[table].indexes if index.name == name]
    expected = ", ".join(str(item).rpartition(".")[2] for item in index.expressions)
    assert "held_on DESC" in expected
    assert f"({expected})" in made.replace('"', "")


def test_a_page_by_topic_is_a_walk_along_its_index(founded: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    with founded.reading() as connection:
        if not founded.is_sqlite:  # which else would rather read all of so small a table
            for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        event.listen(founded.reader, "before_cursor_execute", note)
        read_page(connection, PledgeQuery.model_validate({"topic": ["alliance"]}))
        event.remove(founded.reader, "before_cursor_execute", note)
        statement, parameters = asked[-1]
        explain = "EXPLAIN QUERY PLAN" if founded.is_sqlite else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    plan = "\n".join(str(row) for row in rows)
    assert "ix_pledge_topic_newest" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def vocabularies() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum)
    ]


@pytest.mark.parametrize(("table", "column"), vocabularies(), ids=[".".join(pair) for pair in vocabularies()])
def test_every_vocabulary_is_checked(founded: Database, table: str, column: str) -> None:
    """A row that is right but for one word is refused by that word's CHECK."""
    name = metadata.tables[table].columns[column].type.name  # type: ignore[attr-defined]
    others_hold = "towards IS NULL" if (table, column) == ("pledge", "act") else "1 = 1"
    with founded.writing(commit=False) as connection:
        if table == "revision":
            drop = "DROP TRIGGER revision_is_never_changed" + ("" if founded.is_sqlite else " ON revision")
            connection.execute(text(drop))
        where = f'"{column}" IS NOT NULL AND {others_hold}'
        with pytest.raises(IntegrityError, match=f"ck_{table}_{name}"):
            connection.execute(text(f"UPDATE {table} SET \"{column}\" = 'no-such-word' WHERE {where}"))


def foreign_keys() -> list[tuple[str, str]]:
    return [
        (table.name, key.parent.name)
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
    ]


@pytest.mark.parametrize(("table", "column"), foreign_keys(), ids=[".".join(pair) for pair in foreign_keys()])
def test_every_foreign_key_bites(founded: Database, table: str, column: str) -> None:
    of = metadata.tables[table]
    unknown: int | str = 987654 if of.columns[column].type.python_type is int else "no-such-id"
    keys = list(of.primary_key.columns)
    with founded.writing(commit=False) as connection:
        some = connection.execute(select(*keys).where(of.columns[column].is_not(None)).limit(1)).one()
        where = [key == value for key, value in zip(keys, some, strict=True)]
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            connection.execute(update(of).where(*where).values({column: unknown}))


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE source SET length = 0", "ck_source_length"),
        ("UPDATE meeting SET ended_on = '1999-01-01'", "ck_meeting_ended_on"),
        ("UPDATE pledge SET number = -number", "ck_pledge_number"),
        ("UPDATE pledge SET due_from = '2999-01-01' WHERE due_to IS NOT NULL", "ck_pledge_due_in_order"),
        ("UPDATE pledge SET due_text = NULL", "ck_pledge_due_whole"),
        ("UPDATE pledge SET condition_text = 'x'", "ck_pledge_condition_whole"),
        ("UPDATE pledge SET act = 'urge'", "ck_pledge_position_owes_nothing"),
        ('UPDATE citation SET start = "end"', "ck_citation_span"),
        ("UPDATE citation SET start = -1", "ck_citation_span"),
        ("UPDATE link SET external = 'x'", "ck_link_one_end"),
        ("UPDATE link SET external = NULL, target = NULL", "ck_link_one_end"),
        ("UPDATE link SET target = pledge WHERE target IS NOT NULL", "ck_link_not_itself"),
        ("UPDATE pledge SET id = 'x'", "pledge.id|uq_pledge_id"),
        ("UPDATE pledge SET number = 1", "pledge.number|uq_pledge_meeting_number"),
        ("UPDATE meeting_party SET party = 'KOR'", "meeting_party.party|uq_meeting_party_meeting_party"),
        ("UPDATE attendance SET participant = 'suh-wook'", "attendance.participant|uq_attendance_meeting_participant"),
        (f"INSERT INTO link ({LINK}) SELECT pledge, position + 50, type, target, external, partial FROM link",
         "link.pledge|uq_link_continuation"),
    ],
)  # fmt: skip
def test_every_other_constraint_bites(founded: Database, statement: str, constraint: str) -> None:
    with founded.writing(commit=False) as connection, pytest.raises(IntegrityError, match=constraint):
        connection.execute(text(statement))


def test_every_state_stands_in_a_new_book(database: Database) -> None:
    with database.reading() as connection:
        rows = connection.execute(text("SELECT id, entity, actor, operation, version FROM revision ORDER BY seq")).all()
        parties = connection.execute(text("SELECT code FROM party WHERE type = 'state'")).scalars().all()
        meetings = connection.execute(text("SELECT count(*) FROM meeting")).scalar_one()
    codes = sorted(country.alpha_3 for country in pycountry.countries)
    assert [row.id for row in rows] == codes
    assert {(row.entity, row.actor, row.operation, row.version) for row in rows} == {("party", "load", "create", 1)}
    assert sorted(parties) == codes
    assert meetings == 0


@pytest.mark.parametrize(
    "arguments", [["serve", "--port", "0"], ["load", "seeds"], ["export"], ["verify"], ["key", "list"]]
)
def test_a_database_of_another_release_is_refused(database: Database, arguments: list[str], call: Call) -> None:
    url = database.url.render_as_string(hide_password=False)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = call(*arguments, url=url)
    assert answer.returncode == 1, answer.stdout
    assert f"schema of the database is 0000, this release needs {newest()}: run `pledgebook migrate`" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_newest_schema_is_the_last_that_alembic_knows() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()
