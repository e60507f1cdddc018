"""The checkout that the program runs from: its folders, and the version of its code."""

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
DBT_PROJECT = ROOT / "dbt_project"
PROFILES = ROOT / "profiles"
CONTRACTS = ROOT / "contracts"

#: Folders with the code that determines a release. Documents and submissions are not code.
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
    """The code that built a release: the commit, and a hash of the files as they were.

    ``commit_unknown_because`` is git's error message if ``commit`` is ``unknown``, otherwise None.
    """

    commit: str
    clean: bool
    sha256: str
    commit_unknown_because: str | None


def code_version() -> CodeVersion:
    """Return the commit of the checkout and the hash of its code files.

    ``clean`` is true only if git says that no tracked file differs from the commit.
    """
    sha256 = hash_files(code_files())
    try:
        commit = _git("rev-parse", "HEAD")
        changes = _git("status", "--porcelain", "--untracked-files=no")
    except _GitError as error:
        return CodeVersion("unknown", clean=False, sha256=sha256, commit_unknown_because=str(error))
    return CodeVersion(commit, clean=not changes, sha256=sha256, commit_unknown_because=None)


def code_files() -> list[Path]:
    """The files of the code that determines a release, in a fixed order."""
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
    """Return one SHA-256 of all files. It covers their contents and their paths in the checkout."""
    digest = hashlib.sha256()
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


class _GitError(Exception):
    """Git failed; the message is git's own."""


def _git(*arguments: str) -> str:
    # If another user owns the checkout, git answers only if the option names the folder as safe.
    # This adds no risk, because the program runs code from the folder anyway.
    safe = f"safe.directory={ROOT}"
    try:
        done = subprocess.run(
            ["git", "-c", safe, "-C", str(ROOT), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise _GitError(f"git cannot be run ({error.strerror})") from error
    if done.returncode:
        reason = done.stderr.strip().splitlines() or [f"git ended with {done.returncode}"]
        raise _GitError(reason[0].removeprefix("fatal: "))
    return done.stdout.strip()
