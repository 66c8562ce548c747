"""Loading books from files: idempotent, all or nothing per line, faults by file, line and field; and out again."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.exchange.book_files import Report, export, load
from app.exchange.check_texts import Texts
from app.records import keys, meetings
from app.records.migrate import migrate
from app.records.verify import verify
from app.schemas.meetings import MeetingCreate
from app.schemas.vocabulary import Entity, Operation
from app.store.database import Database
from app.store.ledger import Writer, read_head, read_revision
from tests import generated
from tests.conftest import SEEDS, Call, CopyMaker
from tests.richer import write_richer
from tests.statements import statement

TOPIC = "- kind: topic\n  slug: {slug}\n  name: {name}\n  definition: Of a test.\n"


def seq_of(database: Database) -> int:
    with database.reading() as connection:
        return read_head(connection).seq


def book_of(database: Database) -> str:
    with database.reading() as connection:
        return "".join(f"{line}\n" for line in export(connection))


def written(folder: Path, text: str, name: str = "lines.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(database: Database, path: Path) -> list[str]:
    """What loading a file finds wrong, without the folder; and nothing is written."""
    before = seq_of(database)
    report = load(database, [path])
    assert seq_of(database) == before
    return [str(fault).removeprefix(f"{path.parent}/") for fault in report.faults]


def parts_of_index(database: Database) -> int:
    """How many parts SQLite's index of pledges is in."""
    with database.reading() as connection:
        return int(connection.execute(text("SELECT count(DISTINCT segid) FROM search_pledge_idx")).scalar_one())


def test_a_large_load_leaves_the_search_index_in_one_part_and_a_small_one_as_it_is(
    database: Database, tmp_path: Path
) -> None:
    lines = generated.book(7, meetings=60)
    later = next(line for line in reversed(lines) if line["kind"] == "meeting")
    few, many = tmp_path / "few.jsonl", tmp_path / "many.jsonl"
    few.write_text(json.dumps(later))
    many.write_text("\n".join(json.dumps(line) for line in lines if line is not later))
    assert load(database, [many]).is_clean
    assert not database.is_sqlite or parts_of_index(database) == 1
    assert load(database, [few]).is_clean
    assert not database.is_sqlite or parts_of_index(database) > 1
    with database.reading() as connection:
        assert list(verify(connection)) == []


# Again and again ------------------------------------------------------------------------------------------------------


def test_loading_the_seeds_again_appends_nothing(seeded_database: Database) -> None:
    before = seq_of(seeded_database)
    report = load(seeded_database, [SEEDS])
    assert report == Report(left=report.left)
    assert report.left > 150
    assert seq_of(seeded_database) == before


def test_an_edited_file_appends_exactly_what_changed(seeded_database: Database, tmp_path: Path) -> None:
    original = SEEDS / "meetings" / "2021-03-18-kor-usa-2plus2.yaml"
    text = original.read_text(encoding="utf-8")
    edited = text.replace("city: Seoul", "city: Incheon").replace(
        "specificity: named-action", "specificity: measurable", 1
    )
    before = seq_of(seeded_database)
    report = load(seeded_database, [written(tmp_path, edited)])
    assert (report.created, report.changed, report.faults) == (0, 2, [])
    with seeded_database.reading() as connection:
        changed = read_revision(connection, Entity.meeting, "2021-03-18-kor-usa-2plus2")
        assert changed
        assert (changed.seq, changed.version, changed.operation) == (before + 1, 2, Operation.change)
        assert json.loads(changed.document)["city"] == "Incheon"
        assert read_head(connection).seq == before + 2
        assert list(verify(connection)) == []
    load(seeded_database, [original])
    assert seq_of(seeded_database) == before + 4


def test_a_pledge_added_to_a_file_is_added_and_one_taken_out_stays(seeded_database: Database, tmp_path: Path) -> None:
    line = {"kind": "meeting", **statement()}
    path = written(tmp_path, json.dumps(line), "m.jsonl")
    assert load(seeded_database, [path]).created == 3
    line["pledges"] = [*line["pledges"], {**line["pledges"][1], "summary": "A third one.", "act": "urge"}]
    report = load(seeded_database, [written(tmp_path, json.dumps(line), "m.jsonl")])
    assert (report.created, report.changed, report.faults, report.skipped) == (0, 1, [], [])
    line["pledges"] = line["pledges"][:1]
    assert load(seeded_database, [written(tmp_path, json.dumps(line), "m.jsonl")]).changed == 0
    with seeded_database.reading() as connection:
        assert len(meetings.pledge_documents(connection, "2025-06-01-aus-kor-defense-ministers")) == 3


