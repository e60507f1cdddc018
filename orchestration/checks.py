"""The checks of the release gate. Each check is on the asset of the table that it checks.

dbt's tests are checks as well; :mod:`orchestration.assets.warehouse` defines them with the models.
"""

import re
import shutil
from collections.abc import Iterator, Sequence

import dagster as dg
import duckdb

from expectations import data_docs, gate
from expectations.declaration import check_id
from expectations.results import describe
from expectations.sources import with_sources
from expectations.suites.row_counts import with_losses
from expectations.suites.star import METRICS_CHECK
from klynge import progress, quality, runs
from klynge.errors import GateRefusedError
from klynge.home import Home
from klynge.messages import counted, listed, message
from klynge.metrics.dbt_manifest import describe_metrics
from klynge.metrics.declarations import Catalogue, read_catalogue
from klynge.print.values import compare_values
from klynge.quality import CheckResult
from klynge.raw_zone import read_ledger
from klynge.releases.continuity import LOSSES, Continuity
from klynge.releases.shrinkage import with_accepted_losses
from klynge.warehouse.raw_tables import read_loads
from orchestration.assets.column_lineage import write_lineage
from orchestration.dbt.building import describe_results, refuse_failures
from orchestration.dbt.manifest import read_manifest
from orchestration.partial_build import built_tables
from orchestration.resources import NightlyRun
from orchestration.setting_aside import (
    apply_acceptances,
    build_models,
    ledger_of_run,
    loads_of_run,
    set_aside_after_gate,
)

#: A pattern of DuckDB's error message for a missing table.
_NO_SUCH_TABLE = re.compile(r'Table with name "?[\w.]+"? does not exist')
_FIGURES = dg.AssetKey(["core", "fct_published_figures"])


@dg.asset_check(
    asset=_FIGURES,
    name="values_are_read_alike",
    description="The SQL macro and the Python parser read the same value from every printed cell.",
    blocking=True,
)
def values_are_read_alike(
    context: dg.AssetCheckExecutionContext, nightly: NightlyRun
) -> dg.AssetCheckResult:
    """Read the value of every printed cell a second time, with an independent parser."""
    with nightly.step(context) as home:
        _require_built(home, [".".join(_FIGURES.path)])
        with duckdb.connect(str(home.database), read_only=True) as connection:
            cells, differing = compare_values(connection)
        if differing and nightly.is_whole:
            raise GateRefusedError(
                listed(message("the two readings of a printed number differ:"), differing)
            )
        progress.milestone(
            counted(
                "values: macro and parser agree on {count:,} cell",
                "values: macro and parser agree on {count:,} cells",
                cells - len(differing),
            )
        )
    return dg.AssetCheckResult(
        passed=not differing, metadata={"cells": cells, "differing": differing[:20]}
    )


def build_gate() -> dg.AssetChecksDefinition:
    """Make one step for all checks of the gate. A run can also select single checks."""

    @dg.multi_asset_check(name="release_gate", specs=list(_specs()), can_subset=True)
    def release_gate(
        context: dg.AssetCheckExecutionContext, nightly: NightlyRun
    ) -> Iterator[dg.AssetCheckResult]:
        with nightly.step(context) as home:
            if nightly.is_whole:
                results = _judge_build(home, nightly)
                while set_aside_after_gate(home, nightly, results):
                    _build_again(home, nightly)
                    results = _judge_build(home, nightly)
            else:
                results = _judge_selection(home, context.selected_asset_check_keys)
            passed = sum(r.passed for r in results)
            progress.milestone(
                counted(
                    "gate: {passed} of {count} check passed",
                    "gate: {passed} of {count} checks passed",
                    len(results),
                    passed=passed,
                )
            )
            for result in results:
                yield dg.AssetCheckResult(
                    passed=result.passed,
                    asset_key=_key(result.looks_at),
                    check_name=result.check_id,
                    metadata=_describe(result),
                )
            if nightly.is_whole:
                gate.require_passed(results)

    return release_gate


