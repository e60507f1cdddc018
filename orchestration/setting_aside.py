"""Build without the loads whose rows break a rule, so that the rest can be published.

If a dbt test or a check of the gate fails, the failing rows show from which loads they come. These
loads are set aside, and the models are built again without them. If no submitted load explains a
failure, the run stops.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import duckdb

from expectations import gate
from klynge import checkout, progress, quality, runs
from klynge.danish_time import danish_day
from klynge.home import Home
from klynge.intake import set_aside
from klynge.intake.contracts import read_contracts
from klynge.intake.set_aside import Record
from klynge.intake.submissions import which_loads_count
from klynge.messages import joined, message
from klynge.quality import CheckResult
from klynge.raw_zone import Load, read_ledger
from klynge.reference.seeds import read_reference
from klynge.releases.manifest import describe_reference
from klynge.releases.reading import open_release
from klynge.warehouse.faulty_loads import Blame, Failure, find_faulty_loads
from klynge.warehouse.raw_tables import BuildInputs, start_build
from klynge.warehouse.reporting import expected_on
from orchestration.dbt.building import NodeResult, build, find_failures
from orchestration.dbt.manifest import read_models_graph
from orchestration.resources import NightlyRun

#: How often one run may set loads aside and build again.
MOST_ROUNDS = 4

_LOADS, _SET_ASIDE = "loads.json", "set_aside.json"


def start_build_of_run(home: Home, nightly: NightlyRun, loads: Iterable[Load]) -> list[Load]:
    """Start the build of a whole run; return the loads that it uses.

    The build leaves out the loads that an earlier run set aside, unless something has changed
    since.
    """
    inputs = _fingerprint(home, read_ledger(home, nightly.known_at))
    if nightly.known_at is None:
        records = set_aside.still_set_aside(read_ledger(home), inputs)
    else:
        records = {}
    content = {
        "inputs": inputs,
        "rounds": 0,
        "loads": records,
    }
    runs.keep(home, nightly.run_id, _SET_ASIDE, content)
    return _start(home, nightly, loads)


def loads_of_run(home: Home, run_id: str) -> list[Load]:
    """Read the loads of a whole run, as recorded when the run last started its build."""
    return [Load(**entry) for entry in runs.recall(home, run_id, _LOADS)]


def set_aside_in_run(home: Home, run_id: str) -> dict[str, Record]:
    """Read which loads a whole run has set aside, and why."""
    records: dict[str, Record] = runs.recall(home, run_id, _SET_ASIDE)["loads"]
    return records


def ledger_of_run(home: Home, nightly: NightlyRun) -> list[Load]:
    """Read the ledger for a whole run, and mark the loads that the run has set aside."""
    ledger = read_ledger(home, nightly.known_at)
    return set_aside.mark(ledger, set_aside_in_run(home, nightly.run_id))


def build_models(home: Home, nightly: NightlyRun) -> list[NodeResult]:
    """Build and test all models. If rows of loads break a test, set them aside and build again."""
    results = build(home)
    while failures := find_failures(home, results):
        if not _set_aside(home, nightly, _blame(home, nightly, failures)):
            break
        results = build(home)
    return results


def set_aside_after_gate(home: Home, nightly: NightlyRun, results: Sequence[CheckResult]) -> bool:
    """Set aside the loads that explain all failed checks.

    Returns False if the loads do not explain every failure.
    """
    failed = [result for result in results if not result.passed]
    if not failed or not all(gate.is_business_rule(result.check_id) for result in failed):
        return False
    blames = _blame(home, nightly, [_failure(home, result) for result in failed])
    return _set_aside(home, nightly, blames)


def apply_acceptances(
    home: Home, nightly: NightlyRun, results: Iterable[CheckResult]
) -> list[CheckResult]:
    """Let a check pass, with a note, if the secretariat has accepted its failing rows."""
    loads = {load.load_id: load for load in loads_of_run(home, nightly.run_id)}
    return [
        _accept(home, nightly, result, loads)
        if not result.passed
        and any(set_aside.find_acceptance(load, result.check_id) for load in loads.values())
        else result
        for result in results
    ]


def _accept(
    home: Home, nightly: NightlyRun, result: CheckResult, loads: Mapping[str, Load]
) -> CheckResult:
    blames = _blame(home, nightly, [_failure(home, result)])
    if not blames:
        return result
    notes = [
        (load_id, set_aside.find_acceptance(loads[load_id], result.check_id))
        for load_id in sorted(blames[0].load_ids)
    ]
    if not all(note for _, note in notes):
        return result
    told = [
        message(
            "load {load_id} is accepted by {role}: {reason}",
            load_id=load_id,
            role=note["role"],
            reason=note["reason"],
        )
        for load_id, note in notes
        if note
    ]
    return replace(result, passed=True, observed=joined([*told, result.observed]))


def _failure(home: Home, result: CheckResult) -> Failure:
    rows: Sequence[Mapping[str, Any]] = result.failing_rows
    if not result.error:
        rows = gate.read_failing_rows(home.database, result.check_id) or rows
    return Failure(result.check_id, result.says, (result.looks_at,), rows, acceptable=True)


def _blame(home: Home, nightly: NightlyRun, failures: Sequence[Failure]) -> list[Blame]:
    """Find the loads that explain each failure. Return none unless every failure is explained."""
    published = set()
    if (home.releases / "current").exists():
        published = open_release(home=home).submitted
    loads, reads = loads_of_run(home, nightly.run_id), read_models_graph(home)
    with duckdb.connect(str(home.database), read_only=True) as connection:
        found = [
            find_faulty_loads(connection, failure, loads, reads, published) for failure in failures
        ]
    known = [blame for blame in found if blame is not None]
    return known if len(known) == len(failures) else []


def _set_aside(home: Home, nightly: NightlyRun, blames: Sequence[Blame]) -> bool:
    """Record the loads to blame, and start the build without them.

    Returns False if there are no loads to blame, or if the run has set loads aside too often.
    """
    loads = {load.load_id: load for load in loads_of_run(home, nightly.run_id)}
    content = runs.recall(home, nightly.run_id, _SET_ASIDE)
    checks: dict[str, list[tuple[str, str, bool, tuple[str, ...]]]] = {}
    for blame in blames:
        failure = blame.failure
        for load_id in sorted(blame.load_ids):
            if not set_aside.find_acceptance(loads[load_id], failure.check_id):
                keys = tuple(key for key in blame.row_keys if key.startswith(f"{load_id}#"))
                checks.setdefault(load_id, []).append(
                    (failure.check_id, failure.says, failure.acceptable, keys)
                )
    if not checks or content["rounds"] >= MOST_ROUNDS:
        return False
    content["rounds"] += 1
    for load_id, failed in checks.items():
        record = set_aside.make_record(nightly.run_id, content["inputs"], failed)
        content["loads"][load_id] = record
        about = " ".join(loads[load_id].slot)
        progress.milestone(
            message(
                "set aside: load {load_id} ({slot}): {reason}",
                load_id=load_id,
                slot=about,
                reason=set_aside.describe_record(record),
            )
        )
    runs.keep(home, nightly.run_id, _SET_ASIDE, content)
    # if these results stayed, the new build would take them for those of an earlier run
    quality.discard_verdict(home, nightly.run_id)
    _start(home, nightly, loads.values())
    return True


def _start(home: Home, nightly: NightlyRun, loads: Iterable[Load]) -> list[Load]:
    """Start the build, and record its loads. Which reported loads count is decided again."""
    ledger = ledger_of_run(home, nightly)
    others = [load for load in loads if load.basis != "reported"]
    reported = which_loads_count(load for load in ledger if load.basis == "reported")
    chosen = [*others, *reported]
    runs.keep(home, nightly.run_id, _LOADS, [vars(load) for load in chosen])
    contracts = read_contracts(checkout.CONTRACTS)
    reference = read_reference(home, nightly.known_at)
    expected = expected_on(danish_day(nightly.about), contracts, reference)
    start_build(home, BuildInputs(chosen, contracts, ledger, expected))
    return chosen


def _fingerprint(home: Home, ledger: Iterable[Load]) -> str:
    return set_aside.fingerprint(ledger, checkout.code_version().sha256, describe_reference(home))
