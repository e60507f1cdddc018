"""The column lineage finds every kind of source, loses none, and names a source for constants."""

import duckdb
import pytest

from klynge.lineage.column_lineage import CONSTANT, EVERY, ColumnDecider, ColumnLineage
from klynge.lineage.models import CompiledModels, Model

RAW = {
    "raw.activities": {"id": "INTEGER", "kind": "VARCHAR", "year": "INTEGER", "ok": "BOOLEAN"},
    "raw.people": {"activity": "INTEGER", "name": "VARCHAR", "hours": "INTEGER"},
    "raw.kinds": {"kind": "VARCHAR", "label": "VARCHAR"},
}


def model(name, sql, grain=(), materialized="table"):
    schema, _, table = name.partition(".")
    reads = frozenset(
        f"{s}.{t}"
        for s, t in (part.split(".") for part in sql.split() if part.count(".") == 1)
        if s in ("raw", "staging", "core")
    )
    return Model(schema, table, materialized, sql, reads, tuple(grain), "", {})


def lineage(*models):
    columns = dict(RAW)
    with duckdb.connect() as connection:
        for table, types in RAW.items():
            schema = table.partition(".")[0]
            connection.execute(f"create schema if not exists {schema}")
            declared = ", ".join(f"{name} {kind}" for name, kind in types.items())
            connection.execute(f"create table {table} ({declared})")
        for one in models:
            connection.execute(f"create schema if not exists {one.schema}")
            connection.execute(f"create view {one.name} as {one.sql}")
            described = connection.execute(f"describe {one.name}").fetchall()
            columns[one.name] = {name: kind for name, kind, *_ in described}
    return ColumnLineage(CompiledModels(models, {}), columns)


def one(sql, column, grain=()):
    """Return what decides a column of a single model."""
    found = lineage(model("core.t", sql, grain))
    assert found.direct("core.t") == found.origins("core.t")
    return found.origins("core.t")[column]


def of(kind, column, table="raw.activities"):
    return ColumnDecider(kind, table, column)


def people(kind, column):
    return of(kind, column, "raw.people")


@pytest.mark.parametrize(
    ("sql", "column", "decides"),
    [
        ("select id from raw.activities", "id", {of("value", "id")}),
        (
            "select id + year as n from raw.activities where ok",
            "n",
            {of("value", "id"), of("value", "year"), of("filter", "ok")},
        ),
        ("select count(*) as n from raw.activities", "n", {of("value", EVERY)}),
        (
            "select year, count(*) filter (where ok) as n from raw.activities group by year",
            "n",
            {of("value", EVERY), of("filter", "ok"), of("group", "year")},
        ),
        (
            "select kind, sum(year) as n from raw.activities group by kind having min(id) > 3",
            "n",
            {of("value", "year"), of("group", "kind"), of("filter", "id")},
        ),
        (
            "select row_number() over (partition by kind order by year) as n from raw.activities",
            "n",
            {of("group", "kind"), of("order", "year")},
        ),
        (
            "select string_agg(kind, ',' order by year) as n from raw.activities",
            "n",
            {of("value", "kind"), of("order", "year")},
        ),
        (
            "select a.id from raw.activities as a where exists "
            "(select 1 from raw.people as p where p.activity = a.id and p.hours > 1)",
            "id",
            {
                of("value", "id"),
                of("join", "id"),
                people("join", "activity"),
                people("filter", "hours"),
                people("group", "activity"),
            },
        ),
        (
            "select id from raw.activities where id not in (select activity from raw.people)",
            "id",
            {of("value", "id"), of("filter", "id"), people("filter", "activity")},
        ),
        (
            "select id from raw.activities except select activity from raw.people",
            "id",
            {of("value", "id"), of("filter", "id"), people("filter", "activity")},
        ),
        (
            "select id from raw.activities union all select activity from raw.people",
            "id",
            {of("value", "id"), people("value", "activity")},
        ),
        ("select 'x' as word from raw.activities", "word", {of("value", EVERY)}),
        ("select 1 as n", "n", {CONSTANT}),
        (
            "select kind, row_number() over (order by id) as n from raw.activities "
            "qualify max(year) over (partition by kind) > 3",
            "kind",
            {of("value", "kind"), of("filter", "year"), of("group", "kind")},
        ),
        (
            "select a.id, (select max(hours) from raw.people) as most from raw.activities as a",
            "most",
            {people("value", "hours")},
        ),
    ],
)
def test_every_kind_is_found(sql, column, decides):
    assert one(sql, column) == decides


def test_a_join_decides_every_column_unless_it_adds_nothing():
    kinds = model(
        "core.k", "select kind, min(label) as label from raw.kinds group by kind", ["kind"]
    )
    mart = model(
        "core.t",
        "select a.id, k.label, p.name from raw.activities as a "
        "left join core.k as k on a.kind = k.kind "
        "inner join raw.people as p on p.activity = a.id",
    )
    found = lineage(kinds, mart)
    inner = {of("join", "id"), people("join", "activity")}
    assert found.direct("core.t")["id"] == {of("value", "id"), *inner}
    assert found.direct("core.t")["label"] == {
        of("value", "label", "core.k"),
        of("join", "kind", "core.k"),
        of("join", "kind"),
        *inner,
    }


def test_origins_go_through_views_and_tables_and_keep_what_each_decides():
    staged = model(
        "staging.s", "select id, year, kind from raw.activities where ok", materialized="view"
    )
    counted = model("core.c", "select year, count(*) as n from staging.s group by year", ["year"])
    mart = model("core.m", "select n as shown from core.c where year > 2020")
    found = lineage(staged, counted, mart)
    assert found.direct("core.m")["shown"] == {
        of("value", "n", "core.c"),
        of("filter", "year", "core.c"),
    }
    assert found.origins("core.m")["shown"] == {
        of("value", EVERY),
        of("filter", "ok"),
        of("group", "year"),
        of("filter", "year"),
    }


def test_what_is_not_taken_apart_is_told_too_broadly_and_never_left_out():
    found = one(
        "with recursive walk as (select id, year from raw.activities where ok union all "
        "select walk.id, walk.year + 1 from walk where walk.year < 2030) select id from walk",
        "id",
    )
    assert {of("value", "id"), of("filter", "ok")} <= found
