"""Find sub-queries, and separate each sub-query from its conditions on outer rows.

These conditions are called the correlation. Example: in ``exists (select 1 from blocked where
blocked.company = visits.company and active)`` the correlation is the pair (``visits.company``,
``blocked.company``). The rest is ``select 1 from blocked where active``. It can be run once for all
outer rows.
"""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import build_scope

from klynge.lineage.relational.expressions import conjuncts

#: Pairs (outer expression, inner expression). The two expressions must be equal.
Pairs = list[tuple[exp.Expr, exp.Expr]]
#: A sub-query with one of these clauses must be run once for each outer row.
_CLAUSES = ("group", "having", "qualify", "distinct", "limit", "offset", "fetch", "with_")


def subqueries_in(expression: exp.Expr) -> Iterator[exp.Expr]:
    """Find the outermost sub-queries of an expression.

    A sub-query is EXISTS, IN (select …) or a scalar sub-query.
    """
    is_in = isinstance(expression, exp.In) and expression.args.get("query")
    if is_in or isinstance(expression, exp.Exists | exp.Query):
        yield expression
        return
    for child in expression.iter_expressions():
        yield from subqueries_in(child)


def has_subquery(expression: exp.Expr) -> bool:
    """Whether there is a sub-query in an expression."""
    return next(subqueries_in(expression), None) is not None


def outer_columns(query: exp.Expr) -> list[exp.Column]:
    """The columns of outer queries that a sub-query uses."""
    scope = build_scope(query)
    return list(scope.external_columns) if scope is not None else []


def is_local(column: exp.Column, within: exp.Expr) -> bool:
    """Whether a column in ``within`` belongs to a query inside ``within``."""
    node: exp.Expr | None = column
    while node is not None:
        if isinstance(node, exp.Select) and column.table in _aliases(node):
            return True
        if node is within:
            return False
        node = node.parent
    return False


def split_correlation(query: exp.Expr) -> tuple[exp.Select, list[exp.Expr]] | None:
    """Return the sub-query without its conditions on outer rows, and these conditions.

    Return None if the sub-query uses outer columns outside these conditions, or if the rest must be
    run for each outer row.
    """
    if not isinstance(query, exp.Select) or any(query.args.get(one) for one in _CLAUSES):
        return None
    where = query.args.get("where")
    own: list[exp.Expr] = []
    correlated: list[exp.Expr] = []
    for one in conjuncts(where.this) if where else []:
        (own if _is_inside(one, query) else correlated).append(one)
    rest = query.copy()
    rest.set("where", exp.Where(this=exp.and_(*(c.copy() for c in own))) if own else None)
    return None if outer_columns(rest) else (rest, correlated)


def split_equalities(query: exp.Expr) -> tuple[exp.Select, Pairs] | None:
    """Like :func:`split_correlation`, but with the conditions as pairs (outer, inner).

    Return None also if one of the conditions is not an equality.
    """
    found = split_correlation(query)
    if found is None:
        return None
    rest, conditions = found
    pairs = [_outer_and_inner(one, query) for one in conditions]
    known = [pair for pair in pairs if pair is not None]
    return (rest, known) if len(known) == len(pairs) else None


def _outer_and_inner(condition: exp.Expr, query: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    if isinstance(condition, exp.EQ):
        for outer, inner in (
            (condition.left, condition.right),
            (condition.right, condition.left),
        ):
            if _is_inside(inner, query) and _is_outside(outer, query):
                return outer, inner
    return None


def _is_inside(expression: exp.Expr, query: exp.Expr) -> bool:
    return all(is_local(c, query) for c in expression.find_all(exp.Column))


def _is_outside(expression: exp.Expr, query: exp.Expr) -> bool:
    return not any(is_local(c, query) for c in expression.find_all(exp.Column))


def _aliases(select: exp.Select) -> set[str]:
    sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return {source.this.alias_or_name for source in sources if source is not None}
