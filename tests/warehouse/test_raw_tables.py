"""The raw tables of submissions have the typed rows that count, in any order of arrival."""

import shutil
from dataclasses import asdict, replace
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klynge import checkout, raw_zone
from klynge.errors import InputError
from klynge.home import Home, write_json
from klynge.intake.contracts import read_contracts
from klynge.intake.door import Door
from klynge.intake.retention import erase
from klynge.intake.submissions import which_loads_count
from klynge.print.documents import land_documents
from klynge.raw_zone import decide, read_ledger
from klynge.warehouse.content_hash import content_hash
from klynge.warehouse.raw_tables import BuildInputs, start_build
from tests.submitted import receive, staff_file

CONTRACTS = read_contracts(checkout.CONTRACTS)
NAME = "full_time_equivalents_2021"
STAFF = "full_time_equivalents"
#: Older versions of the program did not write these entries of a document.
ADDED_FIELDS = ("role", "series_id", "headline_cell_id")


@pytest.fixture
def door(home) -> Door:
    land_documents(home, checkout.SEEDS)
    return Door.of(home)


def build(home: Home, as_of=None) -> None:
    ledger = read_ledger(home, as_of)
    start_build(home, BuildInputs(which_loads_count(ledger), CONTRACTS, ledger, []))


def ask(home: Home, sql: str):
    with duckdb.connect(str(home.database), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def staff(home: Home, as_of=None) -> dict[tuple[str, str], float]:
    build(home, as_of)
    rows = ask(
        home, f"select reporter, staff_funder, full_time_equivalents from raw.{STAFF} order by all"
    )
    values = {(reporter, funder): float(value) for reporter, funder, value in rows}
    assert len(values) == len(rows), "a row counts twice"
    return values


def test_every_dataset_has_its_table_typed_and_empty(door):
    build(door.home)
    origin = ["source_row_key", "load_id", "reporter", "period", "correction_no", "basis"]
    for dataset, contract in CONTRACTS.items():
        described = ask(door.home, f"describe raw.{dataset}")
        assert [row[0] for row in described] == [*origin, *(c.name for c in contract.columns)]
        types = {row[0]: row[1].lower() for row in described}
        assert all(types[c.name] == c.sql_type.replace(" ", "") for c in contract.columns)
        assert ask(door.home, f"select count(*) from raw.{dataset}") == [(0,)]


def test_objections_are_rows_in_both_languages(door, tmp_path):
    first, second = f"{STAFF}_2021", f"{STAFF}_2022"
    known = receive(door, staff_file(tmp_path, first, {"ufs": "1,5"}))
    held = receive(door, staff_file(tmp_path, second, {"ufs": "1,5"}))
    assert (known.state, held.state) == ("loaded", "held")
    build(door.home)
    [(load_id, number, check_id, english, danish)] = ask(
        door.home, "from raw.load_objections order by all"
    )
    assert (load_id, number, check_id) == (held.load_id, 1, "same_file_elsewhere")
    assert english.startswith(f"The file is, byte for byte, the file of load {known.load_id}")
    assert danish.startswith("Filen er byte for byte den samme")
    counts = ask(
        door.home, "select load_id, objection_count from raw.ledger where basis='reported'"
    )
    assert dict(counts) == {known.load_id: 0, held.load_id: 1}


def test_rows_say_where_they_come_from(door, tmp_path):
    load = receive(door, staff_file(tmp_path, NAME, {"ufs": "1,5"}))
    sample = receive(door, staff_file(tmp_path, NAME, {"ufs": "7"}), "sample")
    build(door.home)
    assert sorted(ask(door.home, f"from raw.{STAFF}")) == sorted(
        (f"{x.load_id}#1", x.load_id, x.reporter, "2021", 0, x.basis, "made", "ufs", value)
        for x, value in ((load, 1.5), (sample, 7))
    )


def test_a_partial_correction_replaces_and_adds_by_key(door, tmp_path):
    receive(door, staff_file(tmp_path, NAME, {"ufs": "1", "deb": "2"}))
    receive(door, staff_file(tmp_path, NAME, {"ufs": "9"}, "clean"), "clean")
    receive(door, staff_file(tmp_path, f"{NAME}_c1_partial", {"deb": "5", "other_income": "6"}))
    receive(door, staff_file(tmp_path, f"{NAME}_c2_partial", {"other_income": "7"}))
    expected = {("made", "ufs"): 1, ("made", "deb"): 5, ("made", "other_income"): 7}
    assert staff(door.home) == {**expected, ("clean", "ufs"): 9}
    receive(door, staff_file(tmp_path, f"{NAME}_c3", {"ufs": "3"}))
    assert staff(door.home) == {("made", "ufs"): 3, ("clean", "ufs"): 9}
    assert len(read_ledger(door.home)) == 15 + 5


def test_a_partial_correction_of_one_year_leaves_the_other_years_alone(door, tmp_path):
    receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    receive(door, staff_file(tmp_path, f"{STAFF}_2022", {"ufs": "2"}))
    receive(door, staff_file(tmp_path, f"{NAME}_c1_partial", {"ufs": "3"}))
    build(door.home)
    assert ask(
        door.home, f"select period, full_time_equivalents::integer from raw.{STAFF} order by all"
    ) == [("2021", 3), ("2022", 2)]


def test_what_was_known_then_is_built_again(door, tmp_path):
    moments = [datetime.now(UTC)]

    def known(load):
        moments.append(datetime.fromisoformat(load.received_at))

    objecting = replace(door, judge=lambda *_: ["odd"])
    known(receive(door, staff_file(tmp_path, NAME, {"ufs": "1"})))
    _tick()
    held = receive(objecting, staff_file(tmp_path, f"{NAME}_c1", {"ufs": "2"}))
    known(held)
    _tick()
    decided = decide(door.home, held, accepted=True, role="secretariat", reason="it is right")
    moments.append(datetime.fromisoformat(decided.about["decision"]["decided_at"]))
    found = [staff(door.home, moment) for moment in moments]
    assert found == [{}, {("made", "ufs"): 1}, {("made", "ufs"): 1}, {("made", "ufs"): 2}]


def _tick() -> None:
    """Wait until the time that the ledger would record has changed."""
    began = raw_zone.now()
    while raw_zone.now() == began:
        pass


def test_an_erased_load_is_built_without_its_rows(door, tmp_path):
    receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    newer = receive(door, staff_file(tmp_path, f"{NAME}_c1", {"ufs": "2"}))
    erase(door.home, newer, role="data protection officer", reason="asked for")
    assert staff(door.home) == {}
    assert ask(
        door.home,
        "select rows_loaded, about ->> '$.erasure.reason' from raw.loads "
        f"where dataset = '{STAFF}'",
    ) == [(1, "asked for")]


def test_a_document_landed_without_roles_has_those_of_its_origin_card(door):
    roles = "select document_id, document_role, series_id, headline_cell_id from raw.documents"
    tables = "select document_id, table_id, table_role from raw.document_tables"
    build(door.home)
    expected = [sorted(ask(door.home, sql), key=str) for sql in (roles, tables)]
    for load in read_ledger(door.home):
        about = {name: value for name, value in load.about.items() if name not in ADDED_FIELDS}
        for table in about["tables"]:
            del table["role"]
        entry = raw_zone.folder(door.home, load.dataset, load.load_id) / "load.json"
        write_json(entry, {**asdict(load), "about": about})
    build(door.home)
    assert [sorted(ask(door.home, sql), key=str) for sql in (roles, tables)] == expected


def test_a_load_by_a_newer_contract_stops_the_build(door, tmp_path):
    load = receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    entry = raw_zone.folder(door.home, load.dataset, load.load_id) / "load.json"
    write_json(entry, {**asdict(load), "contract_version": "1.10.0"})
    with pytest.raises(
        InputError, match=r"read with version 1\.10\.0 .* knows version 1\.0\.0 only"
    ):
        build(door.home)


def test_a_load_by_an_older_contract_is_read_as_far_as_it_goes(door, tmp_path):
    load = receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    data = raw_zone.folder(door.home, load.dataset, load.load_id) / "data.parquet"
    older = pq.read_table(data).drop_columns(["full_time_equivalents"])
    pq.write_table(older.append_column("hours", [["37"]]), data)
    build(door.home)
    assert ask(door.home, f"select staff_funder, full_time_equivalents from raw.{STAFF}") == [
        ("ufs", None)
    ]


#: The loads of a slot: (correction number, whether the correction is partial, hours by funder).
SLOT = (
    (0, False, {"ufs": "1", "deb": "2", "eu": "no funder"}),
    (1, True, {"deb": "3", "other_income": "x"}),
    (2, False, {"ufs": "4", "deb": "4"}),
    (3, True, {"other_income": "5"}),
    (4, True, {"deb": "6", "other_income": "7"}),
)


def hashes(home: Home) -> dict[str, str]:
    with duckdb.connect(str(home.database), read_only=True) as connection:
        return {d: content_hash(connection, "raw", d) for d in CONTRACTS}


@pytest.fixture(scope="module")
def with_documents(tmp_path_factory) -> Home:
    """Load the documents into a home, which tests only copy."""
    home = Home(tmp_path_factory.mktemp("documents"))
    home.prepare()
    land_documents(home, checkout.SEEDS)
    return home


def received(with_documents, tmp_path_factory, order) -> Home:
    """Build the raw tables of a home whose loads arrived in the given order."""
    home = Home(tmp_path_factory.mktemp("home"))
    shutil.copytree(with_documents.root, home.root, dirs_exist_ok=True)
    door, files = Door.of(home), tmp_path_factory.mktemp("files")
    for reporter, place in order:
        number, partial, hours = SLOT[place]
        suffix = f"_c{number}{'_partial' if partial else ''}" if number else ""
        load = receive(door, staff_file(files, NAME + suffix, hours, reporter), reporter)
        assert load.rows_read == len(hours) == load.rows_loaded + load.rows_rejected
    build(home)
    return home


ORDER = [("made", place) for place in range(len(SLOT))] + [("clean", 0), ("clean", 1)]


@pytest.fixture(scope="module")
def in_order(with_documents, tmp_path_factory) -> dict[str, str]:
    return hashes(received(with_documents, tmp_path_factory, ORDER))


@settings(max_examples=8)
@given(order=st.permutations(ORDER), again=st.sampled_from(ORDER))
def test_order_does_not_matter_and_twice_is_once(
    order, again, in_order, with_documents, tmp_path_factory
):
    home = received(with_documents, tmp_path_factory, [*order, again])
    assert sum(load.basis == "reported" for load in read_ledger(home)) == len(ORDER)
    assert hashes(home) == in_order
    assert staff(home) == {
        ("made", "ufs"): 4,
        ("made", "deb"): 6,
        ("made", "other_income"): 7,
        ("clean", "ufs"): 1,
        ("clean", "deb"): 3,
    }


def test_a_number_left_out_changes_nothing_for_those_that_came(door, tmp_path):
    receive(door, staff_file(tmp_path, NAME, {"ufs": "1"}))
    receive(door, staff_file(tmp_path, f"{NAME}_c7", {"ufs": "2"}))
    assert staff(door.home) == {("made", "ufs"): 2}
