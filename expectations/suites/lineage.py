"""Where published columns come from is known of each of them, down to what came in."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks
from klynge.warehouse.schemas import CORE, MARTS

_LINEAGE = "audit.mart_column_lineage"
_PUBLISHED = ", ".join(f"'{schema}'" for schema in (CORE, *MARTS))

_GAPS = f"""
    select c.table_schema, c.table_name, c.column_name, reached.reach
    from information_schema.columns c
    join information_schema.tables t
        on c.table_schema = t.table_schema and c.table_name = t.table_name
        and t.table_type = 'BASE TABLE'
    cross join (select unnest(['direct', 'origin']) as reach) reached
    left join {{batch}} l
        on c.table_schema = l.table_schema and c.table_name = l.table_name
        and c.column_name = l.column_name and reached.reach = l.reach
    where c.table_schema in ({_PUBLISHED}) and l.column_name is null
"""

_NO_INPUTS = """
    with inputs as (
        select table_schema, table_name, column_name
        from information_schema.columns
        where table_schema in ('raw', 'reference')
        union
        select table_schema, table_name, '*'
        from information_schema.columns
        where table_schema in ('raw', 'reference')
    )
    select l.table_schema, l.table_name, l.column_name, l.kind, l.source_schema, l.source_table,
        l.source_column
    from {batch} l
    left join inputs i
        on l.source_schema = i.table_schema and l.source_table = i.table_name
        and l.source_column = i.column_name
    where l.reach = 'origin' and l.source_table is not null and i.column_name is null
"""


def checks() -> Iterable[Check]:
    """No gap, and no end on the way."""
    yield no_row_breaks(
        check_id="every_published_column_has_its_lineage",
        looks_at=_LINEAGE,
        says="Of each column of marts and core it is known what it is computed from, and by what.",
        broken_by=_GAPS,
        keys=("table_schema", "table_name", "column_name", "reach"),
    )
    yield no_row_breaks(
        check_id="lineage_ends_in_what_came_in",
        looks_at=_LINEAGE,
        says="What a column comes down to is a column of a raw or reference table of this build.",
        broken_by=_NO_INPUTS,
        keys=("table_schema", "table_name", "column_name", "source_table", "source_column"),
    )
