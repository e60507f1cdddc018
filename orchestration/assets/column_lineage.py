"""The assets of column lineage, which is derived from the models' SQL after the build."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from klynge import progress
from klynge.home import Home
from klynge.lineage.models import CompiledModels
from klynge.messages import counted
from klynge.warehouse.column_lineage import (
    MART,
    TABLE,
    direct_sources,
    find_column_lineage,
    write_column_lineage,
)
from klynge.warehouse.compiled_models import read_compiled_models
from orchestration.dbt.building import compile_project
from orchestration.dbt.manifest import Node, describe_models, describe_source, find_node
from orchestration.dbt.project import compiled_models
from orchestration.dbt.translator import Translator
from orchestration.owners import owners_of
from orchestration.partial_build import built_tables
from orchestration.resources import NightlyRun
from orchestration.table_metadata import describe_tables


def build_column_lineage(
    manifest: Node, translator: Translator, models: Sequence[dg.AssetKey]
) -> dg.AssetsDefinition:
    """Make the step for ``raw.column_lineage`` and its mart, between ``models`` and the gate.

    No check of the gate may be on one of ``models``. An asset waits for the checks of the assets
    that it depends on. So this step would wait for the gate, while the gate waits for this step.
    """
    mart = translator.get_asset_spec(manifest, find_node(manifest, MART), None)
    raw = dg.AssetSpec(
        TABLE.split("."),
        deps=models,
        description=describe_source(manifest, TABLE),
        group_name="raw",
        kinds={"duckdb"},
        owners=owners_of("raw"),
    )

    @dg.multi_asset(
        specs=[spec.replace_attributes(skippable=True) for spec in (raw, mart)],
        name="column_lineage",
        can_subset=True,
    )
    def column_lineage(
        context: dg.AssetExecutionContext, nightly: NightlyRun
    ) -> Iterator[dg.MaterializeResult]:
        with nightly.step(context) as home:
            if not nightly.is_whole:
                compile_project(home)
                _require_all_models(home)
            metadata = write_lineage(home)
            for key in (raw.key, mart.key):
                if key in context.selected_asset_keys:
                    yield dg.MaterializeResult(key, metadata=metadata[".".join(key.path)])

    return column_lineage


def write_lineage(home: Home) -> dict[str, dict[str, Any]]:
    """Write the raw table and the mart; return the metadata of all tables of the build."""
    with duckdb.connect(str(home.database)) as connection:
        rows = write_column_lineage(connection, _models(home), cache=_cache(home))
        metadata = describe_tables(connection)
    progress.milestone(
        counted(
            "lineage: {count:,} way from column to column",
            "lineage: {count:,} ways from column to column",
            rows,
        )
    )
    return metadata


def read_lineage(
    home: Home, connection: duckdb.DuckDBPyConnection, tables: Collection[str] | None = None
) -> dict[str, dg.TableColumnLineage]:
    """Return the columns of each model (``schema.table``) with the columns that they come from.

    ``tables`` are the models that were just compiled. None means all models of the project.
    """
    cache = _cache(home) if tables is None else None
    found = find_column_lineage(connection, _models(home, tables), cache)
    lineage: dict[str, dict[str, list[dg.TableColumnDep]]] = {}
    for schema, table, column, source_schema, source_table, source in direct_sources(found):
        dependency = dg.TableColumnDep(dg.AssetKey([source_schema, source_table]), source)
        lineage.setdefault(f"{schema}.{table}", {}).setdefault(column, []).append(dependency)
    return {table: dg.TableColumnLineage(columns) for table, columns in lineage.items()}


def _models(home: Home, tables: Collection[str] | None = None) -> CompiledModels:
    described = describe_models(home)
    if tables is not None:
        described["models"] = [
            model
            for model in described["models"]
            if f"{model['schema']}.{model['table']}" in tables
        ]
    return read_compiled_models(compiled_models(home), described)


def _cache(home: Home) -> Path:
    return home.build / "column_lineage.parquet"


def _require_all_models(home: Home) -> None:
    missing = sorted(set(_models(home)) - built_tables(home))
    if missing:
        raise dg.Failure(
            f"The lineage of columns needs every model. The build lacks {len(missing)} of them, "
            f"such as {missing[0]}: materialise all models first.",
            allow_retries=False,
        )
