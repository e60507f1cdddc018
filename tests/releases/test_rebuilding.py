"""A removed database is rebuilt from the release's inputs and models, or the reason is given."""

import shutil
import stat

import duckdb
import pytest

from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home, read_json, write_json
from klynge.intake.retention import erase
from klynge.lineage.workspace import workspace
from klynge.releases import rebuilding
from klynge.releases.inputs import InputsChangedError, find_changed_inputs
from klynge.releases.manifest import sha256_of
from klynge.releases.publishing import prune, writable
from klynge.releases.reading import DATABASE, RESTRICTED, open_release
from klynge.releases.rebuilding import (
    RebuiltOtherwiseError,
    build,
    rebuild,
    restore,
    traceable_database,
)
from tests.conftest import klynge


def without_databases(original: Home, target: Home) -> Home:
    """Copy a home as retention leaves it: without the databases of releases."""
    shutil.copytree(
        original.root,
        target.root,
        symlinks=True,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(DATABASE, "build", "dagster"),
    )
    target.prepare()
    return target


@pytest.fixture
def pruned(published, home):
    """Return the home of the printed release without the release's database."""
    return without_databases(published, home)


@pytest.fixture
def release(pruned):
    return open_release(home=pruned)


def tables(database):
    """Return a row count and a sum of hashes for every table, and ``view`` for every view."""
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
        ).fetchall()
        return {
            (schema, table): connection.execute(
                f"select count(*), sum(hash(t)) from {schema}.{table} as t"
            ).fetchall()
            for schema, table, kind in names
            if kind == "BASE TABLE"
        } | {(schema, table): "view" for schema, table, kind in names if kind == "VIEW"}


@pytest.mark.slow
def test_a_pruned_release_gets_both_its_editions_back(sampled, home):
    without_databases(sampled, home)
    original, release = open_release(home=sampled), open_release(home=home)
    assert not release.has_database
    done = klynge(home, "releases", "rebuild", release.release_id)
    assert done.returncode == 0, done.stderr
    assert "has its database again" in done.stdout
    for edition in (DATABASE, f"{RESTRICTED}/{DATABASE}"):
        assert tables(release.path / edition) == tables(original.path / edition)
        assert stat.filemode((release.path / edition).stat().st_mode) == stat.filemode(
            (original.path / edition).stat().st_mode
        )
    assert release.path.stat().st_mode & 0o222 == 0
    assert [p.name for p in home.releases.iterdir() if p.name.startswith(".")] == []
    again = klynge(home, "releases", "rebuild", release.release_id)
    assert (again.returncode, "nothing to rebuild" in again.stderr) == (2, True)


@pytest.mark.slow
def test_an_old_release_can_be_traced_in_a_database_made_for_it(published, pruned, release):
    with traceable_database(pruned, release) as made:
        assert (made.rebuilt, made.changed) == (True, [])
        assert tables(made.database) == tables(open_release(home=published).path / DATABASE)
    assert not made.database.exists()


def test_a_release_with_its_database_says_what_has_changed_since(published, home):
    without_databases(published, home)
    release = open_release(home=home)
    with writable(release.path):
        shutil.copy(open_release(home=published).path / DATABASE, release.path)
    next(home.raw.glob("published_cells/*/data.parquet")).unlink()
    with traceable_database(home, release) as made:
        assert (made.database, made.rebuilt) == (release.path / DATABASE, False)
    [changed] = made.changed
    assert "published_cells" in changed
    assert "its rows are missing" in changed


def alter(path):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


def first_load(home):
    return next(x for x in raw_zone.read_ledger(home) if x.dataset == "published_cells")


FAULTS = {
    "its rows were altered": lambda home, _: alter(raw_zone.rows_of(home, first_load(home))),
    "its rows are missing": lambda home, _: raw_zone.rows_of(home, first_load(home)).unlink(),
    "is missing in the raw zone": lambda home, _: shutil.rmtree(
        raw_zone.rows_of(home, first_load(home)).parent
    ),
    "the file cells.csv was altered": lambda home, _: alter(
        home.archive / first_load(home).files["cells.csv"]
    ),
    "the file cells.csv is missing": lambda home, _: (
        home.archive / first_load(home).files["cells.csv"]
    ).unlink(),
    "areas.csv was altered": lambda _, release: alter(release.path / "reference" / "areas.csv"),
    "dim_area.sql was altered": lambda _, release: alter(
        release.path / "sql" / "core" / "dim_area.sql"
    ),
}


