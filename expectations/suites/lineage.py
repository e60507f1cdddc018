"""Checks of column lineage: it is complete, and ends in raw and reference tables.

The rows are written after dbt has run its tests, so the gate checks their grain and values.
"""

from collections.abc import Iterator

from great_expectations.expectations import (
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToNotBeNull,
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import WAREHOUSE, about
from expectations.grain import grain_check
from klynge.messages import message
from klynge.warehouse.column_lineage import COLUMNS, MART
from klynge.warehouse.schemas import CORE, MARTS

_PUBLISHED = ", ".join(f"'{schema}'" for schema in (CORE, *MARTS))


class EveryPublishedColumnHasItsLineage(UnexpectedRowsExpectation):
    description: str = message(
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


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the checks that cannot be written as an SQL file."""
    yield MART, EveryPublishedColumnHasItsLineage(meta={"owner": WAREHOUSE})
    yield MART, grain_check(MART, COLUMNS)
    yield (
        MART,
        ExpectColumnValuesToBeInSet(
            column="reach",
            value_set=["direct", "origin"],
            description=message("The reach of every row is direct or origin."),
            meta=about("lineage_reach_is_known", WAREHOUSE),
        ),
    )
    yield (
        MART,
        ExpectColumnValuesToBeInSet(
            column="kind",
            value_set=["value", "filter", "join", "group", "order"],
            description=message("The kind of every row is value, filter, join, group or order."),
            meta=about("lineage_kind_is_known", WAREHOUSE),
        ),
    )
    yield (
        MART,
        ExpectColumnValuesToNotBeNull(
            column="kind",
            description=message("Every row has a kind."),
            meta=about("lineage_kind_is_given", WAREHOUSE),
        ),
    )
