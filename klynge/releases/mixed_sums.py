"""Find sums of a query that add rows which are never added, such as a total and its parts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from klynge.errors import InputError
from klynge.messages import Message, message
from klynge.releases.descriptions import TableDescription, read_descriptions
from klynge.releases.reading import Release
from klynge.warehouse.schemas import CORE, STAR

if TYPE_CHECKING:
    from sqlglot import exp

#: A column that says of which kind a row is -> what a sum over several kinds adds.
_KINDS = {
    "row_kind": message("totals and their parts"),
    "period_kind": message("whole periods and their years"),
    "basis": message("the same figures on several bases"),
}


def describe_mixed_sums(release: Release, sql: str) -> Message | None:
    """Say that a query adds rows of a mart which are never added; None if it does not.

    Each sum is looked at that reads a single mart: the same rows are grouped in the same way, and
    no group may have rows of several kinds.
    """
    # the parser takes time to import; most queries have no sum
    if "sum" not in sql.casefold():
        return None
    marts = {
        table.name.partition(".")[2]: table
        for table in read_descriptions(release.path).values()
        if table.name.partition(".")[0] not in (CORE, STAR)
    }
    for select, source in _sums_of_one_table(sql):
        mart = marts.get(source.name)
        kinds = [*_mixed_kinds(release, select, source, mart)] if mart else []
        if mart and kinds:
            return message(
                "note: this sum adds rows of {table} that are never added: {kinds}; choose rows by "
                "{columns}, or ask a metric (`klynge metrics list`)",
                table=mart.name,
                kinds=[_KINDS[one] for one in kinds],
                columns=kinds,
            )
    return None


def _sums_of_one_table(sql: str) -> Iterator[tuple["exp.Select", "exp.Table"]]:
    """The selects of a query that add values and read a single table, each with its table."""
    import sqlglot  # noqa: PLC0415
    from sqlglot import exp  # noqa: PLC0415

    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.ParseError:
        return
    for select in tree.find_all(exp.Select):
        source = select.args.get("from_")
        adds = any(one.find(exp.Sum) for one in select.expressions)
        if adds and source and isinstance(source.this, exp.Table) and not select.args.get("joins"):
            yield select, source.this


def _mixed_kinds(
    release: Release, select: "exp.Select", source: "exp.Table", table: TableDescription
) -> Iterator[str]:
    """The columns of kinds that have several values in a group of a select."""
    from sqlglot import exp  # noqa: PLC0415

    keys = [one.unalias() for one in select.expressions if not one.find(exp.AggFunc)]
    for kind in _KINDS:
        if kind not in table.columns:
            continue
        asked = exp.select("1").from_(source)
        if where := select.args.get("where"):
            asked = asked.where(where.this)
        asked = asked.group_by(*keys) if keys else asked
        asked = asked.having(f'count(distinct "{kind}") > 1').limit(1)
        try:
            found = release.arrow(asked.sql(dialect="duckdb"))
        except InputError:
            # the select is part of a larger query and cannot stand alone
            return
        if found.num_rows:
            yield kind
