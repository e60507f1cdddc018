"""Test the two editions: analysts get no row about a participant, the owner gets every row."""

from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest

from klynge.errors import GateRefusedError, InputError
from klynge.raw_zone import Load
from klynge.releases.editions import write_analyst_edition
from klynge.releases.reading import DATABASE, RESTRICTED, open_release

SUBMITTED = Load(
    load_id="0" * 16,
    dataset="participants",
    reporter="sample",
    period="2021",
    correction_no=0,
    basis="sample",
    contract_version="1.0.0",
    files={},
    rows_read=1,
    rows_loaded=1,
    rows_rejected=0,
    rows_held=0,
    received_at="2026-01-01T00:00:00+00:00",
    accepted_by="contract",
    accepted_because="no objection",
)
PSEUDONYM = "p_0123456789abcdef0123456789abcdef"


@pytest.fixture
def whole(tmp_path):
    """Write a database with a restricted table, two views, and tables for analysts."""
    path = tmp_path / "whole" / DATABASE
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw")
        connection.execute("create schema core")
        connection.execute("create schema evaluation")
        connection.execute(
            f"create table core.fct_participants as select '{PSEUDONYM}' as participant_id"
        )
        connection.execute("create table raw.counts as select 3::integer as n, 12.50 as kr")
        connection.execute("create view evaluation.z as from klyngedata.raw.counts")
        connection.execute("create view evaluation.a as from klyngedata.evaluation.z")
        connection.execute("create table evaluation.mart as select 1::decimal(18, 2) as kr")
    return path


def names(path):
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            f"{schema}.{name}"
            for schema, name in connection.execute(
                "select table_schema, table_name from information_schema.tables"
            ).fetchall()
        }


def test_the_analysts_edition_leaves_restricted_tables_out_to_the_last_byte(whole, tmp_path):
    target = tmp_path / DATABASE
    write_analyst_edition(whole, target, {"core.fct_participants"})
    assert names(target) == {"raw.counts", "evaluation.z", "evaluation.a", "evaluation.mart"}
    assert PSEUDONYM.encode() not in target.read_bytes()
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute("from evaluation.a").fetchall() == [(3, Decimal("12.50"))]


def test_an_identifier_that_nobody_marked_stops_the_release(whole, tmp_path):
    with pytest.raises(GateRefusedError, match=r"core\.fct_participants\.participant_id"):
        write_analyst_edition(whole, tmp_path / DATABASE, set())


def test_a_view_on_a_restricted_table_is_named(whole, tmp_path):
    with duckdb.connect(str(whole)) as connection:
        connection.execute(
            "create view core.v as select 1 as n from klyngedata.core.fct_participants"
        )
    with pytest.raises(GateRefusedError, match=r"core\.v"):
        write_analyst_edition(whole, tmp_path / DATABASE, {"core.fct_participants"})


def test_a_release_with_submitted_data_has_two_editions(home, publish_number):
    release = open_release(
        publish_number(7, loads=[SUBMITTED], restricted={"evaluation.mart_number"}), home
    )
    assert release.whole_database.parent.name == RESTRICTED
    assert release.whole_database.parent.stat().st_mode & 0o777 == 0o500
    assert release.whole_database.stat().st_mode & 0o777 == 0o400
    with pytest.raises(InputError, match="only the restricted edition has it"):
        release.table("mart_number")
    with pytest.raises(InputError, match="only the restricted edition has mart_number"):
        release.query("from evaluation.mart_number")
    assert len(release.table("mart_number", restricted=True)) == 1000
    assert not (release.path / "marts" / "mart_number.parquet").exists()


def test_a_release_of_printed_figures_has_one_edition(home, publish_number):
    release = open_release(publish_number(7, loads=[replace(SUBMITTED, basis="published")]), home)
    assert release.whole_database == release.path / DATABASE
