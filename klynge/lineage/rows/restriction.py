"""Compute the rows of blocks that matter for a question, and find the source rows of each row.

A block that joins, groups, orders or unites rows becomes a temporary table. The table has only the
rows that matter. Each row has the numbers of the source rows that it comes from. A block that only
filters or renames does not become a table. Its SQL becomes part of the query of the next table.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    JoinInput,
    Opaque,
    Select,
    SetOperation,
    TableScan,
    UnionAll,
    Values,
    Window,
)
from klynge.lineage.relational.expressions import DIALECT, column_names, quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.aggregate_contributions import (
    contributes,
    is_ranking,
    is_value_function,
    picked_row,
)
from klynge.lineage.rows.node_tables import NodeTables
from klynge.lineage.rows.pushdown import (
    constant_value,
    may_match,
    preserved_inputs,
    push_into_aggregate,
    push_into_branch,
    push_into_select,
    push_into_window,
    without_empty,
)
from klynge.lineage.rows.relation import (
    ROW,
    Relation,
    join_sql,
    quoted_list,
    tie_columns,
    where_sql,
)
from klynge.lineage.rows.semi_joins import JoinInputs
from klynge.lineage.rows.subquery_tables import SubqueryTables
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import Filters, KeyFilter


@dataclass(frozen=True)
class _Request:
    """A request to a block for the rows that pass ``filters``.

    ``needed`` are the columns whose source rows must be found. ``carried`` are the columns whose
    values are returned.
    """

    needed: frozenset[str]
    carried: frozenset[str]
    filters: Filters

    def of(self, columns: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
        """Return those of ``columns`` that are needed."""
        return {name: one for name, one in columns.items() if name in self.needed}

    def with_values(self, columns: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
        """Return those of ``columns`` whose values are returned."""
        return {name: one for name, one in columns.items() if name in self.carried}


class Restriction:
    """For one model, computes the rows of its blocks that matter, down to stored tables."""

    def __init__(
        self,
        temp: TempTables,
        graph: ModelGraph,
        most_rows: int | None = None,
        *,
        every_step: bool = False,
    ) -> None:
        """Use a connection to which the release is attached as ``release``.

        If a table would have more than ``most_rows`` rows, :meth:`rows` raises
        :class:`TooManyRowsError`. With ``every_step``, a block that only filters or renames becomes
        a table as well.
        """
        self.tables = NodeTables(temp, graph, most_rows)
        self._graph = graph
        self._temp = temp
        self._every_step = every_step
        self._subqueries = SubqueryTables(self._all_rows, self.tables)
        self._memo: dict[tuple[Block, _Request], Relation] = {}

    def rows(
        self,
        block: Block,
        needed: frozenset[str],
        filters: Filters = (),
        carried: frozenset[str] | None = None,
    ) -> Relation:
        """Compute the rows of a block that pass ``filters``, with the columns ``carried``.

        The source rows of all columns in ``needed`` are found. ``carried`` are the columns whose
        values are returned, by default all of ``needed``. A caller that needs the source rows of a
        column, but not its value, leaves the column out of ``carried``.
        """
        carried = needed if carried is None else carried & needed
        request = _Request(needed, carried, without_empty(filters))
        if (block, request) not in self._memo:
            self._memo[block, request] = self._compute(block, request)
        return self._memo[block, request]

    def _all_rows(self, block: Block) -> Relation:
        return self.rows(block, frozenset(block.columns))

    # -- by kind of block ----------------------------------------------------------------------

    def _compute(self, block: Block, request: _Request) -> Relation:
        by_kind: dict[type[Block], Callable[..., Relation]] = {
            TableScan: self._scan,
            Values: self._values,
            Select: self._select,
            Aggregate: self._aggregate,
            Window: self._window,
            UnionAll: self._union,
            SetOperation: self._set_operation,
            Opaque: self._opaque,
        }
        return by_kind[type(block)](block, request)

    def _scan(self, block: TableScan, request: _Request) -> Relation:
        columns = tuple(c for c in block.columns if c in request.carried)
        conditions = _scan_conditions(block, request)
        condition = " and ".join(t for texts in conditions.values() for t in texts) or "true"
        names, table = quoted_list(list(conditions)), stored_name(block.model)
        sql = f"(select rowid as {ROW}{names} from {table} where {condition})"
        for one in request.filters:
            sql = one.semi_join(sql, self._graph.keys(block.model))
        node = self.tables.scan(block)
        node.needed |= request.needed
        node.filtered |= {c for c, texts in conditions.items() if texts}
        node.conditions.append(condition)
        return Relation(sql, node, columns)

    def _values(self, block: Values, _request: _Request) -> Relation:
        source = f" from {block.source.sql(DIALECT)}" if block.source is not None else ""
        return Relation(
            f"(select cast(0 as bigint) as {ROW}{quoted_list(block.columns)}{source})",
            self.tables.node(block, "", "values", []),
            block.columns,
        )

    def _select(self, block: Select, request: _Request) -> Relation:
        outputs = request.of(block.outputs)
        inputs = self._graph.needed_inputs(block, outputs)
        outputs, where = self._subqueries.bind_select(block, outputs)
        carried = request.with_values(outputs)
        pushed = push_into_select(block, inputs, request.filters)
        reader = JoinInputs(self._graph, block, inputs, pushed, self.rows, self.tables)
        rows = reader.rows(list(outputs.values()), list(carried.values()))
        own = [one.sql(DIALECT) for one in where]
        conditions = [*own, *_output_conditions(carried, inputs, request.filters)]
        from_ = join_sql(inputs, [one.sql for one in rows])
        body = f"{_expression_list(carried)} from {from_}{where_sql(conditions)}"
        if len(inputs) == 1 and not block.subqueries and not self._every_step:
            alias = quote_identifier(inputs[0].alias)
            return Relation(f"(select {alias}.{ROW}{body})", rows[0].node, tuple(carried))
        numbers = ", ".join(
            f'{quote_identifier(one.alias)}.{ROW} as "~{i + 1}"' for i, one in enumerate(inputs)
        )
        nodes, witnesses = self._subqueries.nodes(block, [one.node for one in rows])
        sql = f"select {numbers}{tie_columns(block)}{body}"
        created = self.tables.create(block, "select", sql, tuple(carried), nodes)
        created.node.inputs = list(zip(inputs, rows, strict=True))
        created.node.conditions, created.node.witnesses = own, witnesses
        return created

    def _aggregate(self, block: Aggregate, request: _Request) -> Relation:
        aggregates = request.of(block.aggregates)
        valued = request.with_values(aggregates)
        arguments = {c for one in aggregates.values() for c in column_names(one)}
        source = self.rows(
            block.source,
            frozenset(block.keys) | arguments,
            push_into_aggregate(block, request.filters),
        )
        source = self.tables.materialize(source, block)
        keys = "".join(f"{quote_identifier(key)}, " for key in block.keys)
        values = "".join(f"{e.sql(DIALECT)} as {quote_identifier(n)}, " for n, e in valued.items())
        group_by = ", ".join(map(quote_identifier, block.keys))
        inner = (
            f"select {keys}{values}"
            f'coalesce(bool_or({contributes(aggregates)}), false) as "~counted" '
            f"from {source.sql}{f' group by {group_by}' if group_by else ''}"
        )
        conditions = _conditions(request.filters, {n: quote_identifier(n) for n in valued})
        where = f" where {' and '.join(conditions)}" if conditions else ""
        sql = f"select * from ({inner}){where}"
        created = self.tables.create(block, "aggregate", sql, (*block.keys, *valued), [source.node])
        created.node.needed |= set(aggregates)
        return created

    def _window(self, block: Window, request: _Request) -> Relation:
        windows = {n: one for n, one in block.windows.items() if n in request.needed}
        own = request.needed.intersection(block.source.columns)
        used = frozenset(c for one in windows.values() for c in column_names(one))
        source = self.rows(
            block.source,
            own | used,
            push_into_window(block, request.needed, request.filters),
            request.carried.intersection(own) | used,
        )
        source = self.tables.materialize(source, block)
        # a row with rank 1 depends on no other row of the partition, so the rank must be computed
        valued = {n: w for n, w in windows.items() if n in request.carried or is_ranking(w)}
        picked = {f"~{n}": picked_row(w) for n, w in windows.items() if is_value_function(w)}
        values = _expression_list({**valued, **picked})
        sql = f'select {ROW} as "~1"{quoted_list(source.columns)}{values} from {source.sql}'
        columns = (*source.columns, *valued)
        created = self.tables.create(block, "window", sql, columns, [source.node])
        created.node.needed |= set(windows)
        return created

    def _union(self, block: UnionAll, request: _Request) -> Relation:
        columns = tuple(c for c in block.columns if c in request.carried)
        branches, selects = [], []
        for part in self._possible_parts(block, columns, request.filters):
            names = dict(zip(block.columns, part.columns, strict=True))
            needed = frozenset(names[c] for c in request.needed)
            carried = frozenset(names[c] for c in request.carried)
            filters = push_into_branch(block, part, request.filters)
            branches.append(self.rows(part, needed, filters, carried))
            selects.append(
                "".join(f", {quote_identifier(names[c])} as {quote_identifier(c)}" for c in columns)
            )
        if len(branches) == 1:
            [rows] = branches
            return Relation(f"(select {ROW}{selects[0]} from {rows.sql})", rows.node, columns)
        sql = " union all ".join(
            f'select {i} as "~part", {ROW} as "~1"{select} from {rows.sql}'
            for i, (rows, select) in enumerate(zip(branches, selects, strict=True))
        )
        return self.tables.create(block, "union", sql, columns, [rows.node for rows in branches])

    def _set_operation(self, block: SetOperation, request: _Request) -> Relation:
        sides, selects = [], []
        for side in (block.left, block.right):
            filters = push_into_branch(block, side, request.filters)
            rows = self.tables.materialize(self.rows(side, frozenset(side.columns), filters), block)
            names = ", ".join(map(quote_identifier, side.columns))
            selects.append(f"select {names} from {rows.sql}")
            sides.append(rows.node)
        keyword = block.keyword if block.distinct else f"{block.keyword} all"
        sql = f" {keyword} ".join(selects)
        return self.tables.create(block, "set_operation", sql, block.columns, sides)

    def _opaque(self, block: Opaque, _request: _Request) -> Relation:
        query = block.query.copy()
        nodes = self._subqueries.bind(query, block.blocks)
        names = ", ".join(map(quote_identifier, block.columns))
        sql = f"select {names} from ({query.sql(DIALECT)})"
        return self.tables.create(block, "opaque", sql, block.columns, nodes)

    def _possible_parts(
        self, union: UnionAll, columns: Sequence[str], filters: Filters
    ) -> list[Block]:
        """Return the branches of a union in which rows can pass the filters."""
        possible = [
            part
            for part in union.parts
            if may_match(part, push_into_branch(union, part, filters), self._temp.number)
        ]
        # a NULL without a type gets its type from the other branches, so these branches must stay
        is_typed = not any(_has_untyped_null(union, part, columns) for part in possible)
        return possible if possible and is_typed else union.parts


def _scan_conditions(block: TableScan, request: _Request) -> dict[str, list[str]]:
    """Map each column that is returned or filtered to the conditions on it."""
    read = request.carried | {b for one in request.filters for b, _ in one.columns}
    return {
        c: sorted(set(_conditions(request.filters, {c: quote_identifier(c)})))
        for c in block.columns
        if c in read
    }


def _conditions(filters: Sequence[KeyFilter], expressions: Mapping[str, str]) -> list[str]:
    return [text for one in filters for text in one.conditions(expressions)]


def _output_conditions(
    outputs: Mapping[str, exp.Expr], inputs: Sequence[JoinInput], filters: Filters
) -> list[str]:
    """Write conditions for filters on computed outputs; those on plain columns are pushed down."""
    preserved = preserved_inputs(inputs)
    computed = {
        name: f"({one.sql(DIALECT)})"
        for name, one in outputs.items()
        if not (isinstance(one, exp.Column) and one.table in preserved)
    }
    return _conditions(filters, computed)


def _has_untyped_null(union: UnionAll, part: Block, columns: Sequence[str]) -> bool:
    names = dict(zip(union.columns, part.columns, strict=True))
    return any(isinstance(constant_value(part, names[c]), exp.Null) for c in columns)


def _expression_list(expressions: Mapping[str, exp.Expr]) -> str:
    """Write named expressions as the rest of a select list: ``, a + 1 as "b"``."""
    return "".join(f", {e.sql(DIALECT)} as {quote_identifier(n)}" for n, e in expressions.items())
