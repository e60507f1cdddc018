"""Find the figures of marts that differ between two databases."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from klynge.lineage.models import CompiledModels
from klynge.releases.reading import Release
from klynge.releases.row_differences import RowComparer, Table
from klynge.warehouse.schemas import HISTORY, OVERVIEWS

#: A figure is identified by its mart, the values of its key in order, and its column.
FigureId = tuple[str, tuple[str | None, ...], str | None]


@dataclass(frozen=True)
class FigureDifference:
    """One cell of a mart that differs; all values are text, and None stands for NULL."""

    #: ``schema.table``
    mart: str
    key: dict[str, str | None]
    #: None for a row that has only key columns
    column: str | None
    #: whether the row was ``added``, ``withdrawn`` or ``changed``
    kind: str
    before: str | None
    after: str | None

    @property
    def figure_id(self) -> FigureId:
        """The identity of the figure, which is the same in every database."""
        return self.mart, tuple(self.key.values()), self.column


def differing_marts(
    before: Release, after: Release, old: CompiledModels, new: CompiledModels
) -> list[Table]:
    """The marts whose content differs between two releases; history marts are left out."""
    hashes = [
        {
            f"{table['schema']}.{table['table']}": table["content_hash"]
            for table in release.manifest["tables"]
            if table["kind"] == "mart" and table["table"] not in HISTORY | OVERVIEWS
        }
        for release in (before, after)
    ]
    names = {name for name, _ in hashes[0].items() ^ hashes[1].items()}
    return [Table(name, _key(name, old, new)) for name in sorted(names)]


def _key(mart: str, old: CompiledModels, new: CompiledModels) -> tuple[str, ...]:
    """The columns that identify a row in both releases: the grain, or both grains if it changed."""
    grains = [models[mart].grain for models in (old, new) if mart in models]
    return tuple(dict.fromkeys(column for grain in grains for column in grain))


def differing_figures(comparer: RowComparer, marts: Iterable[Table]) -> Iterator[FigureDifference]:
    """Every figure of ``marts`` that differs between the databases, in order of mart and key.

    If only one database has a row, each of its values is a figure that differs.
    """
    for mart in marts:
        for row in comparer.rows(mart):
            for column, (before, after) in row.values.items() or [(None, (None, None))]:
                yield FigureDifference(mart.name, row.key, column, row.kind, before, after)
