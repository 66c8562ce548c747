"""`verify` finds what somebody with the database's password has done behind the ledger's back."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import text

from app.exchange.book_files import load
from app.records.verify import verify
from app.store.database import Database
from tests.conftest import CopyMaker
from tests.richer import write_richer

SPRING, AUTUMN = "2021-03-18-kor-usa-2plus2", "2024-10-31-kor-usa-2plus2"


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
    with database.writing(commit=False) as connection:
        for statement in statements:
            connection.execute(text(statement))
        return [str(finding) for finding in verify(connection)]


def unguarded(database: Database, statement: str) -> list[str]:
    """The statement, with the ledger's triggers out of the way and put back afterwards."""
    if not database.is_sqlite:
        return ["ALTER TABLE revision DISABLE TRIGGER ALL", statement, "ALTER TABLE revision ENABLE TRIGGER ALL"]
    with database.reading() as connection:
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    return [*(f"DROP TRIGGER {name}" for name, _ in triggers), statement, *(sql for _, sql in triggers)]


def test_an_untouched_book_is_as_it_was_written(kept: Database) -> None:
    assert findings_after(kept, []) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE revision SET document = replace(document, 'Seoul', 'Busan') WHERE id = '2021-03-18-kor-usa-2plus2'",
         "was edited: its hash does not match its content"),
        ("UPDATE revision SET actor = 'desk' WHERE seq = 7", "revision 7: was edited"),
        ("UPDATE revision SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 7",
         "revision 7: is dated before the previous revision"),
        ("UPDATE revision SET hash = previous_hash || '' WHERE seq = 7",
         "revision 8: does not contain the hash of the previous revision"),
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
    assert any(f"is version 2 of pledge {id}, but follows version 0" in finding for finding in found)


def test_a_cut_off_tail_is_found_where_rows_stand_at_it(kept: Database) -> None:
    """Its rows must go along for the keys' sake, and their records are then gone: nothing of the chain shows it."""
    last = "2025-07-01-aus-kor-other"
    found = findings_after(kept, [f"UPDATE pledge SET revision = 1 WHERE meeting = '{last}'"])
    assert found == [f"pledge {last}-01: does not refer to its newest revision"]


