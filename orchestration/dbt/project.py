"""Parse the dbt project into a manifest, and name the folders in which dbt writes."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

from dbt.constants import PARTIAL_PARSE_FILE_NAME
from filelock import FileLock

from klynge import checkout, progress
from klynge.home import Home, machine_errors, write_atomically
from klynge.reference.seeds import shipped_reference
from orchestration.dbt.invocation import invoke


def artifacts(home: Home) -> Path:
    """The folder in which dbt writes the manifest, the compiled SQL and the documentation."""
    return home.build / "dbt"


def compiled_models(home: Home) -> Path:
    """The folder of the models' compiled SQL."""
    return artifacts(home) / "compiled" / "klyngedata" / "models"


def parse(home: Home) -> Path:
    """Return the path of a manifest of the project's current files.

    The project is parsed again if its files, its folder, the home, the version of dbt or the
    manifest have changed since the last parse. A stamp with hashes shows whether they have
    changed. The stamp is written last, and no build rewrites it. So an interrupted parse is never
    mistaken for a finished parse.
    """
    parsed = home.build / "parsed"
    manifest, stamp = parsed / "manifest.json", parsed / "project.sha256"
    with _one_parser(home):
        if not stamp.is_file() or stamp.read_text() != _stamp(home, manifest):
            progress.detail("parsing the dbt project")
            # dbt's own cache contains the path of the project folder, so it must not be used again
            for folder in (parsed, artifacts(home)):
                shutil.rmtree(folder, ignore_errors=True)
            # the merged seeds in the build folder may be those of an older version of the program
            invoke(home, "parse", target=parsed, seeds=shipped_reference().shipped)
            # so that the build reads this parse, and does not parse the same files once more
            artifacts(home).mkdir(parents=True, exist_ok=True)
            shutil.copy(parsed / PARTIAL_PARSE_FILE_NAME, artifacts(home))
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
    """Let only one process parse at a time, even if two processes load the code location."""
    with ExitStack() as lock:
        with machine_errors(str(home.build)):
            home.build.mkdir(parents=True, exist_ok=True)
            lock.enter_context(FileLock(home.build / "parse.lock"))
        yield


def _project_files() -> list[Path]:
    folders = (checkout.DBT_PROJECT, checkout.PROFILES, checkout.SEEDS / "reference")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
