"""Compile a question to SQL with parameters.

Names are quoted, and values are parameters. A metric's expression is inserted as it is, because it
comes from the release's own declarations. Sums are exact. A ratio sums both operands first and then
divides the sums as integers. Halves are rounded away from zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from klynge.metrics.declarations import (
    BASIS,
    CALL,
    COMPLETENESS,
    COUNTRY,
    DIFFERENCE,
    FIGURE,
    ORGANISATION,
    PERIOD,
    Catalogue,
    Dimension,
    FigureTable,
    Metric,
)
from klynge.metrics.questions import Question

#: The key of a row whose source does not state a value of the dimension.
NOT_STATED = "not_stated"
#: Columns about the origin and completeness of a figure; a mart may lack some of them.
EVIDENCE = (
    *("reporters_in", "reporters_due", "missing_da", "missing_en", "rows_refused"),
    *("figure_id", "is_withheld"),
)
#: Columns with the keys that a sum is computed from, and their dimensions.
_SOURCES = {"bases": BASIS, "periods": PERIOD, "completeness": COMPLETENESS, "calls": CALL}
#: The number of decimals with which the operands of a ratio are computed.
_SCALE = 6


@dataclass(frozen=True)
class Compiled:
    """A SQL query and its named parameters."""

    sql: str
    parameters: Mapping[str, Any]


class _Parameters(dict[str, Any]):
    """Parameters that get their names when they are added."""

    def add(self, value: Any) -> str:
        """Add a value and return its placeholder."""
        name = f"p{len(self)}"
        self[name] = value
        return f"${name}"


def quote(name: str) -> str:
    """A name as an SQL identifier; ``schema.table`` stays two names."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def compile_question(catalogue: Catalogue, question: Question) -> Compiled:
    """Return the SQL for a question.

    For a figure, each row is a row of its mart. It has a column ``key_<name>`` for each dimension,
    the column ``value``, and the columns of :data:`EVIDENCE`.

    For a metric of another kind, each row is a group. Its keys are ``by_0``, ``by_1`` …, and its
    result is ``value``. The first operand has the columns ``value_0``, ``bases_0``, ``periods_0``,
    ``completeness_0`` and ``calls_0``; all but the first are lists. A second operand has the same
    columns with 1.
    """
    parameters = _Parameters()
    if question.metric.kind == FIGURE:
        return Compiled(_figure_sql(catalogue, question, parameters), parameters)
    operands = catalogue.operands(question.metric)
    steps = [
        f"operand_{i} as (\n{_sum_sql(catalogue.table(one), one, question, parameters)}\n)"
        for i, one in enumerate(operands)
    ]
    keys = [f"by_{i}" for i in range(len(question.by))]
    columns = [
        *(f"operand_0.{key}" for key in keys),
        *(
            f"operand_{i}.{column} as {column}_{i}"
            for i in range(len(operands))
            for column in ("value", *_SOURCES)
        ),
        f"{_value(question.metric, len(operands))} as value",
    ]
    source = "operand_0"
    if len(operands) == 2:
        condition = " and ".join(f"operand_0.{key} = operand_1.{key}" for key in keys)
        source += f" inner join operand_1 on {condition or 'true'}"
    sql = f"with {', '.join(steps)}\nselect {', '.join(columns)}\nfrom {source}"
    return Compiled(sql, parameters)


def compile_values(metric: Metric, table: FigureTable, dimension: Dimension) -> str:
    """Return SQL for each value of a dimension: its key, its two names, and whether it has figures.

    ``metric`` is a sum or a figure. The Danish name comes before the English name.
    """
    found = (
        f"select distinct {_key(dimension)} as key from {quote(table.name)} "
        f"where {_counts(metric, table)}"
    )
    if dimension.names is None:
        return f"select key, key, key, true from ({found}) order by key"
    return (
        "select coalesce(key, found_key) as any_key, coalesce(name_da, any_key), "
        f"coalesce(name_en, any_key), found_key is not null from ({compile_names(dimension)}) "
        f"full join (select key as found_key from ({found})) on key = found_key order by any_key"
    )


def compile_names(dimension: Dimension) -> str | None:
    """Return SQL for the keys, Danish names and English names; None if the values have no names."""
    if dimension.names is None:
        return None
    names = dimension.names
    return (
        f"select {quote(names.key)} as key, {quote(names.name_da)} as name_da, "
        f"{quote(names.name_en)} as name_en from {quote(names.table)}"
    )


def value_type(metric: Metric) -> str:
    """The SQL type of a metric's value: an integer, or a decimal with a fixed scale."""
    return "bigint" if metric.decimals == 0 else f"decimal(38, {metric.decimals})"


def _value(metric: Metric, operands: int) -> str:
    if operands == 1:
        return "operand_0.value"
    if metric.kind == DIFFERENCE:
        return f"cast(operand_0.value - operand_1.value as {value_type(metric)})"
    above, below = (
        f"cast(cast(operand_{i}.value as decimal(38, {_SCALE})) * {10**_SCALE} as hugeint)"
        for i in range(2)
    )
    return (
        f"cast(sign({above}) * sign({below}) * cast((abs({above}) * "
        f"{2 * metric.factor * 10**metric.decimals} + abs({below})) // nullif(2 * abs({below}), 0) "
        f"as decimal(20, 0)) * {_unit(metric.decimals)} as {value_type(metric)})"
    )


