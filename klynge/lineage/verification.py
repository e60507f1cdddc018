"""Replay the rows of a mart, many at once. Each row has its own supporting rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from klynge.lineage.explanation import explain
from klynge.lineage.proof.batch_replay import BatchReplay
from klynge.lineage.proof.replay import differences
from klynge.lineage.proof.tagged_sql import NotTaggableError
from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.rows.row_lineage import SupportSearch
from klynge.lineage.rows.value_sets import exact_columns

#: How many rows of a mart are replayed at once.
BATCH = 500


@dataclass(frozen=True)
class RowCheck:
    """The check of one row of a mart.

    ``difference`` says how the replayed row differs from the stored row. It is None if the rows are
    equal.
    """

    row: int
    #: why the support is wider than needed: pairs (kind, reason), as in ``rows/row_lineage.py``
    flags: tuple[tuple[str, str], ...]
    difference: str | None


def check_rows(release: ReleaseDatabase, model: str, rows: Sequence[int]) -> Iterator[RowCheck]:
    """Replay rows of a mart, each from its own support. Rows with equal supports share a replay."""
    for start in range(0, len(rows), BATCH):
        with release.temp.emptied():
            yield from _check_batch(release, model, sorted(rows[start : start + BATCH]))


def _check_batch(release: ReleaseDatabase, model: str, rows: Sequence[int]) -> Iterator[RowCheck]:
    temp, graph = release.temp, release.graph
    columns = exact_columns(graph.columns[model])
    numbers = ", ".join(f"({tag}, {row})" for tag, row in enumerate(rows))
    demanded = temp.table(
        "figures",
        f"select tag, cast(row as bigint) as row from (values {numbers}) as figures (tag, row)",
    )
    support = SupportSearch(temp, graph).support({model: (demanded, frozenset(columns))})
    try:
        replayed = BatchReplay(temp, graph, support).model(model)
        wrong = differences(release.connection, graph, model, demanded, replayed, columns)
    except NotTaggableError as error:
        wrong = dict.fromkeys(
            range(len(rows)), explain("{model} is replayed alone", model=str(error))
        )
    flags: dict[int, set[tuple[str, str]]] = {}
    for figure, kind, reason in support.flags:
        flags.setdefault(figure, set()).add((kind, reason))
    for tag, row in enumerate(rows):
        yield RowCheck(row, tuple(sorted(flags.get(tag, ()))), wrong.get(tag))
