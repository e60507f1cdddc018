"""The release gate as asset checks: Great Expectations judges the finished tables."""

from collections.abc import Iterator

import dagster as dg

from expectations import gate, runner
from expectations.check import Check
from expectations.result import CheckResult
from expectations.sources import with_sources
from klynge import progress, runs
from klynge.releases.reading import current_rows
from orchestration.landing import loads_of
from orchestration.resources import NightlyRun

#: The gate's verdict, as it is kept with the run and copied into the release.
VERDICT = "gate.json"


def build_gate() -> dg.AssetChecksDefinition:
    """One step that makes every check of the gate; a failing one keeps the release from coming."""

    @dg.multi_asset_check(name="release_gate", specs=[_spec(c) for c in gate.gate_checks()])
    def release_gate(nightly: NightlyRun) -> Iterator[dg.AssetCheckResult]:
        with nightly.step("release_gate") as home:
            documents = [x.about["document_id"] for x in loads_of(home, nightly.run_id)]
            checks = gate.gate_checks(current_rows(home, documents))
            found = runner.run(home.database, checks)
            results = with_sources(found, home.database)
            runs.keep(home, nightly.run_id, VERDICT, _verdict(results))
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


def _verdict(results: list[CheckResult]) -> dict[str, object]:
    failed = [r.check_id for r in results if not r.passed]
    return {
        "passed": not failed,
        "checks": len(results),
        "failed": failed,
        "results": [r.to_dict() for r in results],
    }


def _spec(check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        name=check.check_id, asset=_key(check.looks_at), description=check.says, blocking=True
    )


def _key(looks_at: str) -> dg.AssetKey:
    return dg.AssetKey(looks_at.split("."))
