"""Find aggregates, window functions and grouping sets in expressions."""

from collections.abc import Iterator
from functools import cache

import duckdb
from sqlglot import exp

_WRAPPERS = (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)
_WINDOW_PARTS = ("partition_by", "order", "spec")


def aggregates_in(expression: exp.Expr) -> Iterator[exp.Expr]:
    """Find the outermost aggregates, each with its FILTER.

    For ``sum(x) + 1``, the result is ``sum(x)``. For ``sum(sum(x)) over ()``, it is only the inner
    ``sum(x)``.
    """
    if isinstance(expression, exp.Query | exp.Subquery):
        return
    if isinstance(expression, exp.Window):
        children = _window_children(expression)
    elif _is_aggregate(_unwrapped(expression)):
        yield expression
        return
    else:
        children = list(expression.iter_expressions())
    for child in children:
        yield from aggregates_in(child)


def windows_in(expression: exp.Expr) -> list[exp.Window]:
    """Find the outermost window functions of an expression."""
    if isinstance(expression, exp.Query | exp.Subquery):
        return []
    if isinstance(expression, exp.Window):
        return [expression]
    return [found for child in expression.iter_expressions() for found in windows_in(child)]


def inline_named_windows(select: exp.Select) -> exp.Select:
    """Copy each definition in the WINDOW clause of a select to the places that use its name."""
    if not select.args.get("windows"):
        return select
    select = select.copy()
    named = {one.name: one for one in select.args["windows"]}
    select.set("windows", None)
    # a named window may itself refer to another named window
    for window in [*named.values(), *select.find_all(exp.Window)]:
        definition = named.get(window.alias)
        if definition is not None:
            _copy_definition(definition, window)
    return select


def grouping_sets(expressions: list[exp.Expr]) -> list[list[exp.Expr]]:
    """Return the key sets of a GROUP BY. For ``rollup (a, b)``, they are [a, b], [a] and []."""
    sets: list[list[exp.Expr]] = [[]]
    for one in expressions:
        sets = [[*before, *more] for before in sets for more in _sets_of(one)]
    return sets


def grouping_name(mark: exp.Expr) -> str:
    """The name of the column that holds ``grouping(…)``."""
    return "grouping_" + "_".join(one.name for one in mark.expressions)


def has_aggregates(select: exp.Expr) -> bool:
    """Whether a select outputs an aggregate.

    A select that outputs an aggregate and has no GROUP BY has one row even if it reads no rows.
    """
    return any(True for one in select.expressions for _ in aggregates_in(one))


def is_one_row(select: exp.Expr) -> bool:
    """Whether a select aggregates all rows that it reads into one row."""
    clauses = ("group", "having", "qualify", "limit", "distinct")
    return not any(select.args.get(one) for one in clauses) and all(
        list(aggregates_in(one)) for one in select.expressions
    )


def value_on_no_rows(value: exp.Expr) -> exp.Expr:
    """Return the value of an expression whose aggregates read no rows.

    A count is then 0, and any other aggregate is NULL.
    """
    paren = exp.Paren(this=value.copy())
    for one in list(aggregates_in(paren)):
        is_count = one.find(exp.Count, exp.CountIf)
        one.replace(exp.Literal.number(0) if is_count else exp.null())
    inside: exp.Expr = paren.this
    return inside


def _window_children(window: exp.Window) -> list[exp.Expr]:
    """Return the parts of a window expression that may contain aggregates.

    They are the arguments of the function, and the definition of the window.
    """
    children = list(_unwrapped(window.this).iter_expressions())
    for key, value in window.args.items():
        parts = value if isinstance(value, list) else [value]
        children += [one for one in parts if key != "this" and isinstance(one, exp.Expr)]
    return children


def _copy_definition(definition: exp.Window, window: exp.Window) -> None:
    for part in _WINDOW_PARTS:
        value = definition.args.get(part)
        if value and not window.args.get(part):
            is_list = isinstance(value, list)
            window.set(part, [one.copy() for one in value] if is_list else value.copy())
    window.set("alias", None)
    window.set("over", "OVER")


def _unwrapped(expression: exp.Expr) -> exp.Expr:
    while isinstance(expression, _WRAPPERS):
        expression = expression.this
    return expression


def _is_aggregate(expression: exp.Expr) -> bool:
    if isinstance(expression, exp.Anonymous | exp.AnonymousAggFunc):
        return expression.name.lower() in _engine_aggregates()
    return isinstance(expression, exp.AggFunc)


@cache
def _engine_aggregates() -> frozenset[str]:
    """Ask DuckDB for the names of all its aggregates; sqlglot does not know some of them."""
    query = (
        "select distinct function_name from duckdb_functions() where function_type = 'aggregate'"
    )
    with duckdb.connect() as connection:
        return frozenset(name for (name,) in connection.execute(query).fetchall())


def _sets_of(one: exp.Expr) -> list[list[exp.Expr]]:
    match one:
        case exp.Rollup():
            return [one.expressions[:n] for n in range(len(one.expressions), -1, -1)]
        case exp.Cube():
            return _subsets(one.expressions)
        case exp.GroupingSets():
            return [keys for inner in one.expressions for keys in _sets_of(inner)]
        case exp.Tuple():
            return [one.expressions]
        case exp.Paren():
            return [[one.this]]
    return [[one]]


def _subsets(keys: list[exp.Expr]) -> list[list[exp.Expr]]:
    sets: list[list[exp.Expr]] = [[]]
    for key in keys:
        sets = [[*some, *more] for some in sets for more in ([key], [])]
    return sets
