"""The dbt models as assets, and dbt's tests as their checks."""

from collections.abc import Iterable, Iterator
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import dbt_assets

from klynge import progress, quality
from klynge.home import Home
from klynge.messages import message
from klynge.warehouse.column_lineage import MART
from orchestration.assets.column_lineage import read_lineage
from orchestration.dbt.building import (
    NodeResult,
    build,
    describe_results,
    refuse_failures,
)
from orchestration.dbt.events import UNIQUE_ID, events_of
from orchestration.dbt.manifest import Node, describe_columns, table_name, tables_read
from orchestration.dbt.translator import Translator
from orchestration.partial_build import built_tables
from orchestration.resources import NightlyRun
from orchestration.setting_aside import build_models
from orchestration.table_metadata import describe_tables


def build_warehouse(manifest: Node, translator: Translator) -> dg.AssetsDefinition:
    """Make one step for all models of the manifest, except the mart of column lineage."""

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        exclude=f"resource_type:unit_test {MART.split('.')[1]}",
        name="warehouse",
    )
    def warehouse(
        context: dg.AssetExecutionContext, nightly: NightlyRun
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with nightly.step(context) as home:
            selection = None if nightly.is_whole else _select(context, home, manifest)
            results = build_models(home, nightly) if selection is None else build(home, selection)
            tests = describe_results(home, results)
            progress.milestone(
                message(
                    "dbt: {models} models and seeds, {tests} tests",
                    models=len(results) - len(tests),
                    tests=len(tests),
                )
            )
            if nightly.is_whole:
                quality.keep_verdict(home, nightly.run_id, tests, quality.TESTS)
            yield from events_of(context.assets_def, results, _describe(home, results, selection))
            refuse_failures(home, results)

    return warehouse


def _describe(
    home: Home, results: Iterable[NodeResult], selection: Iterable[Node] | None
) -> dict[str, dict[str, Any]]:
    """The metadata of each table (``schema.table``): row count, columns, and column sources."""
    chosen = None
    if selection is not None:
        chosen = {table_name(node) for node in selection if node["resource_type"] == "model"}
    with duckdb.connect(str(home.database), read_only=True) as connection:
        found = describe_tables(connection, describe_columns(home))
        compiled = all(r.passed for r in results if r.resource_type != "test")
        if compiled and chosen != set():
            for table, lineage in read_lineage(home, connection, chosen).items():
                found[table]["dagster/column_lineage"] = lineage
    return found


def _select(context: dg.AssetExecutionContext, home: Home, manifest: Node) -> list[Node]:
    """Select the dbt nodes for the assets and checks of a run.

    A test is left out if the build lacks a table that the test reads. Raises
    :class:`dagster.Failure` if the build lacks a table that a model reads, or if no node is left.
    """
    specs, nodes = context.assets_def.specs_by_key, manifest["nodes"]
    models = {key: nodes[specs[key].metadata[UNIQUE_ID]] for key in context.selected_asset_keys}
    there = built_tables(home) | {".".join(key.path) for key in models}
    for key, model in sorted(models.items()):
        if missing := sorted(tables_read(model, manifest) - there):
            raise dg.Failure(
                f"{'.'.join(key.path)} reads {', '.join(missing)}, which the build does not have: "
                f"select what it needs, too, as in +key:{key.to_user_string()}",
                allow_retries=False,
            )
    tests = [
        nodes[context.assets_def.get_spec_for_check_key(check).metadata[UNIQUE_ID]]
        for check in sorted(context.selected_asset_check_keys)
    ]
    runnable = [test for test in tests if tables_read(test, manifest) <= there]
    if left_out := len(tests) - len(runnable):
        missing = sorted(set().union(*(tables_read(test, manifest) for test in tests)) - there)
        progress.milestone(
            f"left out: {left_out} check(s), because the build lacks {', '.join(missing)}"
        )
    chosen = [*models.values(), *runnable]
    if not chosen:
        raise dg.Failure(
            "The build has none of the tables that these checks judge: materialise them first.",
            allow_retries=False,
        )
    return chosen
