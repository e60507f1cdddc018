"""The rows of blocks that what is asked for can rest on, and how they came about.

Each block that joins, groups, orders or unites is made a temporary table of the rows that matter,
with the row numbers of its sources' rows beside them; what only filters or renames stays SQL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    WITNESS,
    Aggregate,
    Block,
    JoinInput,
    Opaque,
    Select,
    SetOperation,
    Subquery,
    TableScan,
    UnionAll,
    Values,
    Window,
)
from klynge.lineage.relational.expressions import DIALECT, column_names
from klynge.lineage.relational.model_graph import ModelGraph, equalities
from klynge.lineage.rows.pushdown import (
    Filters,
    KeyFilter,
    ValueSet,
    constant,
    may_match,
    preserved_inputs,
    push_into_aggregate,
    push_into_branch,
    push_into_select,
    push_into_window,
    quoted,
    useful,
)
from klynge.lineage.rows.temp_tables import TempTables

#: Where the release is attached.
RELEASE = "release"
#: The number of a row, in every relation.
ROW = '"~"'
#: Sources of fewer rows than this are read as they are.
SMALL = 20_000

#: Aggregates that a row whose argument is null has no part in.
_BLIND_TO_NULL = (
    exp.Sum, exp.Min, exp.Max, exp.Avg, exp.Count, exp.GroupConcat, exp.Median, exp.CountIf,
    exp.LogicalOr, exp.LogicalAnd, exp.Stddev, exp.Variance,
)  # fmt: skip
#: Windows that are the same for the first row of a partition whatever follows.
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank)
#: Windows whose value is that of one row, which the same window over row numbers names.
_PICKS = (exp.FirstValue, exp.LastValue, exp.Lag, exp.Lead, exp.NthValue)


Kind = Literal["stored", "constant", "rows", "group", "window", "union", "compared", "whole"]


class TooManyRowsError(Exception):
    """More rows than are kept at once; says of which table."""


@dataclass(eq=False)
class Node:
    """Rows of a block, numbered; ``sources`` are the nodes they came from."""

    number: int
    block: Block
    #: the temporary table, or the stored one
    table: str
    #: how rows follow from those of the sources
    kind: Kind
    sources: list["Node"] = field(default_factory=list)
    #: what of the block was asked for
    needed: set[str] = field(default_factory=set)
    #: of a stored table, columns that conditions were said of
    known: set[str] = field(default_factory=set)
    #: what a select read: each input with its rows
    inputs: list[tuple[JoinInput, "Rows"]] = field(default_factory=list)
    #: by place of the source, the sub-query that finds its witnesses there
    witnesses: dict[int, Subquery] = field(default_factory=dict)
    #: the conditions of a select as they were run; of a stored table, of each reading
    conditions: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Rows:
    """A relation with some of a block's columns and the row numbers of a node."""

    sql: str
    node: Node
    columns: tuple[str, ...]
    #: whether it is a temporary table as it is
    is_table: bool = False


@dataclass(frozen=True)
class _Asked:
    """What is asked of a block: columns, those whose values are carried on, and filters."""

    needed: frozenset[str]
    carried: frozenset[str]
    filters: Filters


