"""Replaying every row of a mart, each on its own support, many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klynge.lineage.proof.replay import BatchReplay, differences
from klynge.lineage.proof.tagged_sql import NotTaggableError
from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.row_lineage import SupportSearch, exact_columns

#: So many rows of a mart are replayed at once.
BATCH = 500


@dataclass(frozen=True)
class Checked:
    """One row of a mart: its number, why its support is wide, and what its replay missed."""

    row: int
    flags: tuple[tuple[str, str], ...]
    wrong: str | None


def checked(opened: ReleaseDatabase, model: str, rows: Sequence[int]) -> Iterator[Checked]:
    """Replay rows of a mart, each on its own support; several that need the same rows share it."""
    for start in range(0, len(rows), BATCH):
        with opened.scratch.emptied():
            yield from _batch(opened, model, sorted(rows[start : start + BATCH]))


def rows_of(opened: ReleaseDatabase, model: str) -> list[int]:
    """The numbers of a stored model's rows."""
    query = f"select rowid from {stored_name(model)} order by rowid"
    return [row for (row,) in opened.connection.execute(query).fetchall()]


def _batch(opened: ReleaseDatabase, model: str, rows: Sequence[int]) -> Iterator[Checked]:
    scratch, chain = opened.scratch, opened.chain
    columns = exact_columns(chain.columns[model])
    numbers = ", ".join(f"({tag}, {row})" for tag, row in enumerate(rows))
    demanded = scratch.table(
        "figures",
        f"select tag, cast(row as bigint) as row from (values {numbers}) as figures (tag, row)",
    )
    support = SupportSearch(scratch, chain).support({model: (demanded, frozenset(columns))})
    try:
        replayed = BatchReplay(scratch, chain, support).model(model)
        wrong = differences(opened.connection, chain, model, demanded, replayed, columns)
    except NotTaggableError as error:
        wrong = dict.fromkeys(range(len(rows)), f"{error} is replayed alone")
    flags: dict[int, set[tuple[str, str]]] = {}
    for figure, kind, reason in support.flags:
        flags.setdefault(figure, set()).add((kind, reason))
    for tag, row in enumerate(rows):
        yield Checked(row, tuple(sorted(flags.get(tag, ()))), wrong.get(tag))
