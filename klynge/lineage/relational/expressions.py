"""Helpers for SQL expressions. They list columns and conditions, and replace parts."""

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

DIALECT = "duckdb"
#: The alias of the source in a block with only one source. No model's SQL uses this name.
SOURCE = "~source"
#: A parsed condition stores its text in the model's SQL under this key.
_TEXT = "source_text"


def quote_identifier(name: str) -> str:
    """Quote a name as an SQL identifier: ``a"b`` becomes ``"a""b"``."""
    return '"' + name.replace('"', '""') + '"'


def column_ref(name: str, alias: str | None = None) -> exp.Column:
    """A reference to a column, quoted."""
    return exp.column(name, table=alias, quoted=True)


def condition_text(expression: exp.Expr) -> str:
    """Return the text of a condition as it is written in the model's SQL."""
    return str(expression.meta.get(_TEXT) or expression.sql(dialect=DIALECT))


def with_text(expression: exp.Expr, text: str) -> exp.Expr:
    """Store ``text`` in an expression as its text in the model's SQL, and return the expression."""
    expression.meta[_TEXT] = text
    return expression


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """Split a condition at AND. Each part keeps its text. ``a and (b and c)`` has three parts."""
    if condition is None:
        return []
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return [one for side in (condition.left, condition.right) for one in conjuncts(side)]
    condition.meta.setdefault(_TEXT, condition.sql(dialect=DIALECT).replace('"', ""))
    return [condition]


def column_names(expression: exp.Expr, alias: str | None = None) -> Iterator[str]:
    """Return the names of the columns that an expression reads.

    If ``alias`` is given, return only the columns of this alias.
    """
    for found in expression.find_all(exp.Column):
        if alias is None or found.table == alias:
            yield found.name


def equalities(condition: exp.Expr | None) -> list[tuple[exp.Column, exp.Column]]:
    """Return the pairs of columns that a condition sets equal, if their aliases differ."""
    return [
        (one.left, one.right)
        for one in conjuncts(condition)
        if isinstance(one, exp.EQ | exp.NullSafeEQ)
        and isinstance(one.left, exp.Column)
        and isinstance(one.right, exp.Column)
        and one.left.table != one.right.table
    ]


def join_columns(on: exp.Expr | None, alias: str) -> frozenset[str]:
    """Return the join columns of ``alias``.

    The join condition ``on`` sets each of them equal to a column of another alias.
    """
    pairs = equalities(on)
    return frozenset(side.name for pair in pairs for side in pair if side.table == alias)


def replace_columns(expression: exp.Expr, columns: Mapping[tuple[str, str], exp.Expr]) -> exp.Expr:
    """Copy an expression with its text, and replace the columns (alias, name) in ``columns``."""

    def change(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and (node.table, node.name) in columns:
            return columns[node.table, node.name].copy()
        return node

    return _transform(expression, change)


def replace_parts(expression: exp.Expr, by_sql: Mapping[str, exp.Expr]) -> exp.Expr:
    """Copy an expression with its text, and replace the parts whose SQL is in ``by_sql``."""

    def change(node: exp.Expr) -> exp.Expr:
        found = by_sql.get(node.sql(DIALECT)) if not isinstance(node, exp.Identifier) else None
        return found.copy() if found is not None else node

    return _transform(expression, change)


def without_source_alias(expression: exp.Expr) -> exp.Expr:
    """Copy an expression without the alias :data:`SOURCE` before its columns."""

    def change(node: exp.Expr) -> exp.Expr:
        is_own = isinstance(node, exp.Column) and node.table == SOURCE
        return column_ref(node.name) if is_own else node

    return expression.transform(change)


def _transform(expression: exp.Expr, change: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    changed = expression.transform(change)
    if _TEXT in expression.meta:
        changed.meta[_TEXT] = expression.meta[_TEXT]
    return changed