class Restriction:
    """The restricted rows of the blocks below one model, down to what the release holds."""

    def __init__(
        self,
        scratch: TempTables,
        chain: ModelGraph,
        most_rows: int | None = None,
        *,
        every_step: bool = False,
    ) -> None:
        """Work in a connection where the release is attached as ``release``.

        With ``every_step`` also what only filters or renames becomes a table.
        """
        self._every_step = every_step
        self.chain = chain
        self.nodes: list[Node] = []
        self._scratch = scratch
        self._most_rows = most_rows
        self._memo: dict[tuple[Block, _Asked], Rows] = {}
        self._stored: dict[str, Node] = {}

    def rows(
        self,
        block: Block,
        needed: frozenset[str],
        filters: Filters = (),
        carried: frozenset[str] | None = None,
    ) -> Rows:
        """The rows that matter where ``needed`` columns of rows that pass ``filters`` are asked.

        The relation has the columns ``carried``, all that are needed where none are named: which
        rows a value came from can be told without the value.
        """
        asked = _Asked(needed, needed if carried is None else carried & needed, useful(filters))
        if (block, asked) not in self._memo:
            self._memo[block, asked] = self._rows(block, asked)
        return self._memo[block, asked]

    def table(self, rows: Rows, block: Block) -> Rows:
        """The same rows as a temporary table."""
        if rows.is_table:
            return rows
        columns = "".join(f", {quoted(c)}" for c in rows.columns)
        sql = f'select {ROW} as "~1"{columns} from {rows.sql} as source'
        return self._made(block, "rows", sql, rows.columns, [rows.node])

    def whole(self, block: Block) -> Rows:
        """All rows of a block with all columns, as a temporary table."""
        return self.table(self.rows(block, frozenset(block.columns)), block)

    # -- by kind of block ----------------------------------------------------------------------

    def _rows(self, block: Block, asked: _Asked) -> Rows:
        by_kind: dict[type[Block], Callable[..., Rows]] = {
            TableScan: self._of_stored,
            Values: self._of_generated,
            Select: self._of_select,
            Aggregate: self._of_group,
            Window: self._of_window,
            UnionAll: self._of_union,
            SetOperation: self._of_comparison,
            Opaque: self._of_whole,
        }
        return by_kind[type(block)](block, asked)

    def _of_stored(self, block: TableScan, asked: _Asked) -> Rows:
        columns = tuple(c for c in block.columns if c in asked.carried)
        filtered = {b for one in asked.filters for b, _ in one.columns}
        read = [c for c in block.columns if c in asked.carried | filtered]
        said = {
            c: {text for one in asked.filters for text in one.conditions({c: quoted(c)})}
            for c in read
        }
        conditions = [text for texts in said.values() for text in sorted(texts)]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        names = "".join(f", {quoted(c)}" for c in read)
        sql = f"(select rowid as {ROW}{names} from {stored_name(block.model)}{where})"
        for one in asked.filters:
            sql = one.joined(sql, self.chain.keys(block.model))
        node = self._stored.get(block.model)
        if node is None:
            node = self._stored[block.model] = self._node(
                block, stored_name(block.model), "stored", []
            )
        node.needed |= asked.needed
        node.known |= {c for c, texts in said.items() if texts}
        node.conditions.append(" and ".join(conditions) or "true")
        return Rows(sql, node, columns)

    def _of_generated(self, block: Values, _asked: _Asked) -> Rows:
        names = "".join(f", {quoted(c)}" for c in block.columns)
        source = f" from {block.source.sql(DIALECT)}" if block.source is not None else ""
        return Rows(
            f"(select cast(0 as bigint) as {ROW}{names}{source})",
            self._node(block, "", "constant", []),
            block.columns,
        )

    def _of_select(self, block: Select, asked: _Asked) -> Rows:
        outputs = {name: one for name, one in block.outputs.items() if name in asked.needed}
        inputs = self.chain.inputs(block, outputs)
        outputs, conditions = self._bound(block, outputs)
        carried = {name: one for name, one in outputs.items() if name in asked.carried}
        pushed = push_into_select(block, inputs, asked.filters)
        found = self._inputs(
            block, inputs, (list(outputs.values()), list(carried.values())), pushed
        )
        own = [one.sql(DIALECT) for one in conditions]
        where = [*own, *_unpushed(carried, inputs, asked.filters)]
        columns = tuple(carried)
        body = select_sql(carried, inputs, [rows.sql for rows in found], where)
        if len(inputs) == 1 and not block.subqueries and not self._every_step:
            alias = quoted(inputs[0].alias)
            return Rows(f"(select {alias}.{ROW}{body})", found[0].node, columns)
        numbers = ", ".join(
            f'{quoted(one.alias)}.{ROW} as "~{i + 1}"' for i, one in enumerate(inputs)
        )
        nodes = [rows.node for rows in found]
        nodes += [
            self.rows(inner, frozenset(inner.columns)).node
            for sub in block.subqueries
            if sub.kind == "whole"
            for inner in sub.blocks.values()
        ]
        witnesses = {}
        for sub in block.subqueries:
            if sub.rows is not None:
                witnesses[len(nodes)] = sub
                nodes.append(self.whole(sub.rows).node)
        sql = f"select {numbers}{_tied_columns(block)}{body}"
        rows = self._made(block, "rows", sql, columns, nodes)
        rows.node.inputs, rows.node.conditions = list(zip(inputs, found, strict=True)), own
        rows.node.witnesses = witnesses
        return rows

    def _of_group(self, block: Aggregate, asked: _Asked) -> Rows:
        aggregates = {n: one for n, one in block.aggregates.items() if n in asked.needed}
        valued = {n: one for n, one in aggregates.items() if n in asked.carried}
        read = frozenset(block.keys) | {c for one in aggregates.values() for c in column_names(one)}
        source = self.rows(block.source, read, push_into_aggregate(block, asked.filters))
        source = self.table(source, block)
        keys = "".join(f"{quoted(key)}, " for key in block.keys)
        values = "".join(f"{one.sql(DIALECT)} as {quoted(n)}, " for n, one in valued.items())
        grouped = f" group by {', '.join(map(quoted, block.keys))}" if block.keys else ""
        inner = (
            f"select {keys}{values}"
            f'coalesce(bool_or({contributes(aggregates)}), false) as "~counted" '
            f"from {source.sql}{grouped}"
        )
        own = {name: quoted(name) for name in valued}
        conditions = [said for one in asked.filters for said in one.conditions(own)]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        sql = f"select * from ({inner}){where}"
        made = self._made(block, "group", sql, (*block.keys, *valued), [source.node])
        made.node.needed |= set(aggregates)
        return made

    def _of_window(self, block: Window, asked: _Asked) -> Rows:
        windows = {n: one for n, one in block.windows.items() if n in asked.needed}
        own = tuple(c for c in block.source.columns if c in asked.needed)
        held = frozenset(c for one in windows.values() for c in column_names(one))
        source = self.rows(
            block.source,
            frozenset(own) | held,
            push_into_window(block, asked.needed, asked.filters),
            asked.carried.intersection(own) | held,
        )
        source = self.table(source, block)
        # ranks say themselves which other rows have a part in them
        valued = {n: one for n, one in windows.items() if n in asked.carried or is_ranking(one)}
        values = "".join(f", {one.sql(DIALECT)} as {quoted(n)}" for n, one in valued.items())
        picks = "".join(
            f", {picked_row(one).sql(DIALECT)} as {quoted('~' + n)}"
            for n, one in windows.items()
            if is_value_window(one)
        )
        names = "".join(f", {quoted(c)}" for c in source.columns)
        sql = f'select {ROW} as "~1"{names}{values}{picks} from {source.sql}'
        made = self._made(block, "window", sql, (*source.columns, *valued), [source.node])
        made.node.needed |= set(windows)
        return made

    def _of_union(self, block: UnionAll, asked: _Asked) -> Rows:
        columns = tuple(c for c in block.columns if c in asked.carried)
        possible = [
            (part, mapped)
            for part in block.parts
            if may_match(
                part, mapped := push_into_branch(block, part, asked.filters), self._scratch.number
            )
        ]
        if not possible or any(_is_untyped(block, part, columns) for part, _ in possible):
            possible = [
                (part, push_into_branch(block, part, asked.filters)) for part in block.parts
            ]
        parts = []
        for part, mapped in possible:
            names = dict(zip(block.columns, part.columns, strict=True))
            needed, carried = (
                frozenset(names[c] for c in some) for some in (asked.needed, asked.carried)
            )
            parts.append((self.rows(part, needed, mapped, carried), names))
        selects = [
            "".join(f", {quoted(names[c])} as {quoted(c)}" for c in columns) for _, names in parts
        ]
        if len(parts) == 1:
            rows = parts[0][0]
            return Rows(f"(select {ROW}{selects[0]} from {rows.sql})", rows.node, columns)
        sql = " union all ".join(
            f'select {i} as "~part", {ROW} as "~1"{select} from {rows.sql}'
            for i, ((rows, _), select) in enumerate(zip(parts, selects, strict=True))
        )
        return self._made(block, "union", sql, columns, [rows.node for rows, _ in parts])

    def _of_comparison(self, block: SetOperation, asked: _Asked) -> Rows:
        sides = []
        for side in (block.left, block.right):
            mapped = push_into_branch(block, side, asked.filters)
            sides.append(self.table(self.rows(side, frozenset(side.columns), mapped), block))
        texts = [
            f"select {', '.join(map(quoted, side.columns))} from {rows.sql}"
            for side, rows in zip((block.left, block.right), sides, strict=True)
        ]
        word = block.keyword if block.distinct else f"{block.keyword} all"
        sql = f" {word} ".join(texts)
        return self._made(block, "compared", sql, block.columns, [side.node for side in sides])

    def _of_whole(self, block: Opaque, _asked: _Asked) -> Rows:
        query = block.query.copy()
        nodes = self._bind(query, block.blocks)
        names = ", ".join(map(quoted, block.columns))
        sql = f"select {names} from ({query.sql(DIALECT)})"
        return self._made(block, "whole", sql, block.columns, nodes)

    # -- selects -------------------------------------------------------------------------------

    def _inputs(
        self,
        block: Select,
        inputs: list[JoinInput],
        outputs: tuple[Sequence[exp.Expr], Sequence[exp.Expr]],
        pushed: dict[str, Filters],
    ) -> list[Rows]:
        """The rows of each input; those costly to make are made for what the others can meet.

        ``outputs`` are those that are needed, and those whose values are.
        """
        conditions = [*block.where, *(one.on for one in inputs if one.on is not None)]
        needed, carried = (
            {
                # a sub-query left whole may have the alias within, for something else
                one.alias: frozenset(
                    c
                    for e in [*some, *conditions]
                    for c in column_names(e, one.alias)
                    if c in one.block.columns
                )
                for one in inputs
            }
            for some in outputs
        )
        costly = {
            one.alias
            for one in inputs
            if len(inputs) > 1 and not is_scan(one.block) and self.chain.weight(one.block) > SMALL
        }
        kept = preserved_inputs(inputs)
        found: dict[str, Rows] = {}
        for one in sorted(inputs, key=lambda i: (i.alias in costly, -len(pushed[i.alias]))):
            filters = pushed[one.alias]
            if one.alias in costly:
                filters += self._met(block, one, inputs, found, kept)
            rows = self.rows(one.block, needed[one.alias], filters, carried[one.alias])
            if costly and one.alias not in costly and one.alias in kept:
                rows = self.table(rows, one.block)
            found[one.alias] = rows
        return [found[one.alias] for one in inputs]

    def _met(
        self,
        block: Select,
        one: JoinInput,
        inputs: list[JoinInput],
        found: dict[str, Rows],
        kept: set[str],
    ) -> Filters:
        """What an input's columns must be to meet the rows found of the other side of its joins."""
        if one.side not in ("inner", "left"):
            return ()
        conditions = [] if one.side == "left" else [*block.where]
        conditions += [
            i.on for i in inputs if i.on is not None and i.side == "inner" and one.side == "inner"
        ]
        conditions += [one.on] if one.on is not None else []
        if one.side == "inner" and one.alias not in kept:
            return ()
        pairs: dict[str, dict[str, str]] = {}
        for condition in conditions:
            for left, right in equalities(condition):
                for own, other in ((left, right), (right, left)):
                    if own.table == one.alias and other.table in found and other.table in kept:
                        pairs.setdefault(other.table, {})[own.name] = other.name
        filters = []
        for alias, names in pairs.items():
            columns = ", ".join(map(quoted, dict.fromkeys(names.values())))
            wanted = self.wanted(f"select distinct {columns} from {found[alias].sql}")
            filters.append(KeyFilter(wanted, tuple(names.items())))
        return tuple(filters)

    def wanted(self, sql: str, types: Mapping[str, str] | None = None) -> ValueSet:
        """The tuples that a query gives, kept; ``types`` of its columns, where they are known."""
        return ValueSet(self._scratch, self._scratch.table("wanted", sql), types)

    def _bound(
        self, block: Select, outputs: dict[str, exp.Expr]
    ) -> tuple[dict[str, exp.Expr], list[exp.Expr]]:
        """The outputs and conditions of a select, the tables of sub-queries in them made."""
        if not block.subqueries:
            return outputs, block.where
        columns = {name: one.copy() for name, one in outputs.items()}
        where = [one.copy() for one in block.where]
        blocks = {name: b for sub in block.subqueries for name, b in sub.blocks.items()}
        for one in (*columns.values(), *where):
            self._bind(one, blocks)
        return columns, where

    def _bind(self, query: exp.Expr, blocks: dict[str, Block]) -> list[Node]:
        """Make the tables that a query names, all their rows, and let it name those."""
        nodes = []
        for name, source in blocks.items():
            tables = [t for t in query.find_all(exp.Table) if t.name == name]
            if not tables:
                continue
            rows = self.whole(source)
            columns = ", ".join(map(quoted, source.columns))
            view = self._scratch.view("bound", f"select {columns} from {rows.sql}")
            for table in tables:
                table.set("this", exp.to_identifier(view, quoted=True))
            nodes.append(rows.node)
        return nodes

    # -- tables --------------------------------------------------------------------------------

    def _made(
        self, block: Block, kind: Kind, sql: str, columns: tuple[str, ...], sources: list[Node]
    ) -> Rows:
        bound = self._bound_to(block)
        name = self._scratch.table("rows", f"{sql}{bound}")
        if bound and self._scratch.size(name) > (self._most_rows or 0):
            raise TooManyRowsError(block.model)
        node = self._node(block, name, kind, sources)
        node.needed = set(columns)
        names = "".join(f", {quoted(c)}" for c in columns)
        return Rows(f"(select rowid as {ROW}{names} from {name})", node, columns, is_table=True)

    def _node(self, block: Block, table: str, kind: Kind, sources: list[Node]) -> Node:
        node = Node(len(self.nodes), block, table, kind, sources)
        self.nodes.append(node)
        return node

    def _bound_to(self, block: Block) -> str:
        """What keeps a table from growing beyond the most rows, where it might."""
        if self._most_rows is None or self.chain.weight(block) <= self._most_rows:
            return ""
        return f" limit {self._most_rows + 1}"