def _unit(decimals: int) -> str:
    """One unit of the last decimal place, as a decimal literal."""
    return "1" if decimals == 0 else f"0.{'0' * (decimals - 1)}1"


def _key(dimension: Dimension) -> str:
    """SQL for the key of a row as text; null becomes ``not_stated``."""
    return f"coalesce(cast({quote(dimension.column)} as varchar), '{NOT_STATED}')"


def _sum_sql(
    table: FigureTable, metric: Metric, question: Question, parameters: _Parameters
) -> str:
    keys = [_key(table.dimensions[name]) for name in question.by]
    present = f"filter (where {metric.value} is not null)"
    columns = [
        *(f"{key} as by_{i}" for i, key in enumerate(keys)),
        f"cast(sum({metric.value}) as {value_type(metric)}) as value",
        *(
            f"list_sort(list(distinct {_key(table.dimensions[name])}) {present}) as {column}"
            if name in table.dimensions
            else f"cast([] as varchar[]) as {column}"
            for column, name in _SOURCES.items()
        ),
    ]
    group = f"group by {', '.join(keys)}\n" if keys else ""
    return (
        f"select {', '.join(columns)}\nfrom {quote(table.name)}\n"
        f"where {_where(table, question.where, parameters)}\n"
        f"{group}having count({metric.value}) > 0"
    )


def _where(table: FigureTable, where: Mapping[str, Sequence[str]], parameters: _Parameters) -> str:
    conditions = [
        f"{_key(table.dimensions[name])} in ({', '.join(map(parameters.add, keys))})"
        for name, keys in where.items()
    ]
    return " and ".join(conditions) or "true"


def _figure_sql(catalogue: Catalogue, question: Question, parameters: _Parameters) -> str:
    """Return SQL that selects the rows of a mart that have a figure.

    If the question neither groups nor filters by a dimension that has totals, only the rows of its
    totals are selected. If a period has several bases, only the best basis is used, unless the
    question groups by basis or chooses one.
    """
    metric, table = question.metric, catalogue.table(question.metric)
    evidence = [name for name in EVIDENCE if name in table.columns]
    keys = {name: _key(one) for name, one in table.dimensions.items()}
    if metric.whole and ORGANISATION not in (*question.by, *question.where):
        # each row has the figure of all organisations beside the figure of its own organisation
        metric = replace(metric, expression=metric.whole)
        keys[ORGANISATION] = f"'{COUNTRY}'"
        evidence = [name for name in evidence if name not in ("figure_id", "rows_refused")]
    columns = [
        *(f"{key} as {quote(f'key_{name}')}" for name, key in keys.items()),
        f"cast({metric.value} as {value_type(metric)}) as value",
        *(quote(name) for name in evidence),
    ]
    figures = (
        f"select distinct {', '.join(columns)}\nfrom {quote(table.name)}\n"
        f"where {_counts(metric, table)}"
    )
    conditions = [_chosen(one, question, parameters) for one in table.dimensions.values()]
    if BASIS not in question.by and BASIS not in question.where:
        conditions.append(_best_basis(table))
    return f"with figures as (\n{figures}\n)\nselect * from figures\nwhere " + "\nand ".join(
        condition for condition in (*conditions, "true") if condition
    )


def _counts(metric: Metric, table: FigureTable) -> str:
    """The condition that a row has a figure, or that its figure is withheld."""
    present = f"{metric.value} is not null"
    if "is_withheld" not in table.columns:
        return present
    return f"({present} or is_withheld and ({metric.condition or 'true'}))"


def _chosen(dimension: Dimension, question: Question, parameters: _Parameters) -> str:
    """The condition that the question sets on one dimension; empty if there is none."""
    column = quote(f"key_{dimension.name}")
    if dimension.name in question.where:
        keys = question.where[dimension.name]
        return f"{column} in ({', '.join(map(parameters.add, keys))})"
    if not dimension.totals or dimension.name in question.metric.conditioned:
        return ""
    totals = ", ".join(parameters.add(key) for key in dimension.totals)
    return f"{column} {'not in' if dimension.name in question.by else 'in'} ({totals})"


def _best_basis(table: FigureTable) -> str:
    """The condition that keeps one basis for each period.

    Complete reports come first, then printed figures, and then partial reports. The sample is used
    only if the mart has no other basis.
    """
    period = '"key_period"' if PERIOD in table.dimensions else "''"
    complete = "true"
    if COMPLETENESS in table.dimensions:
        complete = "bool_and(key_completeness in ('complete', 'rows_refused'))"
    return (
        f"({period}, key_basis) in (\n"
        # one column with a pair: DuckDB 1.1 does not compare a pair with two columns
        f"select (period, arg_min(basis, place)) from (\n"
        f"select {period} as period, key_basis as basis, case key_basis\n"
        f"when 'reported' then case when {complete} then 0 else 2 end\n"
        f"when 'published' then 1 else 3 end as place\nfrom figures\n"
        f"where key_basis <> 'sample'\n"
        f"or not exists (select 1 from figures where key_basis <> 'sample')\n"
        f"group by {period}, key_basis\n) group by period\n)"
    )
