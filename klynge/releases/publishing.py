"""Publish a finished build as an immutable release, and make a release the current one."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from klynge import checkout
from klynge.danish_time import danish_day
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors, write_json
from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import string_literal, workspace
from klynge.messages import message
from klynge.metrics.declarations import METRICS
from klynge.quality import DATA_DOCS, TESTS, VERDICT, results_in
from klynge.raw_zone import Load, read_ledger
from klynge.reference.seeds import seed_files
from klynge.releases import manifest
from klynge.releases.dictionary import write_dictionary
from klynge.releases.editions import write_analyst_edition
from klynge.releases.reading import (
    CONTRACTS,
    DATABASE,
    DOCS,
    REFERENCE,
    RESTRICTED,
    Release,
    find_outdated,
    list_releases,
    open_release,
)
from klynge.releases.star import write_views
from klynge.releases.table_texts import parquet_options, write_comments
from klynge.runs import PUBLISHED, Run
from klynge.warehouse.compiled_models import MODELS, read_compiled_models
from klynge.warehouse.quality_history import add_run
from klynge.warehouse.schemas import STAR

#: The folder of a release with the marts as Parquet. The star's folder has the name of its schema.
MARTS = "marts"
PARQUET = (MARTS, STAR)
#: How many releases keep their database file; older releases keep all other files.
KEPT_DATABASES = 14


@dataclass(frozen=True)
class Evidence:
    """The files and results of a build, besides its database."""

    run: Run
    compiled_sql: Path
    #: facts about the models that are not in their SQL; see :mod:`klynge.lineage.models`
    models: dict[str, Any]
    #: tables (``schema.table``) that the analysts' edition leaves out
    restricted: frozenset[str]
    docs: Path
    gate: dict[str, Any]
    #: results of dbt's tests
    tests: dict[str, Any]
    data_docs: Path
    #: checks the database with the run's own results; if it raises an error, nothing is released
    judge_history: Callable[[Path], None]
    #: the losses since the previous release, with their recorded reasons
    losses: list[dict[str, Any]] = field(default_factory=list)
    #: lost rows that somebody accepted although all loads count, with the role and the reason
    accepted_losses: list[dict[str, Any]] = field(default_factory=list)
    #: the loads that the release leaves out because their rows break a rule, with the reasons
    set_aside: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: the declared metrics; see :mod:`klynge.metrics.declarations`
    metrics: dict[str, Any] = field(default_factory=lambda: {"tables": [], "metrics": []})


def publish(home: Home, loads: Sequence[Load], evidence: Evidence, as_of: str | None = None) -> str:
    """Turn ``home.database`` into a new release, make it current, and return its id.

    If ``as_of`` is given, the release shows what was known at that time. It does not become
    current.

    Everything is written into a draft folder, which is renamed in one step. A second rename
    switches ``current``. If the process is killed at any point, the former release stays current
    and whole.
    """
    created = datetime.now(UTC)
    release_id = f"{created:%Y%m%dT%H%M%SZ}-{evidence.run.run_id[:8]}"
    draft = home.releases / f"{UNFINISHED}{release_id}"
    with machine_errors(str(home.releases)):
        run = replace(evidence.run, outcome=PUBLISHED, release_id=release_id)
        add_run(home.database, run, results_in(evidence.gate), evidence.compiled_sql)
        evidence.judge_history(home.database)
        models = read_compiled_models(evidence.compiled_sql, evidence.models)
        with workspace(home.database) as connection:
            write_comments(connection, models)
            write_views(connection, models)
        tables = export_tables(home.database, draft, evidence.restricted, models)
        submitted = any(load.basis != "published" for load in loads)
        place_database(home.database, draft, evidence.restricted if submitted else None)
        shutil.copytree(evidence.compiled_sql, draft / "sql")
        write_json(draft / "sql" / MODELS, evidence.models)
        write_json(draft / METRICS, evidence.metrics)
        (draft / DOCS).mkdir()
        shutil.copy(evidence.docs, draft / DOCS / "index.html")
        write_dictionary(draft / DOCS, models, tables, release_id)
        (draft / REFERENCE).mkdir()
        for seed in seed_files(home):
            shutil.copy(seed, draft / REFERENCE)
        (draft / CONTRACTS).mkdir()
        for contract in sorted(checkout.CONTRACTS.glob("*.yaml")):
            shutil.copy(contract, draft / CONTRACTS)
        shutil.copytree(evidence.data_docs, draft / DATA_DOCS)
        write_json(draft / DATA_DOCS / VERDICT, evidence.gate)
        write_json(draft / DATA_DOCS / TESTS, evidence.tests)
        write_json(
            draft / "manifest.json",
            {
                "release_id": release_id,
                "created_at": created.isoformat(timespec="seconds"),
                "run_id": evidence.run.run_id,
                "as_of": as_of,
                "day": danish_day(
                    datetime.fromisoformat(as_of or evidence.run.started_at)
                ).isoformat(),
                "basis": manifest.describe_basis(loads),
                "inputs": manifest.describe_inputs(home, loads),
                "code": manifest.describe_code(),
                "tables": tables,
                "losses": evidence.losses,
                "accepted_losses": evidence.accepted_losses,
                "set_aside": evidence.set_aside,
                "restricted": sorted(evidence.restricted),
                "gate": {k: evidence.gate[k] for k in ("passed", "checks", "failed")},
                "files": hash_files(draft),
            },
        )
        make_immutable(draft)
        draft.rename(home.releases / release_id)
    if as_of is None:
        switch_current(home, release_id)
    prune(home)
    return release_id


def switch_current(home: Home, release_id: str) -> None:
    """Make a release the current one; at any time, a reader sees either the old or the new link."""
    with machine_errors(str(home.releases)):
        link = home.releases / f"{UNFINISHED}current"
        link.unlink(missing_ok=True)
        link.symlink_to(release_id)
        link.replace(home.releases / "current")


def prune(home: Home, keep: int = KEPT_DATABASES) -> list[str]:
    """Delete the databases of all releases except the current one and the ``keep`` newest.

    Even a new database is deleted if it has rows that were erased later. The current release always
    keeps its database. Returns the ids of the releases whose database was
    deleted.
    """
    current = (home.releases / "current").resolve().name
    with_database = [r for r in list_releases(home) if any(r.path.glob(f"**/{DATABASE}"))]
    kept_from = max(len(with_database) - keep, 0)
    ledger = read_ledger(home)
    old = {release.release_id for release in with_database[:kept_from]}
    outdated = {r.release_id for r in with_database if find_outdated(r, ledger)}
    pruned = sorted((old | outdated) - {current})
    with machine_errors(str(home.releases)):
        for release_id in pruned:
            remove_database(Release(home.releases / release_id))
    return pruned


def remove_database(release: Release) -> None:
    """Delete the database of a release in all editions. The other files of the release stay."""
    for database in release.path.glob(f"**/{DATABASE}"):
        with writable(database.parent):
            database.unlink()


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Let the owner change the files of a release's folder while the context is open."""
    mode = folder.stat().st_mode
    folder.chmod(mode | 0o200)
    try:
        yield
    finally:
        folder.chmod(mode)