def is_scan(block: Block) -> bool:
    """Whether a block reads one table and only filters and renames."""
    while isinstance(block, Select) and len(block.inputs) == 1 and not block.subqueries:
        block = block.inputs[0].block
    return isinstance(block, TableScan | Values)


def _tied_columns(block: Select) -> str:
    """What of the outer rows ties witnesses to them, as more columns of a select."""
    ties = {tie_name(c): c.sql(DIALECT) for sub in block.subqueries for c in outer_ties(sub)}
    return "".join(f", {text} as {quoted(name)}" for name, text in ties.items())


def outer_ties(sub: Subquery) -> list[exp.Column]:
    """The columns of outer rows that a sub-query's witnesses are tied by."""
    return [c for one in sub.on for c in one.find_all(exp.Column) if c.table != WITNESS]


def tie_name(column: exp.Column) -> str:
    """What a node's table calls a column of an outer row that a witness is tied by."""
    return f"~{column.table}.{column.name}"


def _unpushed(
    outputs: dict[str, exp.Expr], inputs: Sequence[JoinInput], filters: Filters
) -> list[str]:
    """Conditions on what is computed in a select."""
    kept = preserved_inputs(inputs)
    computed = {
        name: f"({one.sql(DIALECT)})"
        for name, one in outputs.items()
        if not (isinstance(one, exp.Column) and one.table in kept)
    }
    return [said for one in filters for said in one.conditions(computed)]


