"""Replaying every row of a mart, each on its own support, many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klynge.lineage.chain import Chain
from klynge.lineage.replaying import Worlds, differing
from klynge.lineage.restricting import stored_name
from klynge.lineage.scratch import Scratch
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


def checked(scratch: Scratch, chain: Chain, model: str, rows: Sequence[int]) -> Iterator[Checked]:
    """Replay rows of a mart, each on its own support; several that need the same rows share it."""
    columns = exactly(chain.columns[model])
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        with scratch.emptied():
            numbers = ", ".join(f"({row})" for row in batch)
            demanded = scratch.table(
                "figures",
                "select cast(row_number() over (order by row) as integer) as tag, row "
                f"from (select cast(row as bigint) as row from (values {numbers}) as v (row))",
            )
            support = Supporter(scratch, chain).support(
                {model: (demanded, frozenset(columns))}
            )
            try:
                relation, worlds = Worlds(scratch, chain, support).model(model)
                wrong = differing(
                    scratch.connection, chain, model, demanded, relation, worlds, columns
                )
            except UntaggableError as error:
                wrong = dict.fromkeys(range(1, len(batch) + 1), f"{error} is replayed alone")
            flags: dict[int, set[tuple[str, str]]] = {}
            for figure, kind, reason in support.flags:
                flags.setdefault(figure, set()).add((kind, reason))
            for tag, row in enumerate(sorted(batch), start=1):
                yield Checked(row, tuple(sorted(flags.get(tag, ()))), wrong.get(tag))


def rows_of(scratch: Scratch, model: str) -> list[int]:
    """The numbers of a stored model's rows."""
    query = f"select rowid from {stored_name(model)} order by rowid"
    return [row for (row,) in scratch.connection.execute(query).fetchall()]
