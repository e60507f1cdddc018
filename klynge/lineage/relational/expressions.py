"""Small questions about expressions, and small changes to them."""

from collections.abc import Iterator, Mapping

import duckdb
from sqlglot import exp

DIALECT = "duckdb"
#: What a block with a single source calls it; no SQL calls anything so.
SOURCE = "~source"

_WRAPPERS = (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)


def said(expression: exp.Expr) -> str:
    """A condition as its model says it."""
    return str(expression.meta.get("said") or expression.sql(dialect=DIALECT))


def column(name: str, alias: str | None = None) -> exp.Column:
    """A reference to a column, quoted."""
    return exp.column(name, table=alias, quoted=True)


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The conditions that AND holds together, each remembering how it was written."""
    if condition is None:
        return []
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return [one for side in (condition.left, condition.right) for one in conjuncts(side)]
    condition.meta.setdefault("said", condition.sql(dialect=DIALECT).replace('"', ""))
    return [condition]


def column_names(expression: exp.Expr, alias: str | None = None) -> Iterator[str]:
    """The columns that an expression reads, of one source or of all."""
    for found in expression.find_all(exp.Column):
        if alias is None or found.table == alias:
            yield found.name


def subqueries_in(expression: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost sub-queries of an expression: EXISTS, IN with a query, or a scalar one."""
    if isinstance(expression, exp.Exists | exp.Subquery) or (
        isinstance(expression, exp.In) and expression.args.get("query")
    ):
        yield expression
        return
    if isinstance(expression, exp.Query):
        yield expression
        return
    for child in expression.iter_expressions():
        yield from subqueries_in(child)


def is_local(found: exp.Column, within: exp.Expr) -> bool:
    """Whether a column is one of a sub-query's own inside an expression."""
    node: exp.Expr | None = found
    while node is not None:
        if isinstance(node, exp.Select) and found.table in _aliases(node):
            return True
        if node is within:
            return False
        node = node.parent
    return False


def _aliases(select: exp.Select) -> set[str]:
    """What a select calls its own sources."""
    sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return {source.this.alias_or_name for source in sources if source is not None}


def outer_columns(inner: exp.Expr) -> list[exp.Column]:
    """The columns that a sub-query takes from outside."""
    return [c for c in inner.find_all(exp.Column) if c.table and not is_local(c, inner)]


def split_correlation(inner: exp.Expr) -> tuple[exp.Select, list[exp.Expr]] | None:
    """A sub-query without the conditions that tie it to outer rows, and those conditions."""
    if not isinstance(inner, exp.Select) or any(
        inner.args.get(part)
        for part in ("group", "having", "qualify", "distinct", "limit", "offset", "fetch", "with_")
    ):
        return None
    where = inner.args.get("where")
    conditions = conjuncts(where.this) if where else []
    own = [one for one in conditions if _is_within(one, inner)]
    rest = inner.copy()
    rest.set("where", exp.Where(this=exp.and_(*(c.copy() for c in own))) if own else None)
    if outer_columns(rest):
        return None
    return rest, [one for one in conditions if not _is_within(one, inner)]


def split_equalities(
    inner: exp.Expr,
) -> tuple[exp.Select, list[tuple[exp.Expr, exp.Expr]]] | None:
    """A sub-query without what ties it to outer rows, where all that are pairs (outer, inner)."""
    found = split_correlation(inner)
    if found is None:
        return None
    rest, conditions = found
    tied = []
    for condition in conditions:
        if not isinstance(condition, exp.EQ):
            return None
        sides = (condition.left, condition.right)
        if _is_within(sides[1], inner) and _is_without(sides[0], inner):
            tied.append(sides)
        elif _is_within(sides[0], inner) and _is_without(sides[1], inner):
            tied.append((sides[1], sides[0]))
        else:
            return None
    return rest, tied


def _is_within(expression: exp.Expr, inner: exp.Expr) -> bool:
    return all(is_local(c, inner) for c in expression.find_all(exp.Column))


def _is_without(expression: exp.Expr, inner: exp.Expr) -> bool:
    return not any(is_local(c, inner) for c in expression.find_all(exp.Column))


def is_one_row(select: exp.Expr) -> bool:
    """Whether a select is one aggregate over everything."""
    return not any(
        select.args.get(part) for part in ("group", "having", "qualify", "limit", "distinct")
    ) and all(list(aggregates_in(one)) for one in select.expressions)


def value_on_no_rows(value: exp.Expr) -> exp.Expr:
    """What an expression over aggregates gives for no rows."""
    made = exp.Paren(this=value.copy())
    for one in list(aggregates_in(made)):
        count = one.find(exp.Count, exp.CountIf)
        one.replace(exp.Literal.number(0) if count else exp.null())
    inside: exp.Expr = made.this
    return inside


