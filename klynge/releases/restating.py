"""Restate the current release: publish it again without rows that were erased later.

Erased rows must leave the current release at once. No failing check and no other fault may prevent
this. So the current release is rebuilt from its own models and reference data, and from its loads
without the erased rows. The result becomes the current release; its manifest names the release
that it restates. If the rebuild fails, the database of the current release is removed. Then no
query is possible until the next nightly run publishes a release.
"""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from klynge.home import UNFINISHED, Home, machine_errors, write_json
from klynge.lineage.workspace import workspace
from klynge.raw_zone import ERASURE, ROW_ERASURES, Load, read_ledger
from klynge.releases import manifest as manifests
from klynge.releases.inputs import knowledge_time, read_release_loads
from klynge.releases.models import read_models
from klynge.releases.publishing import (
    PARQUET,
    export_tables,
    hash_files,
    make_immutable,
    place_database,
    prune,
    remove_database,
    switch_current,
)
from klynge.releases.reading import DATABASE, RESTRICTED, Release, find_outdated, open_release
from klynge.releases.rebuilding import build


@dataclass(frozen=True)
class Restatement:
    """The current release after an erasure.

    ``release_id`` is the release that is current now. If ``failure`` is given, it says why the
    release could not be rebuilt; the release's database was then removed.
    """

    release_id: str
    former_id: str
    loads: tuple[str, ...]
    failure: str | None = None


def restate_current(home: Home) -> Restatement | None:
    """Replace the current release if it holds erased rows; otherwise return None.

    The caller holds the lock of the home. Even if the rebuild fails, the current release no longer
    holds the erased rows afterwards.
    """
    if not (home.releases / "current").exists():
        return None
    release = open_release(home=home)
    outdated = find_outdated(release, read_ledger(home))
    if not outdated or not release.has_database:
        return None
    ids = tuple(load.load_id for load in outdated)
    try:
        release_id = _publish_without(home, release, outdated)
    except Exception as error:  # noqa: BLE001 - whatever fails, the erased rows must go
        remove_database(release)
        home.clear_unfinished()
        return Restatement(release.release_id, release.release_id, ids, str(error))
    switch_current(home, release_id)
    prune(home)
    return Restatement(release_id, release.release_id, ids)


def _publish_without(home: Home, release: Release, outdated: Iterable[Load]) -> str:
    """Rebuild a release without the erased rows of its loads; return the new release's id."""
    created = datetime.now(UTC)
    release_id = f"{created:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    draft = home.releases / f"{UNFINISHED}{release_id}"
    former = release.manifest
    with machine_errors(str(home.releases)):
        _copy_without_database(release, draft)
        whole = draft / f"{UNFINISHED}{DATABASE}"
        with workspace(whole) as connection:
            erased = {load.load_id for load in outdated}
            build(connection, home, code=release, inputs=release, erased=erased)
            connection.execute("checkpoint")
        models = read_models(release)
        tables = export_tables(whole, draft, frozenset(former["restricted"]), models)
        loads = read_release_loads(home, release)
        submitted = any(load.basis != "published" for load in loads)
        place_database(whole, draft, frozenset(former["restricted"]) if submitted else None)
        write_json(
            draft / "manifest.json",
            {
                **former,
                "release_id": release_id,
                "created_at": created.isoformat(timespec="seconds"),
                "basis": manifests.describe_basis(loads),
                "inputs": {
                    **former["inputs"],
                    "loads": manifests.describe_inputs(home, loads)["loads"],
                },
                "tables": tables,
                "restates": {
                    "release_id": release.release_id,
                    "created_at": knowledge_time(release).isoformat(),
                    "erasures": [_describe(load) for load in outdated],
                },
                "files": hash_files(draft),
            },
        )
        make_immutable(draft)
        draft.rename(home.releases / release_id)
    return release_id


def _copy_without_database(release: Release, draft: Path) -> None:
    """Copy models, reference data, contracts, documentation and results of checks."""
    left_out = {DATABASE, RESTRICTED, *PARQUET, "manifest.json"}
    shutil.copytree(
        release.path,
        draft,
        ignore=lambda folder, _: left_out if Path(folder) == release.path else set(),
    )
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _describe(load: Load) -> dict[str, Any]:
    """Describe the erasure of a load or of some of its rows, with role and reason."""
    notes = [load.about[ERASURE]] if load.erased else load.about[ROW_ERASURES]
    said = {name: notes[-1][name] for name in ("role", "reason", "erased_at")}
    return {"load_id": load.load_id, "rows_erased": load.rows_erased, "whole": load.erased, **said}
