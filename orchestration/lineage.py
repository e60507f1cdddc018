"""Which columns published ones come from: read off the models' SQL once they are built."""

from collections.abc import Sequence

import dagster as dg
import duckdb

from klynge import progress
from klynge.warehouse.column_lineage import write_column_lineage
from klynge.warehouse.compiled_models import read_compiled_models
from orchestration import dbt
from orchestration.resources import NightlyRun

#: The step's asset; the checks of the gate wait for it.
KEY = dg.AssetKey(["audit", "column_lineage"])


def build_lineage(built: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The asset that fills the mart of column lineage, between the models and the gate.

    It comes after ``built``, which no check of the gate may look at: what rests on a checked asset
    waits for the gate, and the gate waits for this.
    """

    @dg.asset(key=KEY, deps=built, group_name="audit", kinds={"duckdb"})
    def column_lineage(nightly: NightlyRun) -> dg.MaterializeResult:
        with nightly.step("column_lineage") as home:
            models = read_compiled_models(dbt.compiled_models(home), dbt.describe_models(home))
            with duckdb.connect(str(home.database)) as connection:
                rows = write_column_lineage(
                    connection, models, cache=home.build / "column_lineage.parquet"
                )
        progress.milestone(f"lineage: {rows:,} ways from column to column")
        return dg.MaterializeResult(metadata={"rows": rows})

    return column_lineage
