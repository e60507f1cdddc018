"""Tag the demanded rows of several figures, so that the figures are traced at once.

Every table of demanded rows has the columns ``tag`` and ``row``. If two figures depend on the same
rows of a table, they share a tag in this table. A second table (figure, tag) lists the figures of
each tag.

Example: figures 0 and 1 depend on rows 7 and 9. The first table then has (0, 7) and (0, 9). The
second table has (0, 0) and (1, 0).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from klynge.lineage.rows.temp_tables import TempTables


@dataclass(frozen=True)
class TaggedRows:
    """Demanded rows of a stored table.

    ``rows`` is a query or a table (tag, row). ``shared`` is the table (figure, tag).
    """

    rows: str
    shared: str


def united(temp: TempTables, readers: Sequence[TaggedRows], *, is_single: bool) -> TaggedRows:
    """Combine the rows that the readers of a table demand.

    If several figures are traced and there are several readers, the rows get new tags.
    """
    if is_single or len(readers) == 1:
        union = " union ".join(f"({reader.rows})" for reader in readers)
        rows = temp.table("demanded", f"select distinct tag, row from ({union})")
        found = TaggedRows(rows, readers[0].shared)
    else:
        found = _combined(temp, readers)
    return found if is_single else _merged(temp, found)


def _combined(temp: TempTables, readers: Sequence[TaggedRows]) -> TaggedRows:
    """Give a new tag to each combination of tags that a figure has in the rows of the readers."""
    tags = ", ".join(f"tag{i}" for i in range(len(readers)))
    columns = ", ".join(f"t{i}.tag as tag{i}" for i in range(len(readers)))
    joins = " ".join(
        f"{'from' if i == 0 else 'full join'} {reader.shared} as t{i}"
        f"{' using (figure)' if i else ''}"
        for i, reader in enumerate(readers)
    )
    shared = temp.table(
        "shared",
        f"select *, cast(dense_rank() over (order by {tags}) as integer) as tag "
        f"from (select figure, {columns} {joins})",
    )
    union = " union ".join(
        f"select distinct tags.tag, found.row from {shared} as tags "
        f"join ({reader.rows}) as found on found.tag = tags.tag{i}"
        for i, reader in enumerate(readers)
    )
    return TaggedRows(temp.table("demanded", union), shared)


def _merged(temp: TempTables, found: TaggedRows) -> TaggedRows:
    """Give one tag to all figures that have the same rows."""
    same = temp.table(
        "same",
        "select tag, min(tag) over (partition by number, mixed, summed) as first from ("
        "select tag, count(*) as number, bit_xor(hash(row)) as mixed, sum(hash(row)) as summed "
        f"from {found.rows} group by tag)",
    )
    if not temp.number(f"select count(*) from {same} where tag <> first"):
        return found
    firsts = f"from {found.rows} semi join (from {same} where tag = first) as firsts using (tag)"
    shared = (
        f"select figure, first as tag from {found.shared} as tags join {same} as same using (tag)"
    )
    return TaggedRows(temp.table("demanded", firsts), temp.table("shared", shared))
