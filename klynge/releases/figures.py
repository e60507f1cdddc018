"""The figures of the marts, and which of them are not the same in two databases."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from klynge.lineage.models import CompiledModels
from klynge.releases.reading import Release
from klynge.releases.row_differences import RowComparer, Table
from klynge.warehouse.schemas import HISTORY

#: What tells a figure from all others: mart, key in order of the mart's grain, column.
FigureId = tuple[str, tuple[str | None, ...], str | None]


@dataclass(frozen=True)
class FigureDifference:
    """One cell of a mart that is not the same before and after; values as text, None is null."""

    #: ``schema.table``
    mart: str
    key: dict[str, str | None]
    #: None for a row that says nothing but its key
    column: str | None
    #: whether its row is ``added``, ``withdrawn`` or ``changed``
    kind: str
    before: str | None
    after: str | None

    @property
    def figure_id(self) -> FigureId:
        """What it has in common with the same figure in other databases."""
        return self.mart, tuple(self.key.values()), self.column


def differing_marts(
    before: Release, after: Release, old: CompiledModels, new: CompiledModels
) -> list[Table]:
    """The marts whose content is not the same in two releases; those that tell history left out."""
    hashes = [
        {
            f"{table['schema']}.{table['table']}": table["content_hash"]
            for table in release.manifest["tables"]
            if table["kind"] == "mart" and table["table"] not in HISTORY
        }
        for release in (before, after)
    ]
    names = {name for name, _ in hashes[0].items() ^ hashes[1].items()}
    # a grain that changed: its columns of either release tell the rows of both apart
    grains = ([m[name].grain if name in m else () for m in (old, new)] for name in sorted(names))
    return [
        Table(name, tuple(dict.fromkeys(column for grain in both for column in grain)))
        for name, both in zip(sorted(names), grains, strict=True)
    ]


def differing_figures(comparer: RowComparer, marts: Iterable[Table]) -> Iterator[FigureDifference]:
    """Every figure of ``marts`` that is not the same in both databases, in order of mart and key.

    Of a row that is in one of them only, each value it has is one.
    """
    for mart in marts:
        for row in comparer.rows(mart):
            for column, (before, after) in row.values.items() or [(None, (None, None))]:
                yield FigureDifference(mart.name, row.key, column, row.kind, before, after)
