"""Plant faults in a copy of the checkout and count how many the tests catch: ``make plant``.

``planted_faults.yml`` lists the faults, and for each fault the tests that should catch it. First
these tests must pass without the fault. Then at least one of them must fail with the fault. The run
ends with an error if the list does not fit the code. This is the case if a fault's text is not
found exactly once, or if a fault breaks the program so that the tests cannot run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from klynge import checkout
from klynge.home import Home
from tests.conftest import DOCUMENTS
from tests.warehouse.empty import build_empty_warehouse, call_dbt

LIST = Path(__file__).with_suffix(".yml")
#: pytest ends with one of these codes. Any other code means that the list of faults is wrong.
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Fault:
    """A fault has an effect, a place where it is planted, and tests that should catch it."""

    name: str
    file: str
    find: str
    replace: str
    #: tests by the names that pytest uses
    tests: tuple[str, ...] = ()
    #: the names of dbt unit tests
    unit_tests: tuple[str, ...] = ()

    @property
    def is_macro(self) -> bool:
        """Return whether the fault is in a macro, so that it affects several models."""
        return self.file.startswith("dbt_project/macros/")


class ListError(Exception):
    """The list of faults does not fit the code."""


def read_faults(path: Path = LIST) -> list[Fault]:
    """Read the list of faults.

    Raises :class:`ListError`, which names every fault that does not fit the checkout.
    """
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    files = _files()
    faults, wrong = [], []
    for entry in entries:
        values = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items()}
        fault = Fault(**values)
        named = [file for file in files if f"/{file}".endswith(f"/{fault.file}")]
        fault = replace(fault, file=named[0] if len(named) == 1 else fault.file)
        texts = [(checkout.ROOT / file).read_text(encoding="utf-8") for file in named]
        found = sum(text.count(fault.find) for text in texts)
        if len(named) != 1:
            wrong.append(f"{fault.name}: {len(named)} files are named {fault.file}")
        elif found != 1:
            wrong.append(f"{fault.name}: its text is found {found} times in {fault.file}")
        if bool(fault.tests) == bool(fault.unit_tests):
            wrong.append(f"{fault.name}: name either tests or unit_tests")
        faults.append(fault)
    if wrong:
        raise ListError("\n".join(wrong))
    return faults


def _files() -> list[str]:
    """List the files that git tracks and the new files that git does not ignore."""
    return subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=checkout.ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip


@contextmanager
def copied_checkout() -> Iterator[Path]:
    """Copy the checkout to a temporary folder, with a link to the documents if they exist."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        for name in _files():
            if (checkout.ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(checkout.ROOT / name, copy / name)
        if DOCUMENTS.is_dir():
            documents = copy.parent / DOCUMENTS.relative_to(checkout.ROOT.parent)
            documents.parent.mkdir(parents=True)
            documents.symlink_to(DOCUMENTS)
        yield copy


@contextmanager
def planted(copy: Path, faults: Iterable[Fault]) -> Iterator[None]:
    """Plant faults, at most one in a file, until the ``with`` block ends."""
    before = {copy / fault.file: (copy / fault.file).read_text("utf-8") for fault in faults}
    for fault in faults:
        path = copy / fault.file
        path.write_text(before[path].replace(fault.find, fault.replace), encoding="utf-8")
    try:
        yield
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def run_tests(copy: Path, tests: Iterable[str]) -> int:
    """Run tests of the copy on the copy's code; return pytest's exit code."""
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (PASSED, FAILED):
        raise ListError(f"pytest ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr}")
    return done.returncode


def failed_unit_tests(home: Home, copy: Path, names: Iterable[str]) -> set[str]:
    """Return those of the dbt unit tests ``names`` that fail on the models of the copy."""
    selected = [f"test_name:{name},test_type:unit" for name in names]
    results = call_dbt(home, "test", "--select", *selected, project=copy / "dbt_project")
    outcomes = {result.node.name: str(result.status) for result in results}
    if missing := set(names) - outcomes.keys():
        raise ListError(f"dbt knows no unit test {', '.join(sorted(missing))}")
    if broken := [name for name, status in outcomes.items() if status not in ("pass", "fail")]:
        raise ListError(f"a fault breaks the SQL of {', '.join(broken)}")
    return {name for name, status in outcomes.items() if status == "fail"}


def in_rounds(faults: Sequence[Fault]) -> Iterator[list[Fault]]:
    """Yield groups of faults that one run of dbt can try together.

    A unit test replaces the inputs of its model, so faults in other models cannot affect the test.
    Faults in different models are therefore tried together. A macro is used in many models, so a
    fault in a macro is tried alone.
    """
    yield from ([fault] for fault in faults if fault.is_macro)
    waiting = [fault for fault in faults if not fault.is_macro]
    while waiting:
        together = {fault.file: fault for fault in reversed(waiting)}
        yield list(together.values())
        waiting = [fault for fault in waiting if fault not in together.values()]


def caught_by_unit_tests(home: Home, copy: Path, faults: Sequence[Fault]) -> set[Fault]:
    """Return the faults in models and macros that at least one of their unit tests catches."""
    if not faults:
        return set()
    build_empty_warehouse(home)
    every = {name for fault in faults for name in fault.unit_tests}
    if failing := failed_unit_tests(home, copy, every):
        raise ListError(f"these unit tests fail without a fault: {', '.join(sorted(failing))}")
    caught = set()
    for together in in_rounds(faults):
        names = {name for fault in together for name in fault.unit_tests}
        with planted(copy, together):
            failing = failed_unit_tests(home, copy, names)
        caught |= {fault for fault in together if failing.intersection(fault.unit_tests)}
    return caught


def caught_by_tests(copy: Path, faults: Sequence[Fault]) -> set[Fault]:
    """Return the faults in Python that at least one of their tests catches."""
    if not faults:
        return set()
    every = sorted({name for fault in faults for name in fault.tests})
    if run_tests(copy, every) != PASSED:
        raise ListError(f"one of these tests fails without a fault: {' '.join(every)}")
    caught = set()
    for fault in faults:
        with planted(copy, [fault]):
            if run_tests(copy, fault.tests) == FAILED:
                caught.add(fault)
        print("caught  " if fault in caught else "SURVIVED", fault.name, flush=True)
    return caught


def main(*wanted: str) -> int:
    """Plant all faults, or the faults whose name or file contains one of the words ``wanted``.

    Returns 0 if all planted faults are caught, otherwise 1.
    """
    chosen = [
        fault
        for fault in read_faults()
        if not wanted or any(word in f"{fault.name} {fault.file}" for word in wanted)
    ]
    with copied_checkout() as copy, tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.prepare()
        in_sql = [fault for fault in chosen if fault.unit_tests]
        caught = caught_by_unit_tests(home, copy, in_sql)
        for fault in in_sql:
            print("caught  " if fault in caught else "SURVIVED", fault.name, flush=True)
        caught |= caught_by_tests(copy, [fault for fault in chosen if fault.tests])
    print(f"{len(caught)} of {len(chosen)} planted faults were caught")
    return 0 if len(caught) == len(chosen) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ListError as error:
        sys.exit(f"the list of faults does not fit the code:\n{error}")