def test_what_others_wrote_last_is_skipped_unless_told_otherwise(seeded_database: Database, tmp_path: Path) -> None:
    line = {"kind": "meeting", **statement()}
    with seeded_database.writing() as connection:
        meetings.create_meeting(Writer(connection, "desk"), MeetingCreate.model_validate(statement()))
    path = written(tmp_path, json.dumps(line), "m.jsonl")
    assert load(seeded_database, [path]) == Report(left=3), "the same is no reason to skip"
    line |= {"city": "Sydney"}
    line["pledges"][1]["summary"] = "Launches are condemned."
    path = written(tmp_path, json.dumps(line), "m.jsonl")
    before = seq_of(seeded_database)
    report = load(seeded_database, [path])
    id = "2025-06-01-aus-kor-defense-ministers"
    assert report.skipped == [f"{id} was last written by desk", f"{id}-02 was last written by desk"]
    assert not report.is_clean
    assert seq_of(seeded_database) == before
    report = load(seeded_database, [path], overwrite=True)
    assert report.is_clean
    assert seq_of(seeded_database) == before + 2
    assert load(seeded_database, [path]).is_clean


def test_a_line_that_fails_leaves_nothing_and_stops_no_other(seeded_database: Database, tmp_path: Path) -> None:
    bad = {"kind": "meeting", **statement(pledges__1__about=["ZZZ9"])}
    good = {"kind": "party", "code": "NEW", "type": "group", "name": "A new group"}
    before = seq_of(seeded_database)
    report = load(seeded_database, [written(tmp_path, f"{json.dumps(bad)}\n\n{json.dumps(good)}\n", "both.jsonl")])
    (fault,) = map(str, report.faults)
    assert fault.startswith(f"{tmp_path}/both.jsonl:1: pledges.1.about.0 must name a party of the book")
    assert report.created == 1
    assert seq_of(seeded_database) == before + 1


def test_a_source_whose_issuer_is_corrected_rewrites_the_pledges_that_cite_it(
    seeded_database: Database, tmp_path: Path
) -> None:
    load(seeded_database, [written(tmp_path, json.dumps({"kind": "meeting", **statement()}), "m.jsonl")])
    line = {"kind": "source", **statement()["sources"][0], "issued_by": ["KOR"]}
    before = seq_of(seeded_database)
    assert load(seeded_database, [written(tmp_path, json.dumps(line), "s.jsonl")]).is_clean
    assert seq_of(seeded_database) == before + 3, "the source and both pledges"
    with seeded_database.reading() as connection:
        document = meetings.pledge_documents(connection, "2025-06-01-aus-kor-defense-ministers")[0]
        assert json.loads(document)["attested"] == "one-side"
        assert list(verify(connection)) == []


# Faults ---------------------------------------------------------------------------------------------------------------


def fault_of_seed(database: Database, folder: Path, right: str, wrong: str) -> tuple[int, str]:
    """A meeting of the seeds with something wrong in it: the line where that stands, and the fault that is told."""
    original = (SEEDS / "meetings" / "2021-03-18-kor-usa-2plus2.yaml").read_text(encoding="utf-8")
    text = original.replace(right, wrong)
    (fault,) = faults_of(database, written(folder, text))
    return 1 + text[: text.index(wrong)].count("\n"), fault


def test_a_fault_is_named_by_file_line_and_field(seeded_database: Database, tmp_path: Path) -> None:
    right, wrong = "topics: [dprk-provocations, dprk-policy]", "topics: [dprk-provocations, dprk-polcy]"
    number, fault = fault_of_seed(seeded_database, tmp_path, right, wrong)
    assert fault.startswith(f"lines.yaml:{number}: pledges.7.topics.1 must name a topic of the book")
    assert "dprk-policy" in fault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- kind: topic\n  slug: a\n  slug: b\n", "lines.yaml:3: a key is duplicated"),
        ("- &it\n  kind: topic\n- *it\n", "lines.yaml:1: YAML aliases are not supported"),
        ("- kind: topic\n  slug: [a\n", "lines.yaml:3: not YAML"),
        (TOPIC.format(slug="NO", name="x"), "lines.yaml:2: slug must be a slug"),
        (TOPIC.format(slug="no", name="07"), "lines.yaml:3: name must be text"),
        (TOPIC.format(slug="no", name="no\n  colour: red"), "lines.yaml:4: colour is not a known field"),
        (TOPIC.format(slug="no", name="2024-10-31"), "lines.yaml:3: name must be text"),
        (TOPIC.format(slug="no", name="2024-02-30"), "lines.yaml:3: name must be text"),
        ("- slug: no\n", "lines.yaml:1: must have a `kind`"),
        ("- kind: tropic\n", "lines.yaml:1: must be one of"),
        ("- 5\n", "lines.yaml:1: "),
        ("just words\n", "lines.yaml:1: "),
        ("- kind: topic\n\n\n- kind: topic\n  slug: x\n", "lines.yaml:1: slug is required"),
        ("[" * 3000 + "]" * 3000, "lines.yaml:1: nested too deeply"),
    ],
)
def test_yaml_that_would_be_silent_damage_is_refused(
    seeded_database: Database, tmp_path: Path, text: str, expected: str
) -> None:
    assert faults_of(seeded_database, written(tmp_path, text))[0].startswith(expected)