def _judge_build(home: Home, nightly: NightlyRun) -> Sequence[CheckResult]:
    """Run every check, and store the results and their pages with the run."""
    former = Continuity()
    # a build for an earlier time (as_of) is not compared with the current release
    if nightly.known_at is None:
        loads, ledger = loads_of_run(home, nightly.run_id), ledger_of_run(home, nightly)
        former = gate.compare_with_current(home, loads, ledger)
    runs.keep(home, nightly.run_id, LOSSES, former.describe())
    validated = gate.run_gate(home.database, _read_metrics(home), former)
    results = with_sources(with_losses(describe(validated), former), home.database)
    results = apply_acceptances(home, nightly, results)
    if nightly.known_at is None:
        results = list(with_accepted_losses(home, results))
    quality.keep_verdict(home, nightly.run_id, results)
    run = runs.read(home, nightly.run_id)
    pages = runs.folder(home, nightly.run_id) / quality.DATA_DOCS
    shutil.rmtree(pages, ignore_errors=True)
    data_docs.write(pages, run, validated, results)
    return results


def _build_again(home: Home, nightly: NightlyRun) -> None:
    """Build the models again after loads were set aside, up to the gate."""
    results = build_models(home, nightly)
    quality.keep_verdict(home, nightly.run_id, describe_results(home, results), quality.TESTS)
    refuse_failures(home, results)
    write_lineage(home)


def _judge_selection(home: Home, selected: set[dg.AssetCheckKey]) -> Sequence[CheckResult]:
    """Run the selected checks on the build, without storing their results.

    A check is left out if the build lacks another table that it reads.
    """
    _require_built(home, [".".join(key.asset_key.path) for key in selected])
    with duckdb.connect(str(home.database), read_only=True) as connection:
        loads = read_loads(connection)
    names = {key.name for key in selected}
    former = gate.compare_with_current(home, loads, read_ledger(home))
    # dbt writes its manifest when it builds the star, which only this check reads
    metrics = _read_metrics(home) if METRICS_CHECK in names else Catalogue({}, {})
    validated = gate.run_gate(home.database, metrics, former, names)
    found = with_losses(describe(validated), former)
    for result in found:
        if _lacks_table(result):
            progress.milestone(
                message(
                    "left out: check {check_id}, because {error}",
                    check_id=result.check_id,
                    error=result.error,
                )
            )
    return with_sources([one for one in found if not _lacks_table(one)], home.database)


def _read_metrics(home: Home) -> Catalogue:
    """The metrics that dbt's manifest declares."""
    return read_catalogue(describe_metrics(read_manifest(home)))


def _lacks_table(result: CheckResult) -> bool:
    """Whether the build lacks a table that a check reads besides its own table."""
    return bool(result.error and _NO_SUCH_TABLE.search(result.error))


def _require_built(home: Home, tables: Sequence[str]) -> None:
    if missing := sorted(set(tables) - built_tables(home)):
        raise dg.Failure(
            f"The build does not have {', '.join(missing)}: materialise it first, with what it "
            f"needs, as in +key:{missing[0].replace('.', '/')}",
            allow_retries=False,
        )


def _describe(result: CheckResult) -> dict[str, dg.MetadataValue]:
    """Describe a result with its observed value and a table of failing rows."""
    found: dict[str, dg.MetadataValue] = {
        "failing rows": dg.MetadataValue.int(result.failing_count)
    }
    # the observed value of a check of single rows is only the number of failing rows
    if not result.observed.startswith("failing rows"):
        found["observed"] = dg.MetadataValue.text(result.observed)
    if result.error:
        found["error"] = dg.MetadataValue.text(result.error)
    if result.failing_rows:
        records = [dg.TableRecord(dict(row)) for row in result.failing_rows]
        found["first failing rows"] = dg.MetadataValue.table(records)
    return found


def _specs() -> Iterator[dg.AssetCheckSpec]:
    """Yield a spec for each expectation, on the asset of the table that it checks."""
    for suite in gate.gate_suites():
        for expectation in suite.expectations:
            yield dg.AssetCheckSpec(
                name=check_id(expectation),
                asset=_key(suite.name),
                description=expectation.description,
                metadata={"owner": expectation.meta["owner"]} if expectation.meta else None,
                # a blocking check on a raw table would make the models wait for the gate
                blocking=not suite.name.startswith("raw."),
            )


def _key(table: str) -> dg.AssetKey:
    return dg.AssetKey(table.split("."))
