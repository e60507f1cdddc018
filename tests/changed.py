"""Run the quick tests of the files that changed since a branch: ``make test-changed BASE=main``.

The kind of a changed file decides which tests are run; docs/how-to/run-the-tests.md explains this.

- Python: the test files that import the module, directly or through other modules (the import graph
  shows them); and the folder under ``tests/`` with the name of the module's package.
- A model, or its yml: dbt's unit tests of the model and of the models that read it.
- Files that no module imports (contracts, seeds, macros, documents): the table ``FOLDERS`` names
  the tests.
"""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import grimp
import pytest

from klynge import checkout

PACKAGES = (
    "klynge",
    "sample",
    "cli",
    "dashboard",
    "expectations",
    "orchestration",
    "benchmarks",
    "tests",
)
RULES_FOR_ALL_FILES = ("tests/test_house.py", "tests/warehouse/test_models.py")
UNIT_TESTS = "tests/warehouse/test_unit_tests.py"
#: The beginning of a path -> the tests of the files below it. The table has files that no module
#: imports.
FOLDERS = {
    "contracts/": ("tests/intake", "tests/sample/test_files.py"),
    "seeds/": ("tests/print", "tests/sample", "tests/reference"),
    "dbt_project/": (UNIT_TESTS,),
    "profiles/": (UNIT_TESTS,),
}
#: Part of a package -> the folder of its tests, if the two names differ.
OTHER_NAMES = {
    "klynge/whatif": "tests/allocation",
    "orchestration": "tests/nightly",
}


def changed_files(base: str) -> list[str]:
    """Return the files that changed since this branch left ``base``, and untracked files."""
    since = _git("merge-base", base, "HEAD")[0]
    differing = _git("diff", "--name-only", since)
    return sorted({*differing, *_git("ls-files", "--others", "--exclude-standard")})


def files_to_test(files: Iterable[str]) -> set[str]:
    """Return the test files and folders to run for the changed files."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found = set(RULES_FOR_ALL_FILES)
    for file in files:
        path = PurePosixPath(file)
        for beginning, tests in FOLDERS.items():
            if file.startswith(beginning):
                found.update(tests)
        if path.suffix != ".py":
            continue
        folders = [folder.as_posix() for folder in path.parents]
        found.update(f"tests/{folder.rpartition('/')[2]}" for folder in folders)
        found.update(OTHER_NAMES[folder] for folder in folders if folder in OTHER_NAMES)
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        if module in graph.modules:
            importers = {module, *graph.find_downstream_modules(module)}
            if any(importer.startswith("cli.") for importer in importers):
                # the command imports the modules of its sub-commands by name
                importers |= graph.find_downstream_modules("cli.main")
            found.update(f"{name.replace('.', '/')}.py" for name in importers)
    return {name for name in found if _is_test(checkout.ROOT / name)}


def changed_models(files: Iterable[str]) -> list[str] | None:
    """Return the models whose unit tests must run.

    None means all models, for example after a change of a macro.
    """
    of_dbt = ("dbt_project/", "profiles/")
    paths = [PurePosixPath(file) for file in files if file.startswith(of_dbt)]
    models = [path for path in paths if path.is_relative_to("dbt_project/models")]
    return None if len(models) < len(paths) else sorted({path.stem for path in models})


def _is_test(path: Path) -> bool:
    """Return whether pytest finds tests in the file or folder.

    The folder of all tests is excluded.
    """
    if path.is_dir():
        return path.parent == checkout.ROOT / "tests" and any(path.glob("test_*.py"))
    return path.is_file() and path.name.startswith("test_")


def _git(*arguments: str) -> list[str]:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=checkout.ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def main(base: str) -> int:
    """Run the tests of the files that changed since ``base``; the exit code is pytest's."""
    files = changed_files(base)
    if not files:
        sys.stdout.write(f"nothing changed since {base}: name an older commit, BASE=HEAD~3\n")
        return 0
    tests, models = files_to_test(files), changed_models(files)
    quick = "not slow and not long and not nightly"
    options = ["-m", quick, "--numprocesses", "2", "--dist", "worksteal"]
    if models == []:
        # if no model has changed, the warehouse for unit tests is not needed
        tests.discard(UNIT_TESTS)
    elif models is not None:
        options += ["--unit-tests-of", ",".join(models)]
    sys.stdout.write(f"{len(files)} file(s) changed since {base}; their quick tests are in\n")
    sys.stdout.writelines(f"  {name}\n" for name in sorted(tests))
    sys.stdout.write("left out: tests marked nightly, slow or long; `make test` runs the first\n")
    return int(pytest.main([*options, *sorted(tests)]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
