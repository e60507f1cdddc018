"""The checkout the program runs from: where its parts lie, and which code it is."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
DBT_PROJECT = ROOT / "dbt_project"
PROFILES = ROOT / "profiles"
CONTRACTS = ROOT / "contracts"

#: Folders whose files decide what a release holds; documents and submissions are inputs, not code.
CODE_FOLDERS = (
    "klynge",
    "sample",
    "orchestration",
    "expectations",
    "dbt_project",
    "profiles",
    "contracts",
)
CODE_SUFFIXES = {".py", ".sql", ".yml", ".yaml", ".csv", ".md", ".j2", ".css"}


@dataclass(frozen=True)
class CodeVersion:
    """Which code built a release: the commit, and a hash of the files as they really were."""

    commit: str
    clean: bool
    sha256: str


def code_version() -> CodeVersion:
    """The commit (``unknown`` outside git), whether files differ from it, and the files' hash."""
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain", "--untracked-files=no")
    return CodeVersion(
        commit or "unknown", bool(commit) and changes == "", hash_files(code_files())
    )


def code_files() -> list[Path]:
    """Every file of the checkout that decides what a release holds, in a fixed order."""
    return sorted(
        path
        for folder in CODE_FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in CODE_SUFFIXES and path.is_file() and "__pycache__" not in path.parts
    )


def reference_files() -> list[Path]:
    """The reference seeds, in a fixed order."""
    return sorted((SEEDS / "reference").glob("*.csv"))


def hash_files(files: list[Path]) -> str:
    """One SHA-256 over names (relative to the checkout) and contents."""
    digest = hashlib.sha256()
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments],  # noqa: S607 - the git of whoever runs this
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
