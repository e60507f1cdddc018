"""The raw tables: load new documents and submissions into the raw zone, and start a build."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

import dagster as dg
import duckdb

from expectations.door import door_judge
from klynge import checkout, progress
from klynge.danish_time import danish_day
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import Contract
from klynge.intake.door import Door
from klynge.intake.inbox import land_inbox
from klynge.intake.submissions import which_loads_count
from klynge.messages import Message, counted, joined, message
from klynge.overlay.acceptance import land_overlay
from klynge.persons.erasing import finish_interrupted
from klynge.print import documents
from klynge.raw_zone import Load, read_ledger
from klynge.reference.seeds import Reference, place_seeds, read_reference
from klynge.warehouse.raw_tables import BuildInputs, replace_raw_tables
from klynge.warehouse.reporting import expected_on
from klynge.words import BASES
from orchestration.assets import inputs
from orchestration.dbt.manifest import Node
from orchestration.owners import owners_of
from orchestration.resources import NightlyRun
from orchestration.setting_aside import start_build_of_run
from orchestration.table_metadata import describe_tables
from sample.landing import land_sample

#: Raw tables that depend on every document, file and contract.
_OF_ALL_LOADS = frozenset(
    {"loads", "ledger", "load_objections", "expected_submissions", "load_subjects"}
)


def build_raw_tables(
    manifest: Node,
    contracts: Mapping[str, Contract],
    sources: Sequence[dg.AssetSpec],
    made_elsewhere: Collection[dg.AssetKey],
) -> dg.AssetsDefinition:
    """Make one step for all of dbt's sources, except the tables ``made_elsewhere`` (other steps).

    ``sources`` are the assets of the documents, the datasets in the inbox and the contracts.
    """
    specs = [
        dg.AssetSpec(
            ["raw", source["name"]],
            deps=_deps(source["name"], contracts, [spec.key for spec in sources]),
            description=source["description"],
            group_name="raw",
            kinds={"duckdb"},
            owners=owners_of("raw"),
            skippable=True,
        )
        for source in manifest["sources"].values()
        if dg.AssetKey(["raw", source["name"]]) not in made_elsewhere
    ]

    @dg.multi_asset(specs=specs, name="raw_zone", can_subset=True)
    def raw_zone_step(
        context: dg.AssetExecutionContext, nightly: NightlyRun
    ) -> Iterator[dg.MaterializeResult]:
        """Load new inputs, and write raw tables from the loads that count."""
        with nightly.step(context) as home:
            for brought_back in finish_interrupted(home):
                progress.milestone(message("erased again: {name}", name=brought_back))
            if nightly.known_at is None:
                reference = _land_reference(home)
                place_seeds(home, reference)
                loads = _land(home, reference, with_sample=nightly.with_sample)
            else:
                reference = read_reference(home, nightly.known_at)
                place_seeds(home, reference)
                loads = _loads_known_at(home, nightly.known_at, with_sample=nightly.with_sample)
            tables = [key.path[1] for key in context.selected_asset_keys]
            if nightly.is_whole:
                loads = start_build_of_run(home, nightly, loads)
            else:
                ledger = read_ledger(home, nightly.known_at)
                expected = expected_on(danish_day(nightly.about), contracts, reference)
                raw = BuildInputs(loads, contracts, ledger, expected)
                replace_raw_tables(home, tables, raw)
            progress.milestone(_count_rows(loads))
            for observation in inputs.observe(loads, contracts):
                context.log_event(observation)
            with duckdb.connect(str(home.database), read_only=True) as connection:
                found = describe_tables(connection)
        for table in tables:
            key = dg.AssetKey(["raw", table])
            yield dg.MaterializeResult(key, metadata=found[f"raw.{table}"])

    return raw_zone_step


def _deps(
    table: str, contracts: Mapping[str, Contract], sources: Sequence[dg.AssetKey]
) -> list[dg.AssetKey]:
    """The input assets of a raw table. The history of checks comes from runs and has none."""
    if table == "quality_results":
        return []
    if table in contracts:
        return inputs.submission_keys(table)
    printed = [key for key in sources if key.path[0] == "documents"]
    return list(sources) if table in _OF_ALL_LOADS else printed


def _land_reference(home: Home) -> Reference:
    """Take in new files of the secretariat; return the reference data with the home's own rows."""
    landed = land_overlay(home)
    if landed.accepted is not None:
        progress.milestone(
            message("reference data: accepted version {version}", version=landed.accepted.version)
        )
    if landed.refusal is not None:
        former = landed.reference.version
        known = (
            message("those accepted at {time}", time=datetime.fromisoformat(former.accepted_at))
            if former
            else message("those shipped")
        )
        progress.milestone(
            message(
                "reference data: the files in reference/ are refused, so {known} go on to count; "
                "`klynge status` says why",
                known=known,
            )
        )
    return landed.reference


def _land(home: Home, reference: Reference, *, with_sample: bool) -> list[Load]:
    """Load the checkout's documents and the inbox; return the loads that count now."""
    printed = documents.land_documents(home, checkout.SEEDS)
    door = Door.of(home, door_judge(home), reference)
    landed, refused = land_inbox(door)
    if landed or refused:
        held = sum(load.state == "held" for load in landed)
        progress.milestone(
            counted(
                "inbox: {count:,} file loaded, {held} held, {refused} refused{hint}",
                "inbox: {count:,} files loaded, {held} held, {refused} refused{hint}",
                len(landed) - held,
                held=held,
                refused=len(refused),
                hint=message("; `klynge status` says why") if refused else "",
            )
        )
    sample = land_sample(door) if with_sample else []
    reported = [load for load in read_ledger(home) if load.basis == "reported"]
    return [*printed, *which_loads_count(reported), *sample]


def _loads_known_at(home: Home, known_at: datetime, *, with_sample: bool) -> list[Load]:
    """Return the loads that counted at the time ``known_at``, without loading new files."""
    counting = which_loads_count(read_ledger(home, known_at))
    if not any(load.basis == "published" for load in counting):
        raise InputError(
            message(
                "nothing was known at {time}: the ledger's first load came later; `klynge loads "
                "list --all` lists when each load came",
                time=known_at,
            )
        )
    return [load for load in counting if with_sample or load.basis != "sample"]


def _count_rows(loads: list[Load]) -> Message:
    rows: dict[str, int] = {}
    for load in loads:
        kind = load.dataset if load.basis == "published" else load.basis
        rows[kind] = rows.get(kind, 0) + (0 if load.erased else load.rows_loaded)
    counts = [
        message(
            "{cells} and {claims}",
            cells=counted("{count:,} cell", "{count:,} cells", rows[documents.CELLS]),
            claims=counted("{count:,} claim", "{count:,} claims", rows[documents.CLAIMS]),
        ),
        *(
            counted(
                "{count:,} {basis} row", "{count:,} {basis} rows", rows[basis], basis=BASES[basis]
            )
            for basis in ("reported", "sample")
            if basis in rows
        ),
    ]
    erased = sum(load.erased for load in loads)
    said = message("raw zone: {counts}", counts=counts)
    if not erased:
        return said
    without_rows = counted(
        "{count:,} load without rows: erased", "{count:,} loads without rows: erased", erased
    )
    return joined([said, without_rows])
