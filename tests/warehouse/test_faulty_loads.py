"""Find the submitted loads that explain the failing rows of a check."""

from dataclasses import replace

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klynge.raw_zone import Load
from klynge.warehouse.faulty_loads import Failure, find_faulty_loads

#: The ids of three loads, in order of arrival.
FIRST, SECOND, OTHER_CALL = (digit * 16 for digit in "abc")
READS = {
    "core.fct_decisions": ["raw.decisions"],
    "scores.mart_scores": ["core.fct_decisions", "raw.applications"],
}


def load(load_id, dataset="decisions", period="call_1", basis="reported"):
    return Load(
        load_id=load_id,
        dataset=dataset,
        reporter="erst",
        period=period,
        correction_no=0,
        basis=basis,
        contract_version="1.0.0",
        files={},
        rows_read=1,
        rows_loaded=1,
        rows_rejected=0,
        rows_held=0,
        received_at=f"2026-01-0{'abc'.index(load_id[0]) + 1}T00:00:00.000+00:00",
        accepted_by="door",
        accepted_because="sound",
    )


LOADS = [load(FIRST), load(SECOND), load(OTHER_CALL, period="call_2")]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("create schema raw; create schema core; create schema scores")
        connection.execute("create schema reference")
        connection.execute("create table reference.organisations as select 'made' organisation_id")
        rows = [
            (f"{FIRST}#1", FIRST, "call_1", "made", "reported"),
            (f"{SECOND}#1", SECOND, "call_1", "made", "reported"),
            (f"{OTHER_CALL}#1", OTHER_CALL, "call_2", "made", "reported"),
            ("a_document#t.1", None, "call_1", "made", "published"),
        ]
        columns = "source_row_key, load_id, call_id, organisation_id, basis"
        values = ", ".join(map(str, rows)).replace("None", "null")
        for table in ("raw.decisions", "core.fct_decisions"):
            connection.execute(f"create table {table} as from (values {values}) as t ({columns})")
        connection.execute("create table scores.mart_scores as select 'call_1' as call_id")
        yield connection


def blamed(connection, table, *rows, published=()):
    failure = Failure("a_rule", "It holds.", (table,), rows, acceptable=True)
    blame = find_faulty_loads(connection, failure, LOADS, READS, published)
    return None if blame is None else sorted(blame.load_ids)


def test_the_key_of_a_failing_row_names_its_load(connection):
    row = {"organisation_id": "made", "source_row_key": f"{FIRST}#7", "basis": "reported"}
    assert blamed(connection, "core.fct_decisions", row) == [FIRST]
    assert blamed(connection, "core.fct_decisions", {"load_id": SECOND}) == [SECOND]


def test_a_group_is_blamed_on_the_load_that_was_received_last(connection):
    row = {"call_id": "call_1", "basis": "reported", "recommended_kr": 5}
    assert blamed(connection, "core.fct_decisions", row) == [SECOND]
    assert blamed(connection, "core.fct_decisions", {"call_id": "call_2"}) == [OTHER_CALL]


def test_a_row_of_a_mart_is_blamed_on_the_new_loads_of_its_datasets(connection):
    row = {"call_id": "call_1", "organisation_id": "made", "share": 0.5}
    assert blamed(connection, "scores.mart_scores", row) == [FIRST, SECOND]
    assert blamed(connection, "scores.mart_scores", row, published=[FIRST]) == [SECOND]
    assert blamed(connection, "scores.mart_scores", row, published=[FIRST, SECOND]) == [SECOND]


def test_a_model_that_cannot_be_built_is_blamed_on_new_loads_only(connection):
    everything = [FIRST, SECOND, OTHER_CALL]
    assert blamed(connection, "scores.mart_scores") == everything
    assert blamed(connection, "scores.mart_scores", published=everything) is None


@pytest.mark.parametrize(
    "row",
    [
        {"figure_id": "a_document#t.1", "source_row_key": "a_document#t.1", "basis": "published"},
        {"source_row_key": "a_document#t.1"},
        {"call_id": "call_1", "basis": "sample"},
    ],
)
def test_a_row_of_the_print_or_the_sample_is_explained_by_no_load(connection, row):
    sound = {"source_row_key": f"{FIRST}#1"}
    assert blamed(connection, "core.fct_decisions", row) is None
    assert blamed(connection, "core.fct_decisions", sound, row) is None


@given(st.lists(st.sampled_from([FIRST, SECOND, OTHER_CALL]), min_size=1, max_size=9))
def test_every_failing_row_that_names_its_load_is_explained(connection, load_ids):
    rows = [{"source_row_key": f"{load_id}#{n}"} for n, load_id in enumerate(load_ids)]
    assert blamed(connection, "core.fct_decisions", *rows) == sorted(set(load_ids))


def test_a_load_of_the_sample_is_never_blamed(connection):
    failure = Failure("a_rule", "It holds.", ("core.fct_decisions",), [{"load_id": FIRST}], True)
    loads = [replace(one, basis="sample") for one in LOADS]
    assert find_faulty_loads(connection, failure, loads, READS, ()) is None
