"""A build stores the lineage of columns; the SQL is analysed again only if it has changed."""

from dataclasses import replace

import pytest

from klynge.lineage.models import CompiledModels, Model
from klynge.lineage.workspace import run_models, workspace
from klynge.warehouse import column_lineage
from klynge.warehouse.column_lineage import COLUMNS, MART, create_table, write_column_lineage
from tests.conftest import klynge


def model(name, sql, reads):
    schema, _, table = name.partition(".")
    return Model(schema, table, "table", sql, frozenset(reads), (), "", {})


SHOWN = model("core.shown", "select year from raw.years where ok", ["raw.years"])
OF_COLUMNS = model(MART, "select * from raw.column_lineage", ["raw.column_lineage"])


def built(*models):
    """Run models; give a connection in which the mart of lineage is still empty."""
    with workspace() as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.years (year integer, ok boolean)")
        create_table(connection)
        run_models(connection, CompiledModels(models, {}).values())
        yield connection


@pytest.fixture
def connection():
    yield from built(SHOWN, OF_COLUMNS)


def rows(connection, table="core.shown"):
    schema, _, name = table.partition(".")
    found = connection.execute(
        f"select reach, kind, source_table, source_column from {MART}"
        " where table_schema = ? and table_name = ? order by all",
        [schema, name],
    )
    return found.fetchall()


def test_the_mart_holds_what_the_models_read(connection):
    write_column_lineage(connection, CompiledModels([SHOWN, OF_COLUMNS], {}))
    assert rows(connection) == [
        ("direct", "filter", "years", "ok"),
        ("direct", "value", "years", "year"),
        ("origin", "filter", "years", "ok"),
        ("origin", "value", "years", "year"),
    ]
    own = connection.execute(
        f"select distinct column_name from {MART} where table_name = 'mart_column_lineage'"
    ).fetchall()
    assert {name for (name,) in own} == set(COLUMNS)


def test_it_is_read_again_only_when_the_sql_has_changed(connection, tmp_path, monkeypatch):
    cache = tmp_path / "lineage.parquet"
    models = CompiledModels([SHOWN, OF_COLUMNS], {})
    first = write_column_lineage(connection, models, cache)
    before = rows(connection)
    reads = []
    read = column_lineage.column_lineage
    monkeypatch.setattr(
        column_lineage, "column_lineage", lambda *said: [reads.append(1), *read(*said)][1:]
    )
    connection.execute("delete from raw.column_lineage")
    assert write_column_lineage(connection, models, cache) == first
    assert (rows(connection), reads) == (before, [])
    other = replace(SHOWN, sql="select year from raw.years")
    connection.execute("delete from raw.column_lineage")
    write_column_lineage(connection, CompiledModels([other, OF_COLUMNS], {}), cache)
    assert reads == [1]
    # a process that was killed while writing leaves a cache that cannot be used
    cache.write_bytes(cache.read_bytes()[:20])
    connection.execute("delete from raw.column_lineage")
    write_column_lineage(connection, models, cache)
    assert (rows(connection), reads) == (before, [1, 1])
    connection.execute("delete from raw.column_lineage")
    write_column_lineage(connection, CompiledModels([other, OF_COLUMNS], {}))
    assert ("direct", "filter", "years", "ok") not in rows(connection)


def test_a_release_that_kept_none_says_so(home, publish_number):
    publish_number(1)
    done = klynge(home, "lineage", "export")
    assert done.returncode == 2
    assert "run `klynge nightly` to build a release with column lineage" in done.stderr
