"""The last step: a build that passed the gate becomes the current release."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from expectations.gate import require_sound_history
from klynge import progress, quality, runs
from klynge.home import Home
from klynge.intake.set_aside import keep_records
from klynge.messages import message
from klynge.metrics.dbt_manifest import describe_metrics
from klynge.raw_zone import read_ledger
from klynge.releases.continuity import LOSSES
from klynge.releases.publishing import Evidence, publish
from klynge.releases.reading import Release, open_release
from klynge.releases.shrinkage import read_accepted_losses
from orchestration.dbt.building import document
from orchestration.dbt.manifest import describe_models, read_manifest, restricted_tables
from orchestration.dbt.project import compiled_models
from orchestration.dbt.translator import FRESHNESS
from orchestration.owners import owners_of
from orchestration.resources import RELEASE, NightlyRun
from orchestration.setting_aside import loads_of_run, set_aside_in_run


def build_release(releases: Path, published: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """Make the release asset. It depends on every published table, so it waits for all checks."""

    @dg.asset(
        key=RELEASE,
        deps=published,
        description="The published warehouse: database, marts as Parquet, manifest, compiled SQL, "
        "documentation and the results of all checks. Only a run with every asset and every check "
        "publishes one.",
        group_name="release",
        kinds={"duckdb", "parquet"},
        owners=owners_of("release"),
        freshness_policy=FRESHNESS,
        metadata={
            "current release": dg.MetadataValue.path(releases / "current"),
            "klynge/status": "klynge status",
        },
    )
    def release(context: dg.AssetExecutionContext, nightly: NightlyRun) -> dg.MaterializeResult:
        run_id = nightly.run_id
        with nightly.step(context) as home:
            docs = document(home)
            progress.milestone(message("documentation written"))
            evidence = Evidence(
                run=runs.read(home, run_id),
                compiled_sql=compiled_models(home),
                models=describe_models(home),
                restricted=restricted_tables(home),
                docs=docs,
                gate=quality.read_verdict(home, run_id),
                tests=quality.read_verdict(home, run_id, quality.TESTS),
                data_docs=runs.folder(home, run_id) / quality.DATA_DOCS,
                judge_history=require_sound_history,
                losses=runs.recall(home, run_id, LOSSES),
                accepted_losses=_accepted_losses(home, nightly, run_id),
                set_aside=set_aside_in_run(home, run_id),
                metrics=describe_metrics(read_manifest(home)),
            )
            release_id = publish(home, loads_of_run(home, run_id), evidence, as_of=nightly.as_of)
            runs.end(home, run_id, runs.PUBLISHED, release_id=release_id)
            if nightly.known_at is None:
                keep_records(home, read_ledger(home), evidence.set_aside)
            progress.milestone(message("published release {release_id}", release_id=release_id))
            return dg.MaterializeResult(metadata=_describe(open_release(release_id, home)))

    return release


def _accepted_losses(home: Home, nightly: NightlyRun, run_id: str) -> list[dict[str, Any]]:
    """The accepted losses of rows that let this run pass the gate."""
    if nightly.known_at is not None:
        return []
    accepted = read_accepted_losses(home)
    results = quality.results_in(quality.read_verdict(home, run_id))
    return [accepted[r.check_id] for r in results if r.check_id in accepted and r.failing_count]


def _describe(release: Release) -> Mapping[str, Any]:
    """Describe a release by id, number of rows by basis, and links to its pages."""
    manifest = release.manifest
    return {
        "release_id": release.release_id,
        "rests on": release.rests_on,
        "tables": len(manifest["tables"]),
        "rows": sum(table["rows"] for table in manifest["tables"]),
        "checks passed": manifest["gate"]["checks"],
        "release": dg.MetadataValue.path(release.path),
        "quality page": _link(release.path / quality.DATA_DOCS / "index.html"),
        "documentation": _link(release.path / "docs" / "index.html"),
        "klynge/show": f"klynge releases show {release.release_id}",
        "klynge/quality": f"klynge quality --run {manifest['run_id']}",
    }


def _link(page: Path) -> dg.MetadataValue:
    return dg.MetadataValue.url(page.as_uri())