# An edit of each column and part, each of a record of its own: they are made together, and each must be named.
# In a pledge's statement {id} and {key} stand for it.
EDITS = {
    f"pledge {SPRING}-01": "UPDATE pledge SET summary = 'Nothing at all.' WHERE id = '{id}'",
    f"pledge {SPRING}-02": "UPDATE pledge SET act = 'agree' WHERE id = '{id}'",
    f"pledge {SPRING}-03": "UPDATE pledge SET held_on = '2024-10-30' WHERE id = '{id}'",
    f"pledge {AUTUMN}-01": "UPDATE pledge SET undertaking = key WHERE id = '{id}'",
    f"pledge {SPRING}-05": "UPDATE pledge SET attested = 'joint-text' WHERE id = '{id}'",
    f"pledge {SPRING}-07": "UPDATE pledge SET retracted = 'Gone.' WHERE id = '{id}'",
    f"pledge {SPRING}-08": "UPDATE pledge SET version = 2 WHERE id = '{id}'",
    f"pledge {AUTUMN}-02": "UPDATE pledge_topic SET rank = 1 WHERE pledge = {key} AND rank = 0",
    f"pledge {AUTUMN}-03": "UPDATE pledge_topic SET held_on = '2024-10-30' WHERE pledge = {key}",
    f"pledge {AUTUMN}-04": "DELETE FROM pledge_topic WHERE pledge = {key} AND rank IS NULL",
    f"pledge {AUTUMN}-06": "DELETE FROM pledge_party WHERE pledge = {key} AND is_derived",
    f"pledge {AUTUMN}-12": "UPDATE pledge_party SET party = 'JPN' WHERE pledge = {key} AND position = 0",
    f"pledge {AUTUMN}-10": "UPDATE pledge_party SET held_on = '2024-10-30' WHERE pledge = {key}",
    f"pledge {AUTUMN}-20": "UPDATE pledge SET is_new = NOT is_new WHERE id = '{id}'",
    f"pledge {AUTUMN}-21": "UPDATE pledge SET disputed = NOT disputed WHERE id = '{id}'",
    f"pledge {SPRING}-06": "UPDATE pledge_instrument SET instrument = 'npt' WHERE pledge = {key}",
    f"pledge {AUTUMN}-13": "UPDATE citation SET start = start + 1 WHERE pledge = {key}",
    f"pledge {AUTUMN}-14": "UPDATE citation SET zone = 'lede' WHERE pledge = {key} AND position = 0",
    f"pledge {AUTUMN}-17": "DELETE FROM citation WHERE pledge = {key} AND position = 1",
    f"pledge {AUTUMN}-27": "UPDATE link SET type = 'extends' WHERE pledge = {key} AND target IS NOT NULL",
    f"pledge {AUTUMN}-38": "DELETE FROM link WHERE pledge = {key}",
    f"pledge {AUTUMN}-42": "UPDATE pledge_speaker SET participant = 'suh-wook' WHERE pledge = {key}",
    # All pledges of a meeting are read together: one that is no pledge any more spoils them all.
    "pledge 2025-06-01-aus-kor-defense-ministers":
        "UPDATE pledge SET summary = ' ' WHERE id = '2025-06-01-aus-kor-defense-ministers-03'",
    f"meeting {SPRING}": f"UPDATE meeting SET city = 'Busan' WHERE id = '{SPRING}'",
    f"meeting {AUTUMN}": f"UPDATE meeting_party SET held_on = '2021-03-17' WHERE meeting = '{AUTUMN}'",
    "meeting 2023-01-31-kor-usa-defense-ministers":
        "UPDATE attendance SET office = 'Nobody' WHERE meeting = '2023-01-31-kor-usa-defense-ministers'",
    "meeting 2024-10-31-aus-kor-call":
        "UPDATE meeting_source SET position = position + 5 WHERE meeting = '2024-10-31-aus-kor-call'",
    "meeting 2025-07-01-aus-kor-other": "UPDATE meeting SET title = ' ' WHERE id = '2025-07-01-aus-kor-other'",
    "party KOR": "UPDATE party SET name = 'Corea' WHERE code = 'KOR'",
    "party USA": "UPDATE party SET folded = 'corea' WHERE code = 'USA'",
    "party JPN": "DELETE FROM party_alias WHERE party = 'JPN' AND position = 0",
    "topic climate": "UPDATE topic SET definition = 'x' WHERE slug = 'climate'",
    "topic taiwan-strait": "UPDATE topic SET parent = 'global' WHERE slug = 'taiwan-strait'",
    "topic asean": "UPDATE topic_alias SET name = 'x' WHERE topic = 'asean' AND position = 0",
    "topic cyber": "UPDATE topic_alias SET name = 'the same' WHERE topic = 'cyber'",
    "instrument cotp": "UPDATE instrument SET type = 'other' WHERE slug = 'cotp'",
    "participant cho-tae-yul": "UPDATE participant_alias SET is_error = NOT is_error WHERE participant = 'cho-tae-yul'",
    "source side-2025": "UPDATE source SET length = length + 1 WHERE id = 'side-2025'",
    "source other-side-2025": "DELETE FROM source_issuer WHERE source = 'other-side-2025'",
    "assessment 2024-10-31-aus-kor-call-02-a2":
        "UPDATE assessment SET fulfilment = 'upheld' WHERE id = '2024-10-31-aus-kor-call-02-a2'",
    "assessment 2024-10-31-aus-kor-call-03-a1":
        "UPDATE assessment SET is_current = NOT is_current WHERE id = '2024-10-31-aus-kor-call-03-a1'",
    "assessment 2024-10-31-aus-kor-call-01-a1":
        "UPDATE evidence SET title = 'x' WHERE assessment = '2024-10-31-aus-kor-call-01-a1'",
}  # fmt: skip


def made(record: str) -> str:
    """The statement that edits a record."""
    id = record.partition(" ")[2]
    return EDITS[record].format(id=id, key=f"(SELECT key FROM pledge WHERE id = '{id}')")


@pytest.fixture(scope="module")
def edited(kept: Database) -> list[str]:
    """What `verify` finds once every edit has been made."""
    return findings_after(kept, [made(record) for record in EDITS])


@pytest.mark.parametrize("record", EDITS)
def test_an_edited_row_is_found(edited: list[str], record: str) -> None:
    assert any(finding.startswith(f"{record}: ") for finding in edited), edited


def test_a_record_whose_row_is_gone_is_found(kept: Database) -> None:
    found = findings_after(kept, ["DELETE FROM instrument_alias", "DELETE FROM instrument WHERE slug = 'blue-water'"])
    assert "instrument cotp: has a row that does not follow from its document" not in found
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
        assert found == [f"trigger {name}: is missing or disabled: the ledger could be rewritten"]


def test_triggers_that_are_there_and_do_nothing_are_found(kept: Database) -> None:
    name = "revision_is_never_changed"
    if kept.is_sqlite:
        idle = [_drop(kept, name), f"CREATE TRIGGER {name} BEFORE UPDATE ON revision BEGIN SELECT 1; END"]
    else:
        idle = [f"ALTER TABLE revision DISABLE TRIGGER {name}"]
    assert findings_after(kept, idle) == [f"trigger {name}: is missing or disabled: the ledger could be rewritten"]


def test_nothing_of_this_stayed(kept: Database) -> None:
    with kept.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM revision WHERE version = 1").scalar_one() > 300
        assert list(verify(connection)) == []
