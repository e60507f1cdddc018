"""The parsed project: a manifest that fits the files as they are now, and where dbt writes."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from klynge import checkout, progress
from klynge.home import Home, machine_errors, write_atomically
from orchestration.dbt.invocation import invoke


def artifacts(home: Home) -> Path:
    """The folder in which dbt writes the manifest, the compiled SQL and the documentation."""
    return home.build / "dbt"


def compiled_models(home: Home) -> Path:
    """The folder of the models' compiled SQL."""
    return artifacts(home) / "compiled" / "klyngedata" / "models"


def parse(home: Home) -> Path:
    """The path of a manifest that fits the project's files as they are now.

    The project is parsed when any of its files, its place or dbt itself has changed since, or the
    manifest is not the one that was parsed. The stamp is written last and lies apart from what a
    build rewrites, so a parse or a build that was cut short is never mistaken for a finished one.
    """
    parsed = home.build / "parsed"
    manifest, stamp = parsed / "manifest.json", parsed / "project.sha256"
    with _one_parser(home):
        if not stamp.is_file() or stamp.read_text() != _stamp(home, manifest):
            progress.detail("parsing the dbt project")
            # dbt's own cache names the place of the project that it was made from
            for folder in (parsed, artifacts(home)):
                shutil.rmtree(folder, ignore_errors=True)
            invoke(home, "parse", target=parsed)
            write_atomically(stamp, _stamp(home, manifest).encode())
    return manifest


def _stamp(home: Home, manifest: Path) -> str:
    parts = (
        checkout.hash_files(_project_files()),
        hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else "",
        checkout.ROOT,
        home.root,
        *(version(name) for name in ("dbt-core", "dbt-duckdb", "dagster-dbt")),
    )
    return " ".join(map(str, parts))


@contextmanager
def _one_parser(home: Home) -> Iterator[None]:
    """Two processes that load the code location at once parse one after the other."""
    with ExitStack() as lock:
        with machine_errors(str(home.build)):
            home.build.mkdir(parents=True, exist_ok=True)
            lock.enter_context(FileLock(home.build / "parse.lock"))
        yield


def _project_files() -> list[Path]:
    folders = (checkout.DBT_PROJECT, checkout.PROFILES, checkout.SEEDS / "reference")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
