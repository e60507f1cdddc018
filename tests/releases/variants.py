"""Variants of a release without a nightly run, and a comparison of two releases without SQL."""

import shutil

import duckdb

from klynge.home import read_json, write_json
from klynge.lineage.workspace import workspace
from klynge.raw_zone import read_ledger
from klynge.releases.manifest import describe_inputs, describe_tables, sha256_of
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, REFERENCE, Release
from klynge.releases.rebuilding import build
from klynge.warehouse.schemas import HISTORY


def variant(home, release, name, *, edit=None, loads=None, touch=None) -> Release:
    """A variant of a release, with the id ``name``.

    ``edit`` may change the files in its folder, ``loads`` replace its loads, and ``touch`` may
    change its tables directly.
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
    known = max(load.received_at for load in read_ledger(home))
    said = manifest | {"inputs": inputs, "files": files, "created_at": known, "release_id": name}
    write_json(made.path / "manifest.json", said)
    with workspace(made.path / DATABASE) as connection:
        build(connection, home, code=made, inputs=made)
        if touch is not None:
            connection.execute(touch)
        tables = describe_tables(connection, said["restricted"])
    write_json(made.path / "manifest.json", said | {"tables": tables})
    return made


def by_hand(before, after):
    """Every cell of the marts that differs, found without SQL."""
    found = set()
    models = read_models(after)
    connections = [duckdb.connect(str(r.whole_database), read_only=True) for r in (before, after)]
    for name, model in models.items():
        if "mart_" not in name or model.table in HISTORY:
            continue
        sides = []
        for connection in connections:
            answer = connection.execute(f"from {name}")
            columns = [column[0] for column in answer.description]
            rows = [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
            sides.append({tuple(row[c] for c in model.grain): row for row in rows})
        for key in {*sides[0], *sides[1]}:
            old, new = (side.get(key, {}) for side in sides)
            found |= {
                (name, tuple(None if k is None else str(k) for k in key), column)
                for column in {*old, *new} - {*model.grain}
                if old.get(column) != new.get(column)
            }
    for connection in connections:
        connection.close()
    return found
