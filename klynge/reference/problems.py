"""Problems of reference data: where each is, and one message for all of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from klynge.seed_files import summarise


class Problem(NamedTuple):
    """What is wrong in a file and what to do; ``row`` is None if it concerns several rows."""

    file: Path
    row: int | None
    text: str


def describe_problems(problems: Iterable[Problem]) -> str:
    """One message for all problems, by file."""
    by_file: dict[Path, list[str]] = {}
    for problem in problems:
        place = f"row {problem.row}: " if problem.row else ""
        by_file.setdefault(problem.file, []).append(f"{place}{problem.text}")
    return "\n".join(summarise(file, texts) for file, texts in by_file.items())
