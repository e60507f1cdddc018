"""Make variants of a release without a nightly run, and compare two releases without SQL."""

import shutil

import duckdb

from klynge.home import read_json, write_json
from klynge.lineage.workspace import workspace
from klynge.raw_zone import read_ledger
from klynge.releases.manifest import describe_inputs, describe_tables, sha256_of
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, REFERENCE, Release
from klynge.releases.rebuilding import build
from klynge.warehouse.schemas import HISTORY, OVERVIEWS


def variant(home, release, name, *, edit=None, loads=None, touch=None, known=None) -> Release:
    """Make a variant of a release, with the id ``name``.

    ``edit`` may change the files in the variant's folder. ``loads`` replace its loads. ``touch``
    may change its tables directly. ``known`` is the time up to which the variant knows loads;
    without it, the variant knows every load of the home.
    """
    made = Release(home.releases / name)
    shutil.copytree(release.path, made.path, ignore=shutil.ignore_patterns(DATABASE))
    for path in (made.path, *made.path.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    if edit is not None:
        edit(made.path)
    manifest = read_json(made.path / "manifest.json")
    inputs = manifest["inputs"]
    if loads is not None:
        inputs = describe_inputs(home, loads)
    inputs["reference"] = {
        path.name: sha256_of(path) for path in sorted((made.path / REFERENCE).glob("*.csv"))
    }
    files = {name: sha256_of(made.path / name) for name in manifest["files"] if name != DATABASE}
    known = known or max(load.received_at for load in read_ledger(home))
    said = manifest | {"inputs": inputs, "files": files, "created_at": known, "release_id": name}
    write_json(made.path / "manifest.json", said)
    with workspace(made.path / DATABASE) as connection:
        build(connection, home, code=made, inputs=made)
        if touch is not None:
            connection.execute(touch)
        tables = describe_tables(connection, said["restricted"])
    write_json(made.path / "manifest.json", said | {"tables": tables})
    # a release reads its manifest once
    return Release(made.path)


def by_hand(before, after):
    """Find every differing cell of the marts and the star without SQL."""
    marts = {
        name: model.grain
        for name, model in read_models(after).items()
        if (".mart_" in name or name.startswith("bi.")) and model.table not in HISTORY | OVERVIEWS
    }
    old, new = (_rows_by_key(release, marts) for release in (before, after))
    return {
        (name, tuple(None if k is None else str(k) for k in key), column)
        for name, grain in marts.items()
        for key in {*old[name], *new[name]}
        for column in _differing_columns(old[name].get(key, {}), new[name].get(key, {}), grain)
    }


def _rows_by_key(release, marts):
    """Return mart -> key -> column -> value."""
    rows = {}
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        for name, grain in marts.items():
            answer = connection.execute(f"from {name}")
            columns = [column[0] for column in answer.description]
            each = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
            rows[name] = {tuple(row[c] for c in grain): row for row in each}
    return rows


def _differing_columns(old, new, grain):
    return [c for c in {*old, *new} - {*grain} if old.get(c) != new.get(c)]
