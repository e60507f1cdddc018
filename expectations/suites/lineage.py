"""Column lineage: complete, and traced back to raw and reference tables.

The rows are written after dbt has run its tests, so their grain and values are checked here.
"""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import (
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToNotBeNull,
    UnexpectedRowsExpectation,
)

from expectations.declaration import ENGINEER, build_suite
from expectations.grain import grain_check
from klynge.warehouse.schemas import CORE, MARTS

TABLE = "audit.mart_column_lineage"
GRAIN = (
    "table_schema",
    "table_name",
    "column_name",
    "reach",
    "kind",
    "source_schema",
    "source_table",
    "source_column",
)
_PUBLISHED = ", ".join(f"'{schema}'" for schema in (CORE, *MARTS))


class EveryPublishedColumnHasItsLineage(UnexpectedRowsExpectation):
    description: str = (
        "Every column of a core table or mart has its lineage, both to the columns that its model "
        "reads and to its origin."
    )
    unexpected_rows_query: str = f"""
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
        order by all
    """


class LineageEndsInWhatCameIn(UnexpectedRowsExpectation):
    description: str = (
        "The origin of a column is a column of a raw or reference table of this build."
    )
    unexpected_rows_query: str = """
        with inputs as (
            select table_schema, table_name, column_name
            from information_schema.columns
            where table_schema in ('raw', 'reference')
            union
            select table_schema, table_name, '*'
            from information_schema.columns
            where table_schema in ('raw', 'reference')
        )
        select l.table_schema, l.table_name, l.column_name, l.source_table, l.source_column,
            l.kind, l.source_schema
        from {batch} l
        left join inputs i
            on l.source_schema = i.table_schema and l.source_table = i.table_name
            and l.source_column = i.column_name
        where l.reach = 'origin' and l.source_table is not null and i.column_name is null
        order by all
    """


class LineageBelongsToPublishedColumns(UnexpectedRowsExpectation):
    description: str = "Every row of the lineage belongs to a column of this build."
    unexpected_rows_query: str = """
        select distinct l.table_schema, l.table_name, l.column_name
        from {batch} l anti join information_schema.columns c
            on l.table_schema = c.table_schema and l.table_name = c.table_name
            and l.column_name = c.column_name
        order by all
    """


class LineageReachIsKnown(ExpectColumnValuesToBeInSet):
    column: str = "reach"
    value_set: list[str] = ["direct", "origin"]
    description: str = "The reach of every row is direct or origin."


class LineageKindIsKnown(ExpectColumnValuesToBeInSet):
    column: str = "kind"
    value_set: list[str] = ["value", "filter", "join", "group", "order"]
    description: str = "The kind of every row is value, filter, join, group or order."


class LineageKindIsGiven(ExpectColumnValuesToNotBeNull):
    column: str = "kind"
    description: str = "Every row has a kind."


def suites() -> Iterator[ExpectationSuite]:
    """The suite of the column lineage."""
    yield build_suite(
        TABLE,
        [
            EveryPublishedColumnHasItsLineage(),
            LineageEndsInWhatCameIn(),
            LineageBelongsToPublishedColumns(),
            grain_check(TABLE, GRAIN),
            LineageReachIsKnown(),
            LineageKindIsKnown(),
            LineageKindIsGiven(),
        ],
        owner=ENGINEER,
        keys=GRAIN[:3],
    )
