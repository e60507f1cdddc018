"""How a check is declared.

Mind that Great Expectations turns the bounds of its typed expectations into binary floats, and
cannot tell 99999999999999.999999 from 99999999999999.999998: rules over exact money are SQL.
"""

import re
from dataclasses import dataclass

from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MulticolumnMapExpectation,
)

#: Expectations that fail row by row; all others judge the table as a whole.
_ROW_BY_ROW = (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
    UnexpectedRowsExpectation,
)
_TABLE = re.compile(r"\w+\.\w+")
#: What SQLAlchemy takes for a bound parameter, inside string literals too.
_TAKEN_FOR_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")


@dataclass(frozen=True)
class Check:
    """One truth that a table must keep to.

    ``looks_at`` is ``schema.table``; ``says`` is the truth in one sentence for a person; ``keys``
    are the columns that identify a failing row and its source, required where rows fail one by
    one. Raises :class:`ValueError` for a declaration that could not be judged faithfully.
    """

    check_id: str
    looks_at: str
    says: str
    expectation: Expectation
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _TABLE.fullmatch(self.looks_at):
            raise ValueError(f"{self.check_id}: looks_at {self.looks_at!r} must be schema.table")
        if self.judges_rows and not self.keys:
            raise ValueError(f"{self.check_id}: name the key columns that identify a failing row")
        if getattr(self.expectation, "mostly", 1) != 1:
            raise ValueError(f"{self.check_id}: every row counts: say which may fail, not how many")

    @property
    def judges_rows(self) -> bool:
        """Whether the check fails row by row, so that failing rows can be listed."""
        return isinstance(self.expectation, _ROW_BY_ROW)


def no_row_breaks(
    *, check_id: str, looks_at: str, says: str, broken_by: str, keys: tuple[str, ...]
) -> Check:
    """Declare a rule in SQL: ``broken_by`` is a query that gives the rows that break it.

    The query is plain DuckDB SQL, braces and colons included; ``{batch}`` stands for the table
    looked at and may have an alias. It must give the ``keys``, by which its rows are ordered; what
    else it selects is shown with them. A condition that is null gives no row, so a rule over
    columns that can be null ends in ``is not true`` or ``is distinct from``.
    """
    if "{batch}" not in broken_by:
        raise ValueError(f"{check_id}: the query must look at {{batch}}")
    if not keys:
        raise ValueError(f"{check_id}: name the key columns that identify a failing row")
    literal = _TAKEN_FOR_PARAMETER.sub(r"\\:\1", broken_by)
    literal = literal.replace("{", "{{").replace("}", "}}")
    # Great Expectations puts in a sub-query, with an alias of its own unless the query has a join
    query = literal.replace("{{batch}}", "(select * from {batch})")
    order = ", ".join(f'"{key}"' for key in keys)
    expectation = UnexpectedRowsExpectation(
        unexpected_rows_query=f"select * from (\n{query}\n) order by {order}"
    )
    return Check(check_id, looks_at, says, expectation, keys)