def aggregates_in(expression: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost aggregates, each with its FILTER; of a window only what stands inside it."""
    if isinstance(expression, exp.Query | exp.Subquery):
        return
    if isinstance(expression, exp.Window):
        function = _unwrapped(expression.this)
        inside = [*function.iter_expressions()]
        inside += [e for key, e in _parts_of(expression) if key != "this"]
        for child in inside:
            yield from aggregates_in(child)
        return
    if _is_aggregate(_unwrapped(expression)):
        yield expression
        return
    for child in expression.iter_expressions():
        yield from aggregates_in(child)


def _parts_of(expression: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for key, value in expression.args.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, exp.Expr):
                yield key, one


def _unwrapped(expression: exp.Expr) -> exp.Expr:
    while isinstance(expression, _WRAPPERS):
        expression = expression.this
    return expression


def inline_named_windows(select: exp.Select) -> exp.Select:
    """The select with each window saying itself what a WINDOW clause says of its name."""
    if not select.args.get("windows"):
        return select
    select = select.copy()
    named = {one.name: one for one in select.args["windows"]}
    select.set("windows", None)
    for window in [*named.values(), *select.find_all(exp.Window)]:
        known = named.get(window.alias)
        if known is not None:
            for part in ("partition_by", "order", "spec"):
                if not window.args.get(part) and known.args.get(part):
                    value = known.args[part]
                    copied = (
                        [one.copy() for one in value] if isinstance(value, list) else value.copy()
                    )
                    window.set(part, copied)
            window.set("alias", None)
            window.set("over", "OVER")
    return select


def windows_in(expression: exp.Expr) -> list[exp.Window]:
    if isinstance(expression, exp.Query | exp.Subquery):
        return []
    if isinstance(expression, exp.Window):
        return [expression]
    return [found for child in expression.iter_expressions() for found in windows_in(child)]


def _is_aggregate(expression: exp.Expr) -> bool:
    if isinstance(expression, exp.Anonymous | exp.AnonymousAggFunc):
        return expression.name.lower() in _aggregate_names()
    return isinstance(expression, exp.AggFunc)


def _aggregate_names() -> frozenset[str]:
    global _AGGREGATE_NAMES  # noqa: PLW0603 - asked once of the engine
    if _AGGREGATE_NAMES is None:
        with duckdb.connect() as connection:
            _AGGREGATE_NAMES = frozenset(
                name
                for (name,) in connection.execute(
                    "select distinct function_name from duckdb_functions() "
                    "where function_type = 'aggregate'"
                ).fetchall()
            )
    return _AGGREGATE_NAMES


_AGGREGATE_NAMES: frozenset[str] | None = None


def replace_columns(expression: exp.Expr, names: Mapping[tuple[str, str], exp.Expr]) -> exp.Expr:
    """The expression with source columns named anew; keeps what it said."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and (node.table, node.name) in names:
            return names[node.table, node.name].copy()
        return node

    made = expression.transform(change)
    if "said" in expression.meta:
        made.meta["said"] = expression.meta["said"]
    return made


def replace_parts(expression: exp.Expr, by_sql: Mapping[str, exp.Expr]) -> exp.Expr:
    """The expression with parts, found by their SQL, replaced; keeps what it said."""

    def change(node: exp.Expr) -> exp.Expr:
        found = by_sql.get(node.sql(DIALECT)) if not isinstance(node, exp.Identifier) else None
        return found.copy() if found is not None else node

    made = expression.transform(change)
    if "said" in expression.meta:
        made.meta["said"] = expression.meta["said"]
    return made


def drop_qualifier(expression: exp.Expr) -> exp.Expr:
    """The expression with columns of the single source drop_qualifier."""

    def change(node: exp.Expr) -> exp.Expr:
        return column(node.name) if isinstance(node, exp.Column) and node.table == SOURCE else node

    return expression.transform(change)


def grouping_name(mark: exp.Expr) -> str:
    return "grouping_" + "_".join(one.name for one in mark.expressions)


def grouping_sets(expressions: list[exp.Expr]) -> list[list[exp.Expr]]:
    """The sets of keys that GROUP BY asks for."""
    sets: list[list[exp.Expr]] = [[]]
    for one in expressions:
        sets = [[*before, *more] for before in sets for more in _sets_of(one)]
    return sets


def _sets_of(one: exp.Expr) -> list[list[exp.Expr]]:
    if isinstance(one, exp.Rollup):
        return [one.expressions[:n] for n in range(len(one.expressions), -1, -1)]
    if isinstance(one, exp.Cube):
        sets: list[list[exp.Expr]] = [[]]
        for key in one.expressions:
            sets = [[*some, *more] for some in sets for more in ([key], [])]
        return sets
    if isinstance(one, exp.GroupingSets):
        return [s for inner in one.expressions for s in _sets_of(inner)]
    if isinstance(one, exp.Tuple):
        return [one.expressions]
    if isinstance(one, exp.Paren):
        return [[one.this]]
    return [[one]]