def _is_untyped(union: UnionAll, part: Block, columns: Sequence[str]) -> bool:
    """Whether a part leaves it to the others what type a column has."""
    names = dict(zip(union.columns, part.columns, strict=True))
    return any(isinstance(constant(part, names[c]), exp.Null) for c in columns)


def stored_name(table: str) -> str:
    """A table of the release as it is attached."""
    schema, _, name = table.partition(".")
    return f"{RELEASE}.{quoted(schema)}.{quoted(name)}"


def select_sql(
    outputs: dict[str, exp.Expr],
    inputs: Sequence[JoinInput],
    relations: Sequence[str],
    where: Sequence[str],
) -> str:
    """What follows the first columns of a select: more columns, FROM and WHERE."""
    columns = "".join(f", {one.sql(DIALECT)} as {quoted(n)}" for n, one in outputs.items())
    from_ = ""
    for i, (one, relation) in enumerate(zip(inputs, relations, strict=True)):
        if i == 0:
            from_ = f"{relation} as {quoted(one.alias)}"
        elif one.on is None:
            from_ += f" cross join {relation} as {quoted(one.alias)}"
        else:
            on = one.on.sql(DIALECT)
            from_ += f" {one.side} join {relation} as {quoted(one.alias)} on {on}"
    condition = f" where {' and '.join(f'({one})' for one in where)}" if where else ""
    return f"{columns} from {from_}{condition}"