def test_a_day_that_does_not_exist_is_named_where_it_stands(seeded_database: Database, tmp_path: Path) -> None:
    wrong = "held_on: 2021-02-29"
    number, fault = fault_of_seed(seeded_database, tmp_path, "held_on: 2021-03-18", wrong)
    assert fault.startswith(f"lines.yaml:{number}: held_on must be a date")


def test_words_that_older_yaml_turns_into_something_else_stay_words(seeded_database: Database, tmp_path: Path) -> None:
    text = (
        TOPIC.format(slug="no", name="NO") + TOPIC.format(slug="on", name="Off") + TOPIC.format(slug="x12", name="1_2a")
    )
    text += '- {kind: party, code: "NO", type: group, name: yes, aliases: [on, 0o7a, "07", ~x]}\n'
    assert load(seeded_database, [written(tmp_path, text)]).is_clean
    lines = {
        line.get("slug") or line.get("code"): line for line in map(json.loads, book_of(seeded_database).splitlines())
    }
    assert [lines[slug]["name"] for slug in ("no", "on", "x12")] == ["NO", "Off", "1_2a"]
    assert lines["NO"]["name"] == "yes"
    assert lines["NO"]["aliases"] == ["on", "0o7a", "07", "~x"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"kind": "topic"', "must be JSON"),
        (b'{"kind": "topic", "kind": "topic"}', "a key occurs twice"),
        (b'{"kind": "topic", "slug": NaN}', "NaN"),
        (b'{"kind": "topic", "slug": "\\ud800"}', "surrogate"),
        (b'{"kind": "topic", "slug": "\xff"}', "UTF-8"),
        (b"[" * 100_000, "deep"),
        (b'{"kind": "topic", "slug": 1e999}', "too large"),
    ],
)
def test_json_lines_are_read_as_strictly_as_a_body(
    seeded_database: Database, tmp_path: Path, line: bytes, expected: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\n" + line + b"\n")
    (fault,) = faults_of(seeded_database, path)
    assert fault.startswith("x.jsonl:2: ")
    assert expected.removeprefix("must be ") in fault


def test_doubles_are_told_and_taken(seeded_database: Database, tmp_path: Path) -> None:
    text = (SEEDS / "meetings" / "2021-03-18-kor-usa-2plus2.yaml").read_text(encoding="utf-8")
    path = written(tmp_path, text.replace("id: 2021-03-18-kor-usa-2plus2\n", "id: 2021-03-18-kor-usa-2plus2-9\n"))
    report = load(seeded_database, [path])
    assert report.is_clean
    assert report.created == 16
    assert report.remarks == [
        "2021-03-18-kor-usa-2plus2-9 resembles 2021-03-18-kor-usa-2plus2: same parties, day and type"
    ]


def test_two_meetings_without_ids_do_not_take_each_other_s_place(seeded_database: Database, tmp_path: Path) -> None:
    first, second = ({**statement(), "kind": "meeting", "title": title} for title in ("One", "Another"))
    path = written(tmp_path, f"{json.dumps(first)}\n{json.dumps(second)}\n", "two.jsonl")
    report = load(seeded_database, [path])
    assert [(fault.line, fault.path) for fault in report.faults] == [(2, ("id",))]
    with seeded_database.reading() as connection:
        standing = read_revision(connection, Entity.meeting, "2025-06-01-aus-kor-defense-ministers")
        assert standing is not None
        assert json.loads(standing.document)["title"] == "One"
    again = load(seeded_database, [written(tmp_path, json.dumps(first), "one.jsonl")])
    assert (again.created, again.changed, again.is_clean) == (0, 0, True)


def test_a_load_retracts_nobody_whom_a_standing_meeting_names(seeded_database: Database, tmp_path: Path) -> None:
    """A meeting that is itself retracted may name him so; others that stand may not lose him."""
    person = {"slug": "lloyd-austin", "name": "Lloyd Austin", "retracted": "coded in error"}
    line = statement(retracted="coded in error")
    for pledge in line["pledges"]:
        pledge["retracted"] = "coded in error"
    line["participants"].append({"participant": person, "party": "AUS", "office": "Guest"})
    before = book_of(seeded_database)
    path = written(tmp_path, json.dumps({**line, "kind": "meeting"}), "guest.jsonl")
    report = load(seeded_database, [path], overwrite=True)
    assert len(report.faults) == 1
    assert "refer to this record" in report.faults[0].message
    assert book_of(seeded_database) == before


# Out and in again -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exported(make_copy: CopyMaker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file with the export of the seeds and more: assessments, disputes, retractions."""
    folder = tmp_path_factory.mktemp("exported")
    with make_copy(True, folder) as url:
        database = Database(url)
        assert load(database, [write_richer(folder)]).is_clean
        path = written(folder, book_of(database), "book.jsonl")
        database.close()
        yield path


def test_export_load_export_gives_the_same_bytes(exported: Path, database: Database) -> None:
    report = load(database, [exported])
    assert report.is_clean, [str(fault) for fault in report.faults]
    assert book_of(database) == exported.read_text(encoding="utf-8")
    with database.reading() as connection:
        assert list(verify(connection)) == []
    before = seq_of(database)
    assert load(database, [exported]).changed == 0
    assert seq_of(database) == before


def test_a_book_moves_between_engines(exported: Path, tmp_path: Path) -> None:
    """What each engine exports is, byte for byte, what SQLite exports after loading it; so either loads the other's."""
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)
    assert load(other, [exported]).is_clean
    assert book_of(other) == exported.read_text(encoding="utf-8")
    other.close()


