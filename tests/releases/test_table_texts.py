"""Both editions of the database and the Parquet files have the descriptions of tables."""

import json

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klynge.lineage.workspace import workspace
from klynge.releases.descriptions import ColumnDescription, TableDescription
from klynge.releases.editions import write_analyst_edition
from klynge.releases.frames import describe_frame
from klynge.releases.publishing import export_tables
from klynge.releases.reading import DATABASE, open_release
from klynge.releases.table_texts import write_comments
from tests.releases.described_models import MODELS

TABLE = (
    "Bevillinger. Bevillinger pr. år på øen.\n"
    "Grants <by> body. One row per organisation. It's about grants.\n"
    "Key: organisation_id."
)
COLUMNS = {
    "organisation_id": "Organisation.\nBody. The key.",
    "amount_kr": "Beløb på øen. Enhed: kroner. Må lægges sammen: ja. Penge & mere.\n"
    "Yearly grant. Unit: kroner. May be summed: yes. Money & more.",
    "share": "Andel. Enhed: procent. Må lægges sammen: kun within æ.\n"
    "Share. Unit: per cent. May be summed: only within æ.",
}


@pytest.fixture
def whole(tmp_path):
    path = tmp_path / "whole" / DATABASE
    path.parent.mkdir()
    with workspace(path) as connection:
        connection.execute("create schema evaluation")
        connection.execute(
            "create table evaluation.mart_grants as "
            "select 'made' as organisation_id, 1.50::decimal(18, 2) as amount_kr, "
            "2.00::decimal(9, 2) as share"
        )
        connection.execute("create view evaluation.v as from klyngedata.evaluation.mart_grants")
        write_comments(connection, MODELS)
    return path


def comments(database):
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = "select table_name, comment from duckdb_tables()"
        views = "select view_name, comment from duckdb_views() where not internal"
        columns = (
            "select column_name, comment from duckdb_columns() where table_name = 'mart_grants'"
        )
        return tuple(dict(connection.execute(sql).fetchall()) for sql in (tables, views, columns))


def test_both_editions_have_the_texts_as_comments(whole, tmp_path):
    analysts = tmp_path / DATABASE
    write_analyst_edition(whole, analysts, set())
    for database in (whole, analysts):
        assert comments(database) == ({"mart_grants": TABLE}, {"v": "A view."}, COLUMNS)


def test_a_restricted_table_takes_its_comments_with_it(whole, tmp_path):
    write_analyst_edition(whole, tmp_path / DATABASE, {"evaluation.mart_grants", "evaluation.v"})
    assert comments(tmp_path / DATABASE) == ({}, {}, {})


def test_a_parquet_file_has_the_texts_for_arrow_and_for_pandas(whole, tmp_path):
    export_tables(whole, tmp_path, frozenset(), MODELS)
    file = tmp_path / "marts" / "mart_grants.parquet"
    texts = json.loads(pq.read_schema(file).metadata[b"klyngedata"])
    assert texts == pd.read_parquet(file).attrs
    assert texts["label_da"] == "Bevillinger"
    assert texts["grain"] == ["organisation_id"]
    assert texts["columns"]["amount_kr"] == {
        "description": "Money & more.",
        "description_da": "Penge & mere.",
        "label_da": "Beløb på øen",
        "label_en": "Yearly grant",
        "unit": "kr",
        "sum": "yes",
    }


@pytest.mark.parametrize(
    ("language", "table", "amount"),
    [
        ("da", "Årlige tilskud.", "Penge."),
        ("en", "Grants.", "Money."),
        (None, "Grants.", "Money."),
    ],
)
def test_a_frame_is_described_in_the_language_of_its_headings(language, table, amount):
    columns = {
        "amount_kr": ColumnDescription(description="Money.", description_da="Penge."),
        "year": ColumnDescription(description="A year."),
    }
    described = TableDescription("mart_grants", "Grants.", "Årlige tilskud.", columns=columns)
    manifest = {"release_id": "a", "created_at": "", "basis": {"contains_sample": False}}
    rows = pa.table({"amount_kr": [1], "year": [2024]})
    attrs = describe_frame(manifest, rows, ["A", "B"], described, language)
    assert attrs["description"] == table
    # a text without a Danish translation stays in English
    assert attrs["descriptions"] == {"A": amount, "B": "A year."}


def test_a_release_says_what_every_column_is(sampled):
    release = open_release(home=sampled)
    for database in (release.whole_database, release.path / DATABASE):
        with duckdb.connect(str(database), read_only=True) as connection:
            silent = connection.execute(
                "select table_name, column_name from duckdb_columns() where comment is null "
                "and schema_name in ('core', 'evaluation', 'scores', 'allocation', 'audit')"
            ).fetchall()
        assert silent == []
    mart = pd.read_parquet(release.path / "marts" / "mart_funding_mix.parquet")
    amount = mart.attrs["columns"]["amount_kr"]
    assert amount["unit"] == "kr"
    assert amount["description_da"].startswith("Beløb i kroner. ")
