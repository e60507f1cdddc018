"""The rule that a table has one row for each combination of its key columns."""

from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import WAREHOUSE, about
from klynge.messages import message


class GrainIsUnique(UnexpectedRowsExpectation):
    description: str = message("The table has one row for each combination of its key columns.")


def grain_check(table: str, columns: tuple[str, ...]) -> GrainIsUnique:
    """Check that no two rows of a table have the same key. Two nulls in a key count as equal."""
    return GrainIsUnique(
        unexpected_rows_query=f"""
        select {", ".join(columns)}, count(*) as row_count
        from {{batch}}
        group by {", ".join(columns)}
        having count(*) > 1
        order by all
        """,
        meta=about(f"{table.partition('.')[2]}_has_a_unique_grain", WAREHOUSE),
    )
