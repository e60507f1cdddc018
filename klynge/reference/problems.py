"""The problems of reference data. Each has a place, and one message describes all of them."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from klynge.messages import Message, counted, message
from klynge.seed_files import LISTED_PROBLEMS


class Problem(NamedTuple):
    """A fault in a file, with its remedy. ``row`` is None if the fault concerns several rows."""

    file: Path
    row: int | None
    text: str


def describe_problems(problems: Iterable[Problem]) -> Message:
    """Describe all problems in one message.

    It lists each file, the first problems of the file, and the number of its other problems.
    """
    by_file: dict[Path, list[str]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(_with_row(problem))
    lines: list[str] = []
    for file, texts in by_file.items():
        heading = counted(
            "{file}: {count} problem", "{file}: {count} problems", len(texts), file=str(file)
        )
        rest = len(texts) - LISTED_PROBLEMS
        more = [message("… and {rest} more", rest=rest)] if rest > 0 else []
        lines += [heading, *(_indented(t) for t in (*texts[:LISTED_PROBLEMS], *more))]
    return _joined(lines)


def _with_row(problem: Problem) -> str:
    if not problem.row:
        return problem.text
    return message("row {row}: {problem}", row=problem.row, problem=problem.text)


def _indented(text: str) -> Message:
    return message("  {problem}", problem=text)


def _joined(lines: list[str]) -> Message:
    """Join lines into one message. The message can still be shown in either language."""
    whole = message("{problem}", problem=lines[0])
    for line in lines[1:]:
        whole = message("{before}\n{problem}", before=whole, problem=line)
    return whole
