"""Rewrite a sub-query of a select as a join if equalities connect it to the outer rows.

- ``x in (select …)`` joins the distinct rows of the sub-query.
- ``exists (select … where inner.a = outer.a)`` joins the distinct values of ``a``.
- A scalar sub-query is grouped by its correlated columns, and its value is joined.

Any other sub-query stays as it is, and becomes a
:class:`~klynge.lineage.relational.algebra.Subquery`.
"""

from sqlglot import exp

from klynge.lineage.explanation import explain
from klynge.lineage.relational.aggregation import (
    has_aggregates,
    is_one_row,
    value_on_no_rows,
    windows_in,
)
from klynge.lineage.relational.algebra import (
    WITNESS,
    JoinInput,
    JoinSide,
    Select,
    Subquery,
    SubqueryKind,
)
from klynge.lineage.relational.decorrelation import (
    Pairs,
    has_subquery,
    is_local,
    outer_columns,
    split_correlation,
    split_equalities,
    subqueries_in,
)
from klynge.lineage.relational.expressions import (
    DIALECT,
    column_ref,
    condition_text,
    replace_columns,
    with_text,
)
from klynge.lineage.relational.parse_context import ParseContext, UnknownSqlError


class SubqueryJoins:
    """Adds conditions and outputs with sub-queries to a select block."""

    def __init__(self, context: ParseContext, select: Select) -> None:
        """Add joins to ``select``. The sub-queries of the select see the names of ``context``."""
        self._context = context
        self._select = select

    def add_condition(self, condition: exp.Expr) -> None:
        """Add a condition to the WHERE of the select, or add an equivalent join."""
        if not has_subquery(condition):
            self._select.where.append(condition)
        elif isinstance(condition, exp.Exists):
            if not self._join_distinct(condition.this, []):
                self._add_exists(condition)
        elif isinstance(condition, exp.In) and condition.args.get("query"):
            self._add_in(condition)
        elif isinstance(condition, exp.Not) and isinstance(
            condition.this.unnest(), exp.Exists | exp.In
        ):
            self._keep(condition, "absent")
        else:
            changed = self.with_scalars(condition.copy())
            self._select.where.append(with_text(changed, condition_text(condition)))

    def with_scalars(self, expression: exp.Expr) -> exp.Expr:
        """Join the scalar sub-queries of an expression to the select.

        Returns the expression, which is changed in place. A joined value replaces each sub-query
        that can be joined.
        """
        for sub in list(subqueries_in(expression)):
            value = self._join_scalar(sub) if isinstance(sub, exp.Subquery) else None
            if value is None:
                self._keep_inside(sub)
            elif sub is expression:
                expression = value
            else:
                sub.replace(value)
        return expression

    # -- joins ---------------------------------------------------------------------------------

    def _add_in(self, condition: exp.In) -> None:
        query, value = condition.args["query"].unnest(), condition.this
        if has_subquery(value):
            self._keep(condition, "whole")
        elif not outer_columns(query):
            block = self._context.distinct(self._context.query(query))
            alias = self._context.new_name("listed")
            equal = exp.EQ(this=value.copy(), expression=column_ref(block.columns[0], alias))
            on = with_text(equal, condition_text(condition))
            self._select.inputs.append(JoinInput(alias, block, "inner", on))
        elif not self._join_correlated_in(query, value):
            self._keep(condition, "whole")

    def _join_correlated_in(self, query: exp.Expr, value: exp.Expr) -> bool:
        # the window function must see only the rows of one outer row; a join would show it all rows
        if not isinstance(query, exp.Select) or windows_in(query.expressions[0]):
            return False
        return self._join_distinct(query, [(value, query.expressions[0].unalias())])

    def _join_distinct(self, query: exp.Expr, pairs: Pairs) -> bool:
        """Join the distinct keys of a sub-query on its equalities with outer rows, if possible."""
        parts = split_equalities(query)
        if parts is None or has_aggregates(query):
            return False
        rest, tied = parts
        tied = [*pairs, *tied]
        if not tied:
            return False
        rest.set("expressions", _key_columns(tied))
        rest.set("distinct", exp.Distinct())
        alias = self._context.new_name("existing")
        on = with_text(_join_condition(tied, alias), _exists_text(query))
        self._select.inputs.append(JoinInput(alias, self._context.query(rest), "inner", on))
        return True

    def _join_scalar(self, sub: exp.Subquery) -> exp.Expr | None:
        """Join a scalar sub-query, and return the expression for its value.

        Return None if the sub-query cannot be joined.
        """
        query = sub.unnest()
        if not outer_columns(query):
            return self._join_single_value(query)
        parts = split_equalities(query)
        if parts is None or not parts[1] or len(query.expressions) != 1 or not is_one_row(query):
            return None
        rest, tied = parts
        value = query.expressions[0].unalias()
        alias = self._context.new_name("scalar")
        here = exp.alias_(exp.Literal.number(1), "here", quoted=True)
        own = exp.alias_(value.copy(), "value", quoted=True)
        rest.set("expressions", [*_key_columns(tied), own, here])
        rest.set("group", exp.Group(expressions=[key.copy() for _, key in tied]))
        on = _join_condition(tied, alias)
        self._select.inputs.append(JoinInput(alias, self._context.query(rest), "left", on))
        is_missing = exp.Is(this=column_ref("here", alias), expression=exp.null())
        return exp.Case(
            ifs=[exp.If(this=is_missing, true=value_on_no_rows(value))],
            default=column_ref("value", alias),
        )

    def _join_single_value(self, query: exp.Expr) -> exp.Expr:
        """Join a scalar sub-query without outer columns. It gives one value for all rows."""
        alias = self._context.new_name("scalar")
        block = self._context.query(query)
        is_single = isinstance(query, exp.Select) and is_one_row(query)
        on: exp.Expr | None = None if is_single else exp.true()
        side: JoinSide = "inner" if is_single else "left"
        self._select.inputs.append(JoinInput(alias, block, side, on, scalar=True))
        return column_ref(block.columns[0], alias)

    # -- sub-queries that stay -----------------------------------------------------------------

    def _add_exists(self, condition: exp.Exists) -> None:
        """Keep an EXISTS in WHERE, and store the rows among which it looks for a match."""
        query = condition.this.unnest()
        split = None if has_aggregates(query) else split_correlation(query)
        if split is None and not outer_columns(query):
            self._keep_uncorrelated(condition, query)
        elif split is None or any(has_subquery(one) for one in split[1]):
            self._keep(condition, "whole")
        else:
            self._keep_with_witness(condition, *split)

    def _keep_uncorrelated(self, condition: exp.Exists, query: exp.Expr) -> None:
        try:
            rows = self._context.query(query)
        except UnknownSqlError:
            self._keep(condition, "whole")
        else:
            self._keep(condition, "witness").rows = rows

    def _keep_with_witness(
        self, condition: exp.Exists, rest: exp.Select, tied: list[exp.Expr]
    ) -> None:
        query = condition.this.unnest()
        names: dict[tuple[str, str], str] = {}
        for column in (c for one in tied for c in one.find_all(exp.Column) if is_local(c, query)):
            names.setdefault((column.table, column.name), f"tied{len(names)}")
        read = [exp.alias_(column_ref(c, t), tie, quoted=True) for (t, c), tie in names.items()]
        rest.set("expressions", read or [exp.alias_(exp.Literal.number(1), "one", quoted=True)])
        by_name = {key: column_ref(name, WITNESS) for key, name in names.items()}
        kept = self._keep(condition, "witness")
        kept.rows = self._context.query(rest)
        kept.on = [replace_columns(one, by_name) for one in tied]

    def _keep(self, condition: exp.Expr, kind: SubqueryKind) -> Subquery:
        """Keep a condition with a sub-query in WHERE, without rewriting it as a join."""
        text = condition_text(condition)
        kept = with_text(condition.copy(), text)
        sub = Subquery(kind, text, self._context.bind(kept))
        self._select.subqueries.append(sub)
        self._select.where.append(kept)
        return sub

    def _keep_inside(self, sub: exp.Expr) -> None:
        """Keep a sub-query inside an expression, without rewriting it as a join."""
        if not isinstance(sub, exp.Subquery | exp.Exists | exp.In):
            raise UnknownSqlError(explain("a sub-query of an unknown kind"))
        text = sub.sql(DIALECT).replace('"', "")
        self._select.subqueries.append(Subquery("whole", text, self._context.bind(sub)))


def _exists_text(query: exp.Expr) -> str:
    return f"exists ({query.sql(DIALECT)})".replace('"', "")


def _key_columns(tied: Pairs) -> list[exp.Expr]:
    """Return the columns on which a sub-query is joined, as outputs of the sub-query."""
    return [exp.alias_(key.copy(), f"tied{i}", quoted=True) for i, (_, key) in enumerate(tied)]


def _join_condition(tied: Pairs, alias: str) -> exp.Expr:
    keys = [column_ref(f"tied{i}", alias) for i in range(len(tied))]
    pairs = zip(tied, keys, strict=True)
    return exp.and_(*(exp.EQ(this=outer.copy(), expression=key) for (outer, _), key in pairs))
