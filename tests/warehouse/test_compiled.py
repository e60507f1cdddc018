"""Test the order and inputs of a release's compiled models, and run them without dbt."""

import duckdb
import pytest

from klynge.errors import InputError
from klynge.home import Home
from klynge.lineage import LineageError
from klynge.lineage.models import CompiledModels, Model, ModelColumn, relation_name
from klynge.lineage.workspace import attach_views, run_models, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import Release, open_release
from klynge.warehouse.content_hash import content_hash


def model(name, sql, reads, *, materialized="table", types=None):
    schema, table = name.split(".")
    columns = {c: ModelColumn(t, "", None, None, None) for c, t in (types or {}).items()}
    return Model(schema, table, materialized, sql, frozenset(reads), ("a",), "", columns)


CHAIN = CompiledModels(
    [
        model(
            "evaluation.mart_b",
            f"select a + 1 as b from {relation_name('core.fct_a')}",
            {"core.fct_a"},
        ),
        model(
            "core.fct_a",
            f"select a from {relation_name('staging.stg_a')} -- every one",
            {"staging.stg_a"},
            types={"a": "decimal(9, 2)"},
        ),
        model("core.dim_c", f"from {relation_name('reference.c')}", {"reference.c"}),
        model(
            "staging.stg_a",
            f"select a from {relation_name('raw.a')}",
            {"raw.a"},
            materialized="view",
        ),
    ],
    seeds={},
)


def test_models_stand_after_what_they_read():
    order = list(CHAIN)
    assert len(order) == 4
    assert (
        order.index("staging.stg_a") < order.index("core.fct_a") < order.index("evaluation.mart_b")
    )
    assert [m.name for m in CHAIN.readers["core.fct_a"]] == ["evaluation.mart_b"]


def test_only_what_lies_between_is_run():
    whole = CHAIN.build_plan((), ["evaluation.mart_b"])
    assert [m.table for m in whole] == ["stg_a", "fct_a", "mart_b"]
    assert CHAIN.external_inputs(whole) == {"raw.a"}
    short = CHAIN.build_plan({"core.fct_a"}, ["evaluation.mart_b"])
    assert [m.table for m in short] == ["mart_b"]
    assert CHAIN.external_inputs(short) == {"core.fct_a"}


def test_what_hangs_on_a_table():
    assert CHAIN.downstream_of(["raw.a"]) == {"staging.stg_a", "core.fct_a", "evaluation.mart_b"}
    assert CHAIN.downstream_of(["core.fct_a"]) == {"core.fct_a", "evaluation.mart_b"}
    assert CHAIN.downstream_of(["raw.unknown"]) == set()


def test_running_gives_views_and_typed_tables():
    with workspace() as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.a as select 1 as a")
        run_models(connection, CHAIN.build_plan((), ["evaluation.mart_b"]))
        types = connection.execute(
            "select table_schema, table_type, column_name, data_type "
            "from information_schema.tables join information_schema.columns "
            "using (table_catalog, table_schema, table_name) where table_schema <> 'raw' order by 1"
        ).fetchall()
        assert types == [
            ("core", "BASE TABLE", "a", "DECIMAL(9,2)"),
            ("evaluation", "BASE TABLE", "b", "DECIMAL(13,2)"),
            ("staging", "VIEW", "a", "INTEGER"),
        ]


def test_an_unknown_model_names_the_nearest():
    assert CHAIN.named("mart_b") is CHAIN.named("evaluation.mart_b")
    with pytest.raises(LineageError, match="no model 'mart_bb': did you mean mart_b"):
        CHAIN.named("mart_bb")


def test_a_release_that_says_nothing_of_its_models_is_named(tmp_path):
    with pytest.raises(
        InputError, match=rf"release {tmp_path.name} .*run `klynge nightly` for a release that has"
    ):
        read_models(Release(tmp_path))


def test_a_release_knows_its_own_models(published: Home):
    release = open_release(home=published)
    models = read_models(release)
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        held = connection.execute(
            "select table_schema || '.' || table_name, table_type from information_schema.tables "
            "where table_schema not in ('raw', 'reference', 'main')"
        ).fetchall()
    kinds = {"BASE TABLE": "table", "VIEW": "view"}
    assert {name: kinds[kind] for name, kind in held} == {
        m.name: m.materialized for m in models.values()
    }
    assert all(model.grain for model in models.values())
    leaves = models.external_inputs(models.values())
    assert {name.split(".")[0] for name in leaves} == {"raw", "reference"}
    assert {name.split(".")[1] for name in leaves if name.startswith("reference.")} <= set(
        models.seeds
    )


def test_a_mart_is_made_again_from_the_core_tables(published: Home):
    release = open_release(home=published)
    models = read_models(release)
    stored = {t["table"]: t["content_hash"] for t in release.manifest["tables"]}
    core = {name for name in models if name.startswith("core.")}
    chain = models.build_plan(core, ["evaluation.mart_performance_development"])
    with workspace() as connection:
        attach_views(connection, release.whole_database, models.external_inputs(chain))
        run_models(connection, chain)
        made = content_hash(connection, "evaluation", "mart_performance_development")
    assert made == stored["mart_performance_development"]
