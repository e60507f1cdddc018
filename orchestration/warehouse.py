"""The dbt models as Dagster assets, and dbt's tests as their checks."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from klynge import progress, quality
from klynge.errors import GateRefusedError
from klynge.print.values import compare_values
from orchestration import dbt
from orchestration.resources import NightlyRun

_UNIQUE_ID = "dagster_dbt/unique_id"


class Translator(DagsterDbtTranslator):
    """Assets are named ``<schema>/<table>``, as a reader finds them in the database."""

    def __init__(self) -> None:
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["schema"])


def build_warehouse(manifest: Path) -> dg.AssetsDefinition:
    """One multi-asset for all models of the manifest."""

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=Translator(),
        exclude="resource_type:unit_test",
        name="warehouse",
    )
    def warehouse(
        context: dg.AssetExecutionContext, nightly: NightlyRun
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        with nightly.step("warehouse") as home:
            results = dbt.build(home)
            tests = dbt.describe_tests(home, results)
            quality.keep_verdict(home, nightly.run_id, tests, quality.TESTS)
        models = [r for r in results if r.resource_type != "test"]
        progress.milestone(
            f"dbt: {len(models)} models and seeds, {len(results) - len(models)} tests"
        )
        yield from _events(context.assets_def, results)
        with nightly.step("warehouse") as home:
            dbt.refuse_failures(home, results)
            with duckdb.connect(str(home.database), read_only=True) as connection:
                cells, differing = compare_values(connection)
            if differing:
                raise GateRefusedError(
                    "\n  ".join(["the two readings of a printed number differ:", *differing])
                )
        progress.milestone(f"values: macro and parser agree on {cells:,} cells")

    return warehouse


def _events(
    assets: dg.AssetsDefinition, results: list[dbt.NodeResult]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Materialisations of what was built, and a check result for each test."""
    keys = {spec.metadata[_UNIQUE_ID]: spec.key for spec in assets.specs}
    checks = {spec.metadata[_UNIQUE_ID]: spec for spec in assets.check_specs if spec.metadata}
    for result in results:
        metadata: dict[str, Any] = {"status": result.status, "seconds": result.seconds}
        if result.unique_id in keys and result.passed:
            yield dg.MaterializeResult(keys[result.unique_id], metadata=metadata)
        elif result.unique_id in checks and result.status != "skipped":
            check = checks[result.unique_id]
            yield dg.AssetCheckResult(
                passed=result.passed,
                asset_key=check.asset_key,
                check_name=check.name,
                metadata={**metadata, "failures": result.failures or 0},
            )
