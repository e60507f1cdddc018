"""Turn one SELECT into blocks, in the order in which SQL computes it.

The stages are FROM and WHERE, GROUP BY, HAVING, window functions, QUALIFY, and the selected
columns. Each stage that the select has becomes a block that reads the block before it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from klynge.lineage.explanation import explain
from klynge.lineage.relational.aggregation import (
    aggregates_in,
    grouping_sets,
    inline_named_windows,
    windows_in,
)
from klynge.lineage.relational.algebra import Block, JoinInput, JoinSide, Select, Values, Window
from klynge.lineage.relational.decorrelation import has_subquery, is_local
from klynge.lineage.relational.expressions import (
    DIALECT,
    SOURCE,
    column_ref,
    conjuncts,
    replace_columns,
    replace_parts,
    without_source_alias,
)
from klynge.lineage.relational.grouping import AggregateBlocks
from klynge.lineage.relational.parse_context import ParseContext, UnknownSqlError
from klynge.lineage.relational.subquery_joins import SubqueryJoins

#: These parts of a select become blocks. A select with any other part becomes opaque.
_KNOWN_PARTS = {
    "with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "distinct",
    "order", "kind", "hint", "operation_modifiers",
}  # fmt: skip


@dataclass(frozen=True)
class _Clauses:
    """The outputs, HAVING and QUALIFY, which SQL computes after GROUP BY."""

    outputs: dict[str, exp.Expr]
    having: list[exp.Expr]
    qualify: list[exp.Expr]

    @classmethod
    def of(cls, node: exp.Select) -> "_Clauses":
        outputs = {one.alias_or_name: one.unalias() for one in node.expressions}
        if "*" in outputs or len(outputs) != len(node.expressions):
            raise UnknownSqlError(explain("columns whose names are missing or repeated"))
        return cls(outputs, _conditions(node, "having"), _conditions(node, "qualify"))

    def all(self) -> list[exp.Expr]:
        return [*self.outputs.values(), *self.having, *self.qualify]

    def changed(self, change: Callable[[exp.Expr], exp.Expr]) -> "_Clauses":
        return _Clauses(
            {name: change(one) for name, one in self.outputs.items()},
            [change(one) for one in self.having],
            [change(one) for one in self.qualify],
        )


class SelectParser:
    """Parses one select of a query."""

    def __init__(self, context: ParseContext) -> None:
        """Take the context, which has the CTEs that the select sees."""
        self._context = context

    def parse(self, node: exp.Select) -> Block:
        """Return the block of a select.

        Raises :class:`UnknownSqlError` if the select has a part that cannot become a block.
        """
        node = inline_named_windows(node)
        _require_known_parts(node)
        clauses = _Clauses.of(node)
        inputs, where = self._inputs(node), _conditions(node, "where")
        aggregates = [one for expression in clauses.all() for one in aggregates_in(expression)]
        if node.args.get("group") or aggregates:
            block = self._grouped(node, (inputs, where), clauses, aggregates)
        elif any(windows_in(one) for one in clauses.all()):
            block = self._windowed(inputs, where, clauses)
        else:
            block = self._select(inputs, where, clauses.outputs)
        return self._context.distinct(block) if node.args.get("distinct") else block

    # -- FROM ----------------------------------------------------------------------------------

    def _inputs(self, node: exp.Select) -> list[JoinInput]:
        from_ = node.args.get("from_")
        if from_ is None:
            return []
        first = JoinInput(from_.this.alias_or_name, self._source(from_.this))
        return [first, *(self._join(join) for join in node.args.get("joins") or [])]

    def _join(self, join: exp.Join) -> JoinInput:
        if join.method or join.kind not in ("", "INNER", "CROSS", "OUTER"):
            raise UnknownSqlError(f"{join.method or join.kind} join".lower())
        on = join.args.get("on")
        if on is not None and has_subquery(on):
            raise UnknownSqlError(explain("a sub-query in a join's condition"))
        side = cast("JoinSide", join.side.lower() or "inner")
        return JoinInput(join.this.alias_or_name, self._source(join.this), side, on)

    def _source(self, node: exp.Expr) -> Block:
        if any(node.args.get(part) for part in ("joins", "pivots", "sample")):
            raise UnknownSqlError(explain("nested joins, pivots or samples"))
        if isinstance(node, exp.Table):
            return self._context.table(node)
        if isinstance(node, exp.Subquery):
            return self._context.query(node.this)
        if isinstance(node, exp.Values):
            names = tuple(c.name for c in node.args["alias"].columns)
            if names:
                return Values(self._context.model, names, node.copy())
        raise UnknownSqlError(
            explain("{kind} as a source of rows", kind=type(node).__name__.lower())
        )

    # -- stages --------------------------------------------------------------------------------

    def _grouped(
        self,
        node: exp.Select,
        rows: tuple[list[JoinInput], list[exp.Expr]],
        clauses: _Clauses,
        aggregates: list[exp.Expr],
    ) -> Block:
        blocks = AggregateBlocks(self._context.model, self._context.new_name)
        blocks.name_keys(_key_sets(node, clauses))
        blocks.name_aggregates(aggregates, self._column_names(aggregates))
        blocks.marks = {m.sql(DIALECT): m for m in node.find_all(exp.Grouping, exp.GroupingId)}
        source = self._select(*rows, blocks.source_columns())
        return self._finished(blocks.over(source), clauses.changed(blocks.rewrite))

    def _windowed(self, inputs: list[JoinInput], where: list[exp.Expr], clauses: _Clauses) -> Block:
        """Return the block of a select with window functions but without aggregates.

        The first block has the rows. The blocks above it add the window functions.
        """
        names = self._column_names(clauses.all())
        read: dict[str, exp.Expr] = {n: column_ref(c, alias) for (alias, c), n in names.items()}
        source = self._select(inputs, where, read)
        by_name = {key: column_ref(name, SOURCE) for key, name in names.items()}
        return self._finished(source, clauses.changed(lambda one: replace_columns(one, by_name)))

    def _finished(self, stage: Block, clauses: _Clauses) -> Block:
        """Add blocks for HAVING, window functions, QUALIFY and the outputs, in this order."""
        if clauses.having:
            stage = self._filtered(stage, clauses.having, "having")
        windows = {w.sql(DIALECT): w for one in clauses.all() for w in windows_in(one)}
        if windows:
            names = {sql: f"window{i}" for i, sql in enumerate(windows)}
            stage = Window(
                self._context.model,
                (*stage.columns, *names.values()),
                stage,
                {names[s]: cast("exp.Window", without_source_alias(w)) for s, w in windows.items()},
            )
            by_sql = {sql: column_ref(name, SOURCE) for sql, name in names.items()}
            clauses = clauses.changed(lambda one: replace_parts(one, by_sql))
        if clauses.qualify:
            stage = self._filtered(stage, clauses.qualify, "qualify")
        return self._select([JoinInput(SOURCE, stage)], [], clauses.outputs)

    def _filtered(self, block: Block, where: list[exp.Expr], clause: str) -> Block:
        outputs: dict[str, exp.Expr] = {name: column_ref(name, SOURCE) for name in block.columns}
        select = self._select([JoinInput(SOURCE, block)], where, outputs)
        select.clause = clause
        return select

    def _select(
        self, inputs: list[JoinInput], where: list[exp.Expr], outputs: dict[str, exp.Expr]
    ) -> Select:
        """Build a select block. Its sub-queries become joins wherever possible."""
        inputs = inputs or [JoinInput(SOURCE, Values(self._context.model, (), None))]
        select = Select(self._context.model, tuple(outputs), list(inputs), {})
        subqueries = SubqueryJoins(self._context, select)
        for condition in where:
            subqueries.add_condition(condition)
        select.outputs = {
            name: subqueries.with_scalars(one.copy()) for name, one in outputs.items()
        }
        return select

    def _column_names(self, expressions: Iterable[exp.Expr]) -> dict[tuple[str, str], str]:
        """Map (alias, column) of each source column that the expressions read to a unique name."""
        names: dict[tuple[str, str], str] = {}
        for expression in expressions:
            for found in expression.find_all(exp.Column):
                key = (found.table, found.name)
                if key not in names and not is_local(found, expression):
                    names[key] = self._free_name(found, set(names.values()))
        return names

    def _free_name(self, column: exp.Column, taken: set[str]) -> str:
        long_name = f"{column.table}_{column.name}"
        name = column.name if column.name not in taken else long_name
        return name if name not in taken else self._context.new_name(name)


def _require_known_parts(node: exp.Select) -> None:
    unknown = [part for part, value in node.args.items() if value and part not in _KNOWN_PARTS]
    if unknown:
        raise UnknownSqlError(explain("{names} in a select", names=", ".join(sorted(unknown))))
    distinct = node.args.get("distinct")
    if distinct and distinct.args.get("on"):
        raise UnknownSqlError("distinct on")


def _conditions(node: exp.Select, clause: str) -> list[exp.Expr]:
    return conjuncts(node.args[clause].this) if node.args.get(clause) else []


def _key_sets(node: exp.Select, clauses: _Clauses) -> list[list[exp.Expr]]:
    """Return the grouping sets. With GROUP BY ALL, every output without an aggregate is a key."""
    group = node.args.get("group")
    if group and group.args.get("all"):
        return [[one for one in clauses.outputs.values() if not list(aggregates_in(one))]]
    return grouping_sets(group.expressions if group else [])