def place_database(whole: Path, draft: Path, restricted: frozenset[str] | None) -> None:
    """Move a finished database into a release.

    If ``restricted`` is given, the release gets two editions: the whole one, and the analysts'
    edition without these tables.
    """
    if restricted is None:
        whole.rename(draft / DATABASE)
        return
    write_analyst_edition(whole, draft / DATABASE, restricted)
    (draft / RESTRICTED).mkdir()
    whole.rename(draft / RESTRICTED / DATABASE)


def export_tables(
    database: Path, draft: Path, restricted: frozenset[str], models: CompiledModels
) -> list[dict[str, Any]]:
    """Write the analysts' marts as Parquet, checkpoint the database, and describe all tables.

    Each Parquet file has the text of its model as metadata. The tables of the star have a folder of
    their own, which a BI tool can open as a whole.
    """
    for folder in PARQUET:
        (draft / folder).mkdir(parents=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = manifest.describe_tables(connection, restricted)
        for table in tables:
            name = f"{table['schema']}.{table['table']}"
            if table["kind"] == "mart" and table["edition"] != RESTRICTED:
                folder = STAR if table["schema"] == STAR else MARTS
                target = string_literal(draft / folder / f"{table['table']}.parquet")
                connection.execute(
                    f'copy (from "{table["schema"]}"."{table["table"]}" order by all) '
                    f"to {target} {parquet_options(models.get(name))}"
                )
        connection.execute("checkpoint")
    return tables


def hash_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): manifest.sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_immutable(folder: Path) -> None:
    """Make a draft folder read-only and flush its files to disk before it becomes a release."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        owner_only = RESTRICTED in path.relative_to(folder).parts
        mode = 0o444 if path.is_file() else 0o555
        path.chmod(mode & 0o700 if owner_only else mode)


def roll_back(home: Home, release_id: str | None = None) -> tuple[str, str]:
    """Make another release current; by default, the release before the current one.

    Returns the ids of the former and the new current release. Raises :class:`InputError` if the
    release does not exist, if the release was built with ``as_of``, or if its database was removed.
    """
    with home.locked():
        current = open_release(home=home)
        if release_id is None:
            earlier = [
                r for r in list_releases(home) if r.release_id < current.release_id and not r.as_of
            ]
            if not earlier:
                raise InputError(
                    message(
                        "there is no release before {release_id}", release_id=current.release_id
                    )
                )
            chosen = earlier[-1]
        else:
            chosen = open_release(release_id, home)
        if chosen.as_of:
            raise InputError(
                message(
                    "release {release_id} shows what was known at {time}: it is read by its id and "
                    "cannot be the current one",
                    release_id=chosen.release_id,
                    time=chosen.as_of,
                )
            )
        if not chosen.has_database:
            raise InputError(
                message(
                    "release {release_id} has no database any more (retention or an erasure "
                    "removed it): rebuild it with `klynge releases rebuild {release_id}`, or "
                    "choose a release that has one (see `klynge releases list`)",
                    release_id=chosen.release_id,
                )
            )
        switch_current(home, chosen.release_id)
    return current.release_id, chosen.release_id
