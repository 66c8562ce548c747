"""`verify` finds what somebody with the database's password has done behind the ledger's back."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, text

from app.db import Database
from app.documents import load
from app.verification import verify
from tests.conftest import CopyMaker
from tests.richer import write_richer

PLEDGE = "2024-10-31-kor-usa-2plus2-27"
KEY = f"(SELECT key FROM pledge WHERE id = '{PLEDGE}')"
CALL = "(SELECT key FROM pledge WHERE id = '2024-10-31-aus-kor-call-02')"


@pytest.fixture(scope="module")
def kept(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The seeds and more; each test undoes what it does."""
    folder = tmp_path_factory.mktemp("kept")
    with make_copy(True, folder) as url:
        database = Database(url)
        assert load(database, [write_richer(folder)]).is_clean
        yield database
        database.close()


def findings_after(database: Database, statements: Sequence[str]) -> list[str]:
    """What `verify` finds once these statements have run, which are taken back afterwards."""
    with database.writing(commit=False) as session:
        for statement in statements:
            session.execute(text(statement))
        return [str(finding) for finding in verify(session)]


def unguarded(database: Database, statement: str) -> list[str]:
    """The statement, with the ledger's triggers out of the way and put back afterwards."""
    if not database.is_sqlite:
        return ["ALTER TABLE revision DISABLE TRIGGER ALL", statement, "ALTER TABLE revision ENABLE TRIGGER ALL"]
    with database.reading() as session:
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    return [*(f"DROP TRIGGER {name}" for name, _ in triggers), statement, *(sql for _, sql in triggers)]


def test_an_untouched_book_is_as_it_was_written(kept: Database) -> None:
    assert findings_after(kept, []) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE revision SET document = replace(document, 'Seoul', 'Busan') WHERE id = '2021-03-18-kor-usa-2plus2'",
         "has been edited: its hash is another"),
        ("UPDATE revision SET actor = 'desk' WHERE seq = 7", "revision 7: has been edited"),
        ("UPDATE revision SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 7",
         "revision 7: is dated before the one before it"),
        ("UPDATE revision SET hash = previous_hash || '' WHERE seq = 7",
         "revision 8: does not carry the hash of the one before it"),
        ("UPDATE revision SET version = 3 WHERE seq = 7", "revision 7: is version 3 of party"),
    ],
)  # fmt: skip
def test_an_edited_revision_is_found(kept: Database, statement: str, expected: str) -> None:
    if "hash = previous_hash" in statement:
        statement = f"UPDATE revision SET hash = '{'0' * 64}' WHERE seq = 7"
    assert any(expected in finding for finding in findings_after(kept, unguarded(kept, statement)))


def test_a_deleted_inner_revision_is_found(kept: Database) -> None:
    """One that no row stands at: the first version of an assessed pledge."""
    id = "2024-10-31-aus-kor-call-01"
    delete = f"DELETE FROM revision WHERE id = '{id}' AND version = 1"
    found = findings_after(kept, unguarded(kept, delete))
    assert any("1 missing between them" in finding for finding in found)
    assert any(f"is version 2 of pledge {id}, after 0" in finding for finding in found)


def test_a_cut_off_tail_is_found_where_rows_stand_at_it(kept: Database) -> None:
    """Its rows must go along for the keys' sake, and their records are then gone: nothing of the chain shows it."""
    last = "2025-07-01-aus-kor-other"
    found = findings_after(kept, [f"UPDATE pledge SET revision = 1 WHERE meeting = '{last}'"])
    assert found == [f"pledge {last}-01: does not stand at its last revision"]