def test_an_export_holds_what_was_assessed_and_retracted_and_nothing_derived(exported: Path) -> None:
    lines = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    assert {key for line in lines for key in line} & {"version", "attested", "fulfilment", "undertaking"} == set()
    by_id = {line["id"]: line for line in lines if line["kind"] == "meeting"}
    call = by_id["2024-10-31-aus-kor-call"]
    assert [len(pledge["assessments"]) for pledge in call["pledges"]][:4] == [1, 3, 2, 0]
    assert call["pledges"][3]["retracted"] == "Coded in error."
    assert by_id["2025-07-01-aus-kor-other"]["retracted"] == "It never met."
    kinds = [line["kind"] for line in lines]
    assert kinds == sorted(kinds, key=["party", "topic", "instrument", "participant", "source", "meeting"].index)
    days = [(line["held_on"], line["id"]) for line in lines if line["kind"] == "meeting"]
    assert days == sorted(days)
    parents = [line["parent"] is not None for line in lines if line["kind"] == "topic"]
    assert parents == sorted(parents)


# Against the texts ----------------------------------------------------------------------------------------------------

TEXT = "Canberra, June 1\nThe two ministers — 장관 — will sail together\n  EVERY year. They condemn the launches.\n"


def cited(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"source": "canberra-2025", "zone": "body", "start": start, "end": start + len(words)}


def texts_and_line(folder: Path, **changes: Any) -> tuple[Path, dict[str, Any]]:
    """A folder with the text, and a meeting line that cites it rightly but for `changes`."""
    texts = folder / "texts"
    texts.mkdir(exist_ok=True)
    (texts / "statement.txt").write_text(TEXT, encoding="utf-8")
    right = {
        "sources__0__sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
        "sources__0__length": len(TEXT),
        "pledges__0__citations": [cited("will sail together\n  EVERY year")],
        "pledges__0__formula": ["sail together every year"],
        "pledges__0__due__text": "every YEAR",
        "pledges__1__citations": [cited("They condemn the launches.")],
    }
    line = statement(**{**right, **changes})
    return texts, line


