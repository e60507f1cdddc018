"""The first step: documents into the raw zone, and a fresh build with the raw tables in it."""

from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from klynge import checkout, progress, runs
from klynge.home import Home
from klynge.landing import documents
from klynge.landing.contracts import read_contracts
from klynge.landing.raw_zone import Load, read_ledger
from klynge.landing.submissions import which_loads_count
from klynge.releases.raw_tables import start_build
from orchestration.resources import NightlyRun

CONTRACTS = read_contracts(checkout.CONTRACTS)
RAW_TABLES = (
    "loads",
    "documents",
    "document_tables",
    *documents.DATASETS,
    *CONTRACTS,
    "quality_results",
)
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
        printed = documents.land_documents(home, checkout.SEEDS)
        submitted = [load for load in read_ledger(home) if load.dataset in CONTRACTS]
        loads = [*printed, *which_loads_count(submitted)]
        runs.keep(home, nightly.run_id, _LOADS, [asdict(load) for load in loads])
        start_build(home, loads, CONTRACTS)
    cells = sum(load.rows_loaded for load in loads if load.dataset == documents.CELLS)
    claims = sum(load.rows_loaded for load in loads if load.dataset == documents.CLAIMS)
    progress.milestone(f"raw zone: {cells:,} cells and {claims:,} claims")
    for table in RAW_TABLES:
        yield dg.MaterializeResult(["raw", table], metadata={"loads": len(loads)})


def loads_of(home: Home, run_id: str) -> list[Load]:
    """The loads a run was made from, as its first step wrote them down."""
    return [Load(**entry) for entry in runs.recall(home, run_id, _LOADS)]
