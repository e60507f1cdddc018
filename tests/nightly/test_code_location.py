"""Test the code location as Dagster loads it: names, descriptions, owners and opened files."""

import os
import subprocess
import sys

import dagster as dg
import pytest

from klynge import checkout
from klynge.intake.contracts import read_contracts
from orchestration.definitions import build_definitions


@pytest.fixture(scope="module")
def code_location(published) -> dg.Definitions:
    return build_definitions(published)


@pytest.fixture(scope="module")
def graph(code_location):
    return code_location.resolve_asset_graph()


@pytest.fixture(scope="module")
def specs(code_location) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in code_location.resolve_all_asset_specs()}


@pytest.fixture(scope="module")
def checks(code_location) -> list[dg.AssetCheckSpec]:
    graph = code_location.resolve_asset_graph()
    return [graph.get_check_spec(key) for key in graph.asset_check_keys]


def in_group(specs, group: str) -> set[str]:
    return {key.path[-1] for key, spec in specs.items() if spec.group_name == group}


def test_the_nightly_job_runs_at_two_in_copenhagen_and_waits_for_the_lock(code_location):
    [schedule] = code_location.schedules
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Europe/Copenhagen"
    assert schedule.job_name == "nightly_evaluation_refresh"
    [request] = schedule.evaluate_tick(dg.build_schedule_context()).run_requests
    assert request.run_config["resources"]["nightly"]["config"]["wait_minutes"] >= 60


def test_every_asset_has_a_description_an_owner_a_group_and_a_kind(specs):
    for key, spec in specs.items():
        assert spec.description, key
        assert spec.owners, key
        assert all(owner.startswith("team:") for owner in spec.owners), key
        assert spec.group_name not in (None, "default"), key
        assert spec.kinds, key


def test_every_check_has_a_sentence(checks):
    assert len(checks) > 500
    for check in checks:
        assert check.description, check.key
        assert check.description.endswith("."), check.description
        assert "{" not in check.description, check.description


def test_no_raw_table_and_no_input_is_without_a_reader(specs, graph):
    made_of = in_group(specs, "documents") | in_group(specs, "inbox") | in_group(specs, "contracts")
    assert {path.name for path in (checkout.SEEDS / "documents").iterdir()} <= made_of
    assert set(read_contracts(checkout.CONTRACTS)) == in_group(specs, "inbox")
    for key in specs:
        if key.path[0] in ("raw", "documents", "inbox", "contracts"):
            assert graph.get(key).child_keys, key
        if key.path[0] in ("documents", "inbox", "contracts"):
            assert not graph.get(key).is_materializable, key


def test_every_contract_is_a_raw_table_that_reads_its_inbox_and_its_contract(graph):
    for dataset in read_contracts(checkout.CONTRACTS):
        parents = graph.get(dg.AssetKey(["raw", dataset])).parent_keys
        assert parents == {dg.AssetKey([part, dataset]) for part in ("inbox", "contracts")}


def test_every_mart_has_a_check_and_a_freshness_policy(specs, checks):
    checked = {check.asset_key for check in checks}
    marts = {key for key in specs if key.path[-1].startswith("mart_")}
    assert len(marts) > 25
    assert marts <= checked
    assert all(specs[key].freshness_policy for key in marts)
    assert specs[dg.AssetKey("release")].freshness_policy


def test_the_release_waits_for_every_blocking_check(graph, checks):
    release = graph.get(dg.AssetKey("release"))
    published = {key for key in graph.get_all_asset_keys() if key.path[0] == "core"}
    assert published <= release.parent_keys
    gate = [check for check in checks if "unique_id" not in str(check.metadata)]
    assert len(gate) > 50
    # the models are built before the gate, so a check of the gate cannot block a raw table
    assert all(check.blocking is (check.asset_key.path[0] != "raw") for check in gate)


#: Imports the modules of the code location. Reports every file and address that is opened, except
#: modules.
_IMPORT = """
import sys

def watch(event, arguments):
    if event == "socket.connect":
        touched.append(str(arguments))
    elif event == "open" and isinstance(arguments[0], str):
        name = arguments[0]
        if not name.endswith((".py", ".pyc")) and name.startswith(tuple(places)):
            touched.append(name)

touched, places = [], sys.argv[1:]
sys.addaudithook(watch)
import orchestration.definitions
sys.exit("; ".join(touched) or 0)
"""


@pytest.mark.slow
def test_importing_the_code_location_touches_neither_network_nor_data(published):
    # the gate's suites read the contracts and the declarations of the star in its yml files
    models = checkout.DBT_PROJECT / "models"
    places = [published.root, checkout.SEEDS, checkout.DBT_PROJECT / "target"]
    places += [path for path in models.iterdir() if path != models / "bi"]
    places += [path for path in checkout.DBT_PROJECT.iterdir() if path != models]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, *map(str, places)],
        cwd=checkout.ROOT,
        env={**os.environ, "KLYNGE_HOME": str(published.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_dagster_finds_the_definitions_valid(published, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-m",
         "orchestration.definitions"],
        cwd=checkout.ROOT,
        env={**os.environ, "KLYNGE_HOME": str(published.root), "DAGSTER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
