"""The release gate as asset checks: Great Expectations judges the finished tables."""

from collections.abc import Iterator

import dagster as dg

from expectations import data_docs, gate, runner
from expectations.check import Check
from expectations.sources import with_sources
from klynge import progress, quality, runs
from klynge.releases.reading import current_row_counts
from orchestration import lineage
from orchestration.landing import loads_of
from orchestration.resources import NightlyRun


def build_gate() -> dg.AssetChecksDefinition:
    """One step that makes every check of the gate; a failing one keeps the release from coming."""

    @dg.multi_asset_check(name="release_gate", specs=[_spec(c) for c in gate.gate_checks()])
    def release_gate(nightly: NightlyRun) -> Iterator[dg.AssetCheckResult]:
        with nightly.step("release_gate") as home:
            # what was known earlier is not measured by what is current
            loads = loads_of(home, nightly.run_id) if nightly.known_at is None else []
            suites = gate.gate_suites(current_row_counts(home, loads))
            found = runner.run(home.database, [c for checks in suites.values() for c in checks])
            results = with_sources(found, home.database)
            quality.keep_verdict(home, nightly.run_id, results)
            run = runs.read(home, nightly.run_id)
            pages = runs.folder(home, nightly.run_id) / quality.DATA_DOCS
            data_docs.write(pages, run, suites, results)
        passed = sum(r.passed for r in results)
        progress.milestone(f"gate: {passed} of {len(results)} checks passed")
        for result in results:
            yield dg.AssetCheckResult(
                passed=result.passed,
                asset_key=_key(result.looks_at),
                check_name=result.check_id,
                description=result.says,
                metadata={"observed": result.observed, "failing_rows": result.failing_count},
            )
        with nightly.step("release_gate"):
            gate.require_passed(results)

    return release_gate


def _spec(check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=check.check_id,
        asset=_key(check.looks_at),
        description=check.says,
        additional_deps=[lineage.KEY],
        blocking=True,
    )


def _key(looks_at: str) -> dg.AssetKey:
    return dg.AssetKey(looks_at.split("."))
