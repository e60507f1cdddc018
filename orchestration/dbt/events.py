"""Make Dagster's events for the models that dbt built and the tests that dbt ran."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.dbt.building import NodeResult

#: The metadata key of assets and checks under which dagster-dbt keeps the dbt id of a node.
UNIQUE_ID = "dagster_dbt/unique_id"


def events_of(
    assets: dg.AssetsDefinition,
    results: Sequence[NodeResult],
    metadata: Mapping[str, Mapping[str, Any]],
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Yield a materialisation for each model that was built and a result for each test that ran.

    ``metadata`` has the metadata of each table's materialisation, by ``schema.table``.
    """
    keys = {spec.metadata[UNIQUE_ID]: spec.key for spec in assets.specs if spec.metadata}
    checks = {spec.metadata[UNIQUE_ID]: spec for spec in assets.check_specs if spec.metadata}
    for result in results:
        key, check = keys.get(result.unique_id), checks.get(result.unique_id)
        if key is not None and result.passed:
            of_table = metadata.get(".".join(key.path), {})
            yield dg.MaterializeResult(key, metadata={"seconds": result.seconds, **of_table})
        elif check is not None and result.status != "skipped":
            yield _check_result(check, result)


def _check_result(check: dg.AssetCheckSpec, result: NodeResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=check.asset_key,
        check_name=check.name,
        metadata={"seconds": result.seconds, "failing rows": result.failures or 0},
    )