@pytest.mark.parametrize("says", FAULTS)
def test_what_has_changed_since_is_named_and_nothing_made(pruned, release, tmp_path, says):
    assert find_changed_inputs(pruned, release) == []
    FAULTS[says](pruned, release)
    found = find_changed_inputs(pruned, release)
    assert found
    assert all(says in one for one in found)
    with pytest.raises(InputsChangedError, match="cannot be rebuilt") as told:
        rebuild(pruned, release, tmp_path / DATABASE)
    assert all(one in str(told.value) for one in found)
    assert not (tmp_path / DATABASE).exists()


def test_only_the_loads_asked_for_are_looked_at(pruned, release):
    load = first_load(pruned)
    alter(raw_zone.rows_of(pruned, load))
    assert find_changed_inputs(pruned, release, {load.load_id})
    others = {x.load_id for x in raw_zone.read_ledger(pruned)} - {load.load_id}
    assert find_changed_inputs(pruned, release, others) == []


def test_erased_rows_do_not_come_back(sampled, home):
    without_databases(sampled, home)
    release = open_release(home=home)
    load = next(x for x in raw_zone.read_ledger(home) if x.dataset == "memberships")
    erase(home, load, role="data protection officer", reason="asked for")
    with pytest.raises(InputsChangedError, match=rf"{load.load_id} .*was erased on"):
        restore(home, release)
    assert not release.has_database


@pytest.mark.slow
def test_another_result_is_refused(pruned, release, tmp_path, monkeypatch):
    def differently(connection, home, *, code, inputs):
        build(connection, home, code=code, inputs=inputs)
        connection.execute("update core.dim_area set label_en = label_en || '!'")

    monkeypatch.setattr(rebuilding, "build", differently)
    with pytest.raises(RebuiltOtherwiseError, match=r"core\.dim_area got other content\. .*commit"):
        rebuild(pruned, release, tmp_path / DATABASE)


def test_models_that_do_not_fit_the_inputs_say_so(pruned, release):
    """The models need a column of a seed that the release's inputs do not have."""
    path = release.path / "reference" / "areas.csv"
    path.chmod(0o644)
    path.write_text(path.read_text(encoding="utf-8").replace("label_en", "name_en", 1))
    manifest = release.path / "manifest.json"
    manifest.chmod(0o644)
    said = read_json(manifest)
    said["files"]["reference/areas.csv"] = sha256_of(path)
    write_json(manifest, said)
    with (
        workspace() as connection,
        pytest.raises(InputError, match=r"cannot be run on .*label_en"),
    ):
        build(connection, pruned, code=release, inputs=release)


def test_retention_removes_a_half_restored_database_too(sampled, home):
    """After a kill between the two editions, retention still removes the restricted edition."""
    without_databases(sampled, home)
    release = open_release(home=home)
    with writable(release.path / RESTRICTED):
        (release.path / RESTRICTED / DATABASE).write_bytes(b"")
    (home.releases / "current").unlink()
    (home.releases / "current").symlink_to(min(p.name for p in home.releases.glob("2*")))
    assert prune(home, keep=0) == [release.release_id]
    assert not (release.path / RESTRICTED / DATABASE).exists()


def test_a_release_from_before_hashes_were_kept_says_so(pruned, release):
    path = release.path / "manifest.json"
    path.chmod(0o644)
    manifest = read_json(path)
    for entry in manifest["inputs"]["loads"]:
        del entry["rows_sha256"]
    write_json(path, manifest)
    found = find_changed_inputs(pruned, release)
    assert len(found) == len(manifest["inputs"]["loads"])
    assert all("too old to hold a hash of its rows" in one for one in found)


def test_a_manifest_of_other_files_is_noticed(pruned, release):
    load = first_load(pruned)
    path = raw_zone.folder(pruned, load.dataset, load.load_id) / "load.json"
    write_json(path, read_json(path) | {"files": {}})
    [changed] = find_changed_inputs(pruned, release)
    assert "names other files than the release" in changed
