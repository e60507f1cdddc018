"""Replaying every row of a mart, each on its own support, many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klynge.lineage.release import Opened
from klynge.lineage.replaying import Worlds, differing
from klynge.lineage.restricting import stored_name
from klynge.lineage.supporting import Supporter, exactly
from klynge.lineage.tagging import UntaggableError

#: So many rows of a mart are replayed at once.
BATCH = 500


@dataclass(frozen=True)
class Checked:
    """One row of a mart: its number, why its support is wide, and what its replay missed."""

    row: int
    flags: tuple[tuple[str, str], ...]
    wrong: str | None


def checked(opened: Opened, model: str, rows: Sequence[int]) -> Iterator[Checked]:
    """Replay rows of a mart, each on its own support; several that need the same rows share it."""
    for start in range(0, len(rows), BATCH):
        with opened.scratch.emptied():
            yield from _batch(opened, model, sorted(rows[start : start + BATCH]))


def rows_of(opened: Opened, model: str) -> list[int]:
    """The numbers of a stored model's rows."""
    query = f"select rowid from {stored_name(model)} order by rowid"
    return [row for (row,) in opened.connection.execute(query).fetchall()]


def _batch(opened: Opened, model: str, rows: Sequence[int]) -> Iterator[Checked]:
    scratch, chain = opened.scratch, opened.chain
    columns = exactly(chain.columns[model])
    numbers = ", ".join(f"({tag}, {row})" for tag, row in enumerate(rows))
    demanded = scratch.table(
        "figures",
        f"select tag, cast(row as bigint) as row from (values {numbers}) as figures (tag, row)",
    )
    support = Supporter(scratch, chain).support({model: (demanded, frozenset(columns))})
    try:
        replayed = Worlds(scratch, chain, support).model(model)
        wrong = differing(opened.connection, chain, model, demanded, replayed, columns)
    except UntaggableError as error:
        wrong = dict.fromkeys(range(len(rows)), f"{error} is replayed alone")
    flags: dict[int, set[tuple[str, str]]] = {}
    for figure, kind, reason in support.flags:
        flags.setdefault(figure, set()).add((kind, reason))
    for tag, row in enumerate(rows):
        yield Checked(row, tuple(sorted(flags.get(tag, ()))), wrong.get(tag))
