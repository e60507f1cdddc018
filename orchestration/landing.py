"""The first step: documents into the raw zone, and a fresh build with the raw tables in it."""

from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from klynge import checkout, progress, runs
from klynge.home import Home
from klynge.landing import documents
from klynge.landing.raw_zone import Load
from klynge.releases.raw_tables import start_build
from orchestration.resources import NightlyRun

RAW_TABLES = ("loads", "documents", "document_tables", *documents.DATASETS, "quality_results")
_LOADS = "loads.json"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["raw", table], group_name="raw", kinds={"duckdb"}) for table in RAW_TABLES
    ],
    name="raw_zone",
)
def raw_zone(nightly: NightlyRun) -> Iterator[dg.MaterializeResult]:
    """Land every transcribed document and write the raw tables from the explicit list of loads."""
    with nightly.step("raw_zone") as home:
        loads = documents.land_documents(home, checkout.SEEDS)
        runs.keep(home, nightly.run_id, _LOADS, [asdict(load) for load in loads])
        start_build(home, loads)
    cells = sum(load.rows_loaded for load in loads if load.dataset == documents.CELLS)
    claims = sum(load.rows_loaded for load in loads if load.dataset == documents.CLAIMS)
    progress.milestone(f"raw zone: {cells:,} cells and {claims:,} claims")
    for table in RAW_TABLES:
        yield dg.MaterializeResult(["raw", table], metadata={"loads": len(loads)})


def loads_of(home: Home, run_id: str) -> list[Load]:
    """The loads a run was made from, as its first step wrote them down."""
    return [Load(**entry) for entry in runs.recall(home, run_id, _LOADS)]