def checked(call: Call, folder: Path, texts: Path, line: dict[str, Any]) -> list[str]:
    source = {"kind": "source", **line["sources"][0]}
    meeting = {"kind": "meeting", **line, "sources": ["canberra-2025"]}
    path = written(folder, f"{json.dumps(source)}\n{json.dumps(meeting)}\n", "book.jsonl")
    answer = call("check", "--texts", str(texts), str(path), url="sqlite:///nowhere.db")
    faults = [text.removeprefix(f"{path}:") for text in answer.stderr.splitlines()]
    assert answer.returncode == (1 if faults else 0), answer.stderr
    assert answer.stdout.endswith(f"{len(faults)} faults.\n")
    return faults


@pytest.fixture
def once(engine: str) -> None:
    """For what needs no database: one run is enough."""
    if engine != "sqlite":
        pytest.skip("needs no database")


def test_what_stands_in_the_text_is_found_there(once: None, tmp_path: Path, call: Call) -> None:
    assert checked(call, tmp_path, *texts_and_line(tmp_path)) == []
    answer = call(
        "check", "--texts", str(tmp_path / "texts"), "--show", str(tmp_path / "book.jsonl"), url="sqlite:///n.db"
    )
    assert "canberra-2025: will sail together EVERY year" in answer.stdout


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"sources__0__sha256": "0" * 64}, "1: sha256 is not the SHA-256 of a text in the folder"),
        ({"sources__0__length": len(TEXT) - 1}, f"1: length must be {len(TEXT)}, the code points of the text"),
        ({"pledges__0__formula": ["sail alone"]}, "2: pledges.0.formula.0 must be words of a cited span"),
        ({"pledges__0__due__text": "each year"}, "2: pledges.0.due.text must be words of a cited span"),
        ({"pledges__0__condition": {"kind": "trigger", "text": "if"}},
         "2: pledges.0.condition.text must be words of a cited span"),
        ({"pledges__1__citations__0__end": len(TEXT)},
         "2: pledges.1.citations.0 must begin and end with words, not with white space"),
        ({"pledges__1__citations__0__end": len(TEXT) + 1},
         f"2: pledges.1.citations.0.end must lie within the text, which has {len(TEXT)} code points"),
    ],
)  # fmt: skip
def test_what_does_not_stand_in_the_text_is_told(
    once: None, tmp_path: Path, call: Call, changes: dict[str, Any], fault: str
) -> None:
    assert fault in checked(call, tmp_path, *texts_and_line(tmp_path, **changes))


def test_loading_with_texts_refuses_what_they_do_not_bear_out(seeded_database: Database, tmp_path: Path) -> None:
    texts, line = texts_and_line(tmp_path, pledges__0__formula=["sail alone"])
    source = {"kind": "source", **line["sources"][0]}
    meeting = {"kind": "meeting", **line, "sources": ["canberra-2025"]}
    path = written(tmp_path, f"{json.dumps(source)}\n{json.dumps(meeting)}\n", "book.jsonl")
    before = seq_of(seeded_database)
    report = load(seeded_database, [path], texts=Texts(texts))
    assert [fault.path for fault in report.faults] == [("pledges", 0, "formula", 0)]
    assert seq_of(seeded_database) == before + 1, "the source alone"


def test_a_source_given_whole_or_in_the_book_is_held_against_its_text(
    seeded_database: Database, tmp_path: Path
) -> None:
    """As drafts have it: the source stands in the meeting, in the place of its id."""
    texts, line = texts_and_line(tmp_path)
    whole = line["sources"][0]
    line["pledges"][0]["citations"][0]["source"] = whole
    path = written(tmp_path, json.dumps({**line, "kind": "meeting", "sources": [whole["id"]]}), "whole.jsonl")
    wrong = {**line, "kind": "meeting", "sources": [{**whole, "length": 5}]}
    report = load(seeded_database, [written(tmp_path, json.dumps(wrong), "wrong.jsonl")], texts=Texts(texts))
    assert [fault.path for fault in report.faults] == [("sources", 0, "length")]
    report = load(seeded_database, [path], texts=Texts(texts))
    assert (report.faults, report.created > 0) == ([], True)
    line["pledges"][0]["citations"][0]["source"] = whole["id"]
    known = {**line, "kind": "meeting", "sources": [whole["id"]], "title": "Told again"}
    report = load(seeded_database, [written(tmp_path, json.dumps(known), "known.jsonl")], texts=Texts(texts))
    assert (report.faults, report.changed) == ([], 1)


def test_a_key_may_not_be_named_as_the_loader(seeded_database: Database) -> None:
    from app.errors import Invalid

    with pytest.raises(Invalid), seeded_database.writing() as connection:
        keys.create_key(connection, "load")
