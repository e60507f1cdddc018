"""The last step: a build that the gate let through becomes the current release."""

from collections.abc import Sequence

import dagster as dg

from klynge import progress, quality, runs
from klynge.releases.publishing import Evidence, publish
from orchestration import dbt
from orchestration.landing import loads_of
from orchestration.resources import NightlyRun


def build_release(published: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The release asset; it depends on everything it publishes and so waits for all checks."""

    @dg.asset(name="release", deps=published, group_name="release", kinds={"duckdb", "parquet"})
    def release(nightly: NightlyRun) -> dg.MaterializeResult:
        run_id = nightly.run_id
        with nightly.step("release") as home:
            docs = dbt.document(home)
            progress.milestone("documentation written")
            evidence = Evidence(
                run=runs.read(home, run_id),
                compiled_sql=dbt.compiled_models(home),
                models=dbt.describe_models(home),
                restricted=dbt.restricted_tables(home),
                docs=docs,
                gate=quality.read_verdict(home, run_id),
                tests=quality.read_verdict(home, run_id, quality.TESTS),
                data_docs=runs.folder(home, run_id) / quality.DATA_DOCS,
            )
            release_id = publish(home, loads_of(home, run_id), evidence, as_of=nightly.as_of)
            runs.end(home, run_id, runs.PUBLISHED, release_id=release_id)
        progress.milestone(f"published release {release_id}")
        return dg.MaterializeResult(metadata={"release_id": release_id})

    return release
