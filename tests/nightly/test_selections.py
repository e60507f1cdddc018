"""Test runs that build one mart and what it needs, or run one check; they publish nothing."""

import shutil
import threading

import dagster as dg
import duckdb
import pytest

from klynge import runs
from klynge.home import Home
from klynge.releases.reading import list_releases, open_release
from orchestration.definitions import build_definitions
from tests.conftest import klynge

MIX = dg.AssetKey(["evaluation", "mart_funding_mix"])
FIGURES = dg.AssetKey(["core", "fct_published_figures"])
SHARES = dg.AssetCheckKey(MIX, "funding_shares_add_up")


class CodeLocation:
    """Launches runs on a home as the pages of Dagster do."""

    def __init__(self, home: Home) -> None:
        self.home = home
        definitions = build_definitions(home)
        self.job = definitions.resolve_implicit_global_asset_job_def()
        self.graph = definitions.resolve_asset_graph()

    def run(
        self, *selection: str | dg.AssetKey, checks=None, wait_minutes=0.0
    ) -> dg.ExecuteInProcessResult:
        chosen = dg.AssetSelection.from_coercible(list(selection)) if selection else None
        keys = chosen.resolve(self.graph) if chosen else set()
        executable = {key for key in keys if self.graph.get(key).is_executable}
        job = self.job.get_subset(asset_selection=executable, asset_check_selection=checks)
        with dg.DagsterInstance.ephemeral() as instance:
            return job.execute_in_process(
                run_config={"resources": {"nightly": {"config": {"wait_minutes": wait_minutes}}}},
                instance=instance,
                raise_on_error=False,
            )


def materialised(result) -> set[dg.AssetKey]:
    return {event.asset_key for event in result.get_asset_materialization_events()}


def checked(result) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations()}


def refusal(result) -> str:
    """Return the message of the only step that failed."""
    [message] = refusals(result).values()
    return message


def refusals(result) -> dict[str, str]:
    """Return the message of each step that failed, by the name of the step."""
    found = {}
    for event in result.all_events:
        if event.is_step_failure:
            data = event.event_specific_data
            failure = data.user_failure_data
            found[event.step_key] = failure.description if failure else str(data.error)
    return found