@pytest.mark.parametrize(
    ("statement", "record"),
    [
        (f"UPDATE pledge SET summary = 'Nothing at all.' WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET act = 'agree' WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET held_on = '2024-10-30' WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET undertaking = key WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET attested = 'joint-text' WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET retracted = 'Gone.' WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge SET version = 2 WHERE id = '{PLEDGE}'", f"pledge {PLEDGE}"),
        (f"UPDATE pledge_topic SET rank = 1 WHERE pledge = {KEY} AND rank = 0", f"pledge {PLEDGE}"),
        (f"UPDATE pledge_topic SET held_on = '2024-10-30' WHERE pledge = {KEY}", f"pledge {PLEDGE}"),
        (f"DELETE FROM pledge_topic WHERE pledge = {KEY} AND rank IS NULL", f"pledge {PLEDGE}"),
        (f"DELETE FROM pledge_party WHERE pledge = {KEY} AND is_derived", f"pledge {PLEDGE}"),
        (f"UPDATE pledge_party SET party = 'JPN' WHERE pledge = {KEY} AND position = 0", f"pledge {PLEDGE}"),
        (f"UPDATE pledge_party SET held_on = '2024-10-30' WHERE pledge = {KEY}", f"pledge {PLEDGE}"),
        ("UPDATE pledge_instrument SET instrument = 'npt' WHERE instrument = 'cotp'",
         "pledge 2021-03-18-kor-usa-2plus2-06"),
        (f"UPDATE citation SET start = start + 1 WHERE pledge = {KEY}", f"pledge {PLEDGE}"),
        (f"UPDATE citation SET zone = 'lede' WHERE pledge = {KEY} AND position = 0", f"pledge {PLEDGE}"),
        ("DELETE FROM citation WHERE position = 1", "pledge 2024-10-31-kor-usa-2plus2-"),
        (f"UPDATE link SET type = 'extends' WHERE pledge = {KEY} AND target IS NOT NULL", f"pledge {PLEDGE}"),
        (f"DELETE FROM link WHERE pledge = {KEY}", f"pledge {PLEDGE}"),
        ("UPDATE pledge_speaker SET participant = 'suh-wook'", "pledge 2023-01-31-kor-usa-defense-ministers-19"),
        ("UPDATE meeting SET city = 'Busan' WHERE id = '2021-03-18-kor-usa-2plus2'",
         "meeting 2021-03-18-kor-usa-2plus2"),
        ("UPDATE meeting_party SET held_on = '2021-03-17'", "meeting 2021-03-18-kor-usa-2plus2"),
        ("UPDATE meeting_source SET position = position + 5", "meeting 2021-03-18-kor-usa-2plus2"),
        ("UPDATE attendance SET office = 'Nobody'", "meeting 2021-03-18-kor-usa-2plus2"),
        ("UPDATE party SET name = 'Corea' WHERE code = 'KOR'", "party KOR"),
        ("UPDATE party SET folded = 'corea' WHERE code = 'KOR'", "party KOR"),
        ("DELETE FROM party_alias WHERE party = 'KOR' AND position = 0", "party KOR"),
        ("UPDATE topic SET definition = 'x' WHERE slug = 'cyber'", "topic cyber"),
        ("UPDATE topic SET parent = 'global' WHERE slug = 'cyber'", "topic cyber"),
        ("UPDATE topic_alias SET name = 'x' WHERE topic = 'cyber' AND position = 0", "topic cyber"),
        ("UPDATE topic_alias SET name = 'the same' WHERE topic = 'cyber'", "topic cyber"),
        (f"UPDATE pledge SET summary = ' ' WHERE id = '{PLEDGE}'", "pledge 2024-10-31-kor-usa-2plus2"),
        ("UPDATE meeting SET title = ' ' WHERE id = '2021-03-18-kor-usa-2plus2'", "meeting 2021-03-18-kor-usa-2plus2"),
        ("UPDATE instrument SET type = 'other' WHERE slug = 'cotp'", "instrument cotp"),
        ("UPDATE participant_alias SET is_error = NOT is_error", "participant cho-tae-yul"),
        ("UPDATE source SET length = length + 1 WHERE id = 'side-2025'", "source side-2025"),
        ("DELETE FROM source_issuer WHERE source = 'side-2025'", "source side-2025"),
        (f"UPDATE assessment SET fulfilment = 'upheld' WHERE pledge = {CALL} AND number = 2",
         "assessment 2024-10-31-aus-kor-call-02-a2"),
        (f"UPDATE assessment SET is_current = NOT is_current WHERE pledge = {CALL}",
         "pledge 2024-10-31-aus-kor-call-02"),
        ("UPDATE evidence SET title = 'x'", "assessment 2024-10-31-aus-kor-call-02-a1"),
    ],
)  # fmt: skip
def test_an_edited_row_is_found(kept: Database, statement: str, record: str) -> None:
    found = findings_after(kept, [statement])
    assert any(finding.startswith(record) for finding in found), found


def test_a_record_whose_row_is_gone_is_found(kept: Database) -> None:
    found = findings_after(kept, ["DELETE FROM instrument_alias", "DELETE FROM instrument WHERE slug = 'blue-water'"])
    assert "instrument cotp: has a column or part that does not follow from its document" not in found
    assert any(finding.startswith("instrument cotp: differs") for finding in found)


def _drop(database: Database, name: str) -> str:
    return f"DROP TRIGGER {name}" + ("" if database.is_sqlite else " ON revision")


def test_missing_triggers_are_found(kept: Database) -> None:
    names = (
        ["revision_is_never_changed", "revision_is_never_deleted", "revision_is_never_replaced"]
        if kept.is_sqlite
        else ["revision_is_never_changed", "revision_is_never_truncated"]
    )
    for name in names:
        found = findings_after(kept, [_drop(kept, name)])
        assert found == [f"trigger {name}: is gone or off: the ledger could be rewritten"]


def test_triggers_that_are_there_and_do_nothing_are_found(kept: Database) -> None:
    name = "revision_is_never_changed"
    if kept.is_sqlite:
        idle = [_drop(kept, name), f"CREATE TRIGGER {name} BEFORE UPDATE ON revision BEGIN SELECT 1; END"]
    else:
        idle = [f"ALTER TABLE revision DISABLE TRIGGER {name}"]
    assert findings_after(kept, idle) == [f"trigger {name}: is gone or off: the ledger could be rewritten"]


def test_nothing_of_this_stayed(kept: Database) -> None:
    with kept.reading() as session:
        connection: Connection = session.connection()
        assert connection.exec_driver_sql("SELECT count(*) FROM revision WHERE version = 1").scalar_one() > 300
        assert list(verify(session)) == []
