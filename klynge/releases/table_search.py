"""Find the tables of a release by words of their names, labels, columns and descriptions."""

from collections.abc import Iterable

from klynge.metrics.words import stems
from klynge.releases.descriptions import TableDescription
from klynge.warehouse.schemas import STAR

#: At most this many tables are found.
_FOUND = 5


def find_tables(tables: Iterable[TableDescription], words: Iterable[str]) -> list[TableDescription]:
    """Return up to five tables that have every word, or a word with the same stem.

    Tables with the words in their own name or label come first, and marts come before other tables.
    """
    wanted = stems(words)
    found = []
    for table in tables:
        title = " ".join((table.name, table.label_da, table.label_en)).casefold()
        columns = (f"{c.label_da} {c.label_en}" for c in table.columns.values())
        text = " ".join((title, table.description, table.description_da, *columns)).casefold()
        if all(word in text for word in wanted):
            is_titled = all(word in title for word in wanted)
            is_mart = ".mart_" in table.name
            place = (not is_titled, not is_mart, table.name.startswith(STAR), table.name)
            found.append((place, table))
    return [table for _, table in sorted(found, key=lambda one: one[0])[:_FOUND]]