def tables(database) -> set[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    return {name for (name,) in found}


@pytest.fixture
def location(published, tmp_path, monkeypatch) -> CodeLocation:
    """Make a home with a release that a run of the same code has published."""
    home = Home(shutil.copytree(published.root, tmp_path / "home", symlinks=True))
    monkeypatch.setenv("KLYNGE_HOME", str(home.root))
    return CodeLocation(home)


@pytest.fixture
def empty_location(home, monkeypatch) -> CodeLocation:
    monkeypatch.setenv("KLYNGE_HOME", str(home.root))
    return CodeLocation(home)


def test_one_mart_alone_is_built_on_a_copy_of_the_release(location):
    before, recorded = open_release(home=location.home), runs.list_runs(location.home)
    result = location.run(MIX)
    assert result.success
    assert materialised(result) == {MIX}
    assert checked(result).pop("funding_shares_add_up")
    [event] = result.get_asset_materialization_events()
    metadata = event.materialization.metadata
    rows = before.query("select count(*) as n from evaluation.mart_funding_mix")["n"][0]
    assert metadata["dagster/row_count"].value == rows
    columns = {column.name: column for column in metadata["dagster/column_schema"].schema.columns}
    assert columns["amount_kr"].type == "decimal(18,2)"
    assert columns["amount_kr"].description
    lineage = metadata["dagster/column_lineage"].lineage.deps_by_column
    source = dg.TableColumnDep(dg.AssetKey(["core", "fct_funding_sources"]), "amount_kr")
    assert source in lineage["amount_kr"]

    assert open_release(home=location.home).release_id == before.release_id
    assert len(list_releases(location.home)) == 1
    assert runs.list_runs(location.home) == recorded
    assert tables(location.home.database) == tables(before.whole_database)

    result = location.run(checks={SHARES})
    assert result.success
    assert checked(result) == {"funding_shares_add_up": True}
    assert materialised(result) == set()


@pytest.mark.slow
def test_the_event_log_has_the_lines_that_the_command_prints(location):
    job = location.job.get_subset(asset_selection=set(), asset_check_selection={SHARES})
    with dg.DagsterInstance.ephemeral() as instance:
        run = job.execute_in_process(instance=instance)
        lines = [entry.user_message for entry in instance.all_logs(run.run_id)]
    assert any("gate: 1 of 1 check passed" in line for line in lines)


@pytest.mark.slow
def test_one_dbt_test_alone_runs_on_the_table_as_it_is(location):
    [test] = [
        key
        for key in location.graph.asset_check_keys
        if key.asset_key == MIX and key.name.startswith("unique_grain")
    ]
    assert location.run(MIX, checks=set()).success
    table = ".".join(MIX.path)
    with duckdb.connect(str(location.home.database)) as connection:
        connection.execute(f"insert into {table} from {table}")
    result = location.run(checks={test})
    assert checked(result) == {test.name: False}


@pytest.mark.slow
def test_a_run_waits_while_a_command_writes(location):
    locked, done = threading.Event(), threading.Event()

    def write():
        with location.home.locked("klynge load"):
            locked.set()
            done.wait(timeout=4)

    writer = threading.Thread(target=write)
    writer.start()
    locked.wait()
    assert location.run(checks={SHARES}, wait_minutes=1).success
    done.set()
    writer.join()


@pytest.mark.slow
def test_a_mart_and_what_it_needs_alone_leaves_the_next_night_the_same(location):
    before = open_release(home=location.home)
    result = location.run("+key:evaluation/mart_funding_mix")
    assert result.success
    assert {MIX, FIGURES, dg.AssetKey(["raw", "published_cells"])} <= materialised(result)
    # the mart needs these models, including those of fct_reporting; the project has some 280 models
    # and seeds
    assert len(materialised(result)) < 60
    assert all(checked(result).values())
    assert checked(result)["values_are_read_alike"]
    done = klynge(location.home, "nightly")
    assert done.returncode == 0, done.stdout + done.stderr
    after = open_release(home=location.home)
    assert after.release_id != before.release_id
    hashes = [
        {t["table"]: t["content_hash"] for t in r.manifest["tables"]} for r in (before, after)
    ]
    assert hashes[0] == hashes[1]


@pytest.mark.slow
def test_where_nothing_is_published_a_selection_starts_from_the_raw_tables(empty_location):
    home = empty_location.home
    result = empty_location.run(MIX)
    assert "select what it needs, too, as in +key:evaluation/mart_funding_mix" in refusal(result)
    result = empty_location.run(checks={SHARES})
    assert "The build does not have evaluation.mart_funding_mix" in refusal(result)
    result = empty_location.run("+key:evaluation/mart_funding_mix")
    assert result.success, refusal(result)
    assert all(checked(result).values())
    assert "evaluation.mart_funding_mix" in tables(home.database)
    assert list_releases(home) == []
    assert runs.list_runs(home) == []


def test_a_release_without_all_checks_is_refused_at_once(location):
    before = sorted(path.name for path in location.home.releases.iterdir())
    for selection in (["release"], ["+key:release"]):
        result = location.run(*selection, checks=set())
        assert refusal(result).startswith("A release is published only by a run with every asset")
    assert not location.home.database.exists()
    assert sorted(path.name for path in location.home.releases.iterdir()) == before


@pytest.mark.slow
def test_each_step_of_a_release_without_all_checks_is_refused(empty_location):
    # no asset between these two is selected, so Dagster runs `release` after `raw_zone` has failed
    result = empty_location.run("key:raw/loads", "release", checks=set())
    found = refusals(result)
    assert set(found) == {"raw_zone", "release"}
    for message in found.values():
        assert message.startswith("A release is published only by a run with every asset")
    home = empty_location.home
    assert not home.database.exists()
    for folder in (home.raw, home.runs, home.releases):
        assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_the_lineage_of_columns_is_read_again_alone(location):
    result = location.run("key:audit/mart_column_lineage")
    assert result.success, refusal(result)
    assert materialised(result) == {dg.AssetKey(["audit", "mart_column_lineage"])}
    assert checked(result)
    assert all(checked(result).values())