def contributes(aggregates: dict[str, exp.Expr]) -> str:
    """Whether a row has a part in any of the aggregates, as SQL."""
    parts = []
    for one in aggregates.values():
        filter_, function = "", one
        if isinstance(function, exp.Filter):
            filter_ = function.expression.this.sql(DIALECT)
            function = function.this
        if isinstance(function, exp.WithinGroup):
            function = function.this
        argument = function.this
        if isinstance(argument, exp.Distinct):
            argument = argument.expressions[0] if len(argument.expressions) == 1 else None
        if isinstance(argument, exp.Order):
            argument = argument.this
        blind = isinstance(function, _BLIND_TO_NULL) and isinstance(argument, exp.Expr)
        if blind and not isinstance(argument, exp.Star) and not function.expressions:
            said = f"({argument.sql(DIALECT)}) is not null"
            parts.append(f"({said} and ({filter_}))" if filter_ else said)
        else:
            parts.append(f"({filter_})" if filter_ else "true")
    return " or ".join(parts) or "true"


def is_value_window(window: exp.Window) -> bool:
    """Whether a window's value is that of one row."""
    return isinstance(window.this, _PICKS)


def picked_row(window: exp.Window) -> exp.Window:
    """The window over the number of the row whose value it gives."""
    made = window.copy()
    made.this.set("this", exp.column("~", quoted=True))
    made.this.set("default", None)
    return made


def is_ranking(window: exp.Window) -> bool:
    """Whether the first row of a partition has the window's value 1, whatever follows."""
    return isinstance(window.this, _RANKS) and not window.args.get("spec")
