"""The first step: documents and submissions into the raw zone, and a fresh build from them."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import dagster as dg

from expectations.door import door_judge
from klynge import checkout, progress, runs
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
from klynge.intake.retention import finish_erasures
from klynge.intake.submissions import which_loads_count
from klynge.print import documents
from klynge.raw_zone import Load, read_ledger
from klynge.warehouse.raw_tables import start_build
from orchestration.resources import NightlyRun
from sample.landing import land_sample

CONTRACTS = read_contracts(checkout.CONTRACTS)
RAW_TABLES = (
    "loads",
    "ledger",
    "documents",
    "document_tables",
    *documents.DATASETS,
    *CONTRACTS,
    "quality_results",
    "column_lineage",
)
_LOADS = "loads.json"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["raw", table], group_name="raw", kinds={"duckdb"}) for table in RAW_TABLES
    ],
    name="raw_zone",
)
def raw_zone(nightly: NightlyRun) -> Iterator[dg.MaterializeResult]:
    """Land what came in and write the raw tables from the explicit list of loads that count."""
    with nightly.step("raw_zone") as home:
        finish_erasures(home)
        if nightly.known_at is None:
            loads = _land(home, with_sample=nightly.with_sample)
        else:
            loads = _known(home, nightly.known_at, with_sample=nightly.with_sample)
        runs.keep(home, nightly.run_id, _LOADS, [asdict(load) for load in loads])
        start_build(home, loads, CONTRACTS, read_ledger(home, nightly.known_at))
    progress.milestone(f"raw zone: {_counted(loads)}")
    for table in RAW_TABLES:
        yield dg.MaterializeResult(["raw", table], metadata={"loads": len(loads)})


def loads_of(home: Home, run_id: str) -> list[Load]:
    """The loads a run was made from, as its first step wrote them down."""
    return [Load(**entry) for entry in runs.recall(home, run_id, _LOADS)]


def _land(home: Home, *, with_sample: bool) -> list[Load]:
    """Land the checkout's documents and what lies in the inbox; the loads that count now."""
    printed = documents.land_documents(home, checkout.SEEDS)
    door = Door.of(home, door_judge(home))
    landed, refused = land_inbox(door)
    if landed or refused:
        held = sum(load.state == "held" for load in landed)
        progress.milestone(
            f"inbox: {len(landed) - held} file(s) loaded, {held} held, {len(refused)} refused"
            + ("; `klynge status` says why" if refused else "")
        )
    sample = land_sample(door) if with_sample else []
    reported = [load for load in read_ledger(home) if load.basis == "reported"]
    return [*printed, *which_loads_count(reported), *sample]


def _known(home: Home, known_at: datetime, *, with_sample: bool) -> list[Load]:
    """The loads that counted at a time, from the raw zone alone."""
    counting = which_loads_count(read_ledger(home, known_at))
    if not any(load.basis == "published" for load in counting):
        raise InputError(
            f"nothing was known at {known_at.isoformat()}: the ledger's first load came later; "
            "`klynge loads list --all` tells when each came"
        )
    return [load for load in counting if with_sample or load.basis != "sample"]


def _counted(loads: list[Load]) -> str:
    rows: dict[str, int] = {}
    for load in loads:
        kind = load.dataset if load.basis == "published" else load.basis
        rows[kind] = rows.get(kind, 0) + (0 if load.erased else load.rows_loaded)
    counts = [
        f"{rows[documents.CELLS]:,} cells and {rows[documents.CLAIMS]:,} claims",
        *(f"{rows[basis]:,} {basis} rows" for basis in ("reported", "sample") if basis in rows),
    ]
    erased = sum(load.erased for load in loads)
    return ", ".join(counts) + (f"; {erased} load(s) without rows: erased" if erased else "")
