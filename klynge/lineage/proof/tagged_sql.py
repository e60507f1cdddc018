"""Write SQL that computes a block in many worlds at once.

A world is the set of supporting rows of one figure. Each row has the tag of its world (see
:mod:`~klynge.lineage.proof.batch_replay`). Joins, groups, window functions and set operations also
compare the tag, so rows of two worlds never meet. One query therefore computes many figures, each
from its own supporting rows alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    JoinInput,
    Select,
    SetOperation,
    TableScan,
    UnionAll,
    Values,
    Window,
    walk,
)
from klynge.lineage.relational.expressions import DIALECT, quote_identifier
from klynge.lineage.rows.relation import where_sql

TAG = '"~tag"'


class NotTaggableError(Exception):
    """A block cannot be computed for many worlds at once. The message names the block's model."""


@dataclass
class TaggedSql:
    """Writes the SQL of a model over tagged tables."""

    #: given the name of a stored table, returns the relation with its rows, and whether the rows
    #: have tags
    table: Callable[[str], tuple[str, bool]]
    #: the name of a table that lists all tags in its column ``tag``
    tags: str
    #: ``id`` of a block -> pairs of a table and its key columns; the block keeps only rows whose
    #: keys are in the table
    guards: Mapping[int, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    #: ``id`` of a block -> the name of its common table expression (CTE)
    _names: dict[int, str] = field(default_factory=dict)
    #: ``id`` of a block -> whether its rows have tags
    _tagged: dict[int, bool] = field(default_factory=dict)

    def sql(self, root: Block) -> tuple[str, bool]:
        """Return a query for the rows of a block, and whether these rows have tags.

        The rows have tags if they depend on a table whose rows have tags.
        """
        parts = []
        for block in walk(root):
            name = f"step{len(self._names)}"
            text = self._guarded(block, self._block(block))
            self._names[id(block)] = name
            parts.append(f"{name} as ({text})")
        columns = ", ".join([*self._tag(root), *map(quote_identifier, root.columns)])
        last = self._names[id(root)]
        return f"with {', '.join(parts)} select {columns} from {last}", self._tagged[id(root)]

    def _guarded(self, block: Block, text: str) -> str:
        for table, columns in self.guards.get(id(block), []):
            same = (
                f"x.{name} is not distinct from y.{name}" for name in map(quote_identifier, columns)
            )
            on = " and ".join(same) or "true"
            text = f"select x.* from ({text}) as x semi join {table} as y on {on}"
        return text

    def _tag(self, block: Block) -> list[str]:
        return [TAG] if self._tagged[id(block)] else []

    # -- by kind of block ----------------------------------------------------------------------

    def _block(self, block: Block) -> str:
        by_kind: dict[type[Block], Callable[..., str]] = {
            Values: self._values,
            Select: self._select,
            Aggregate: self._aggregate,
            Window: self._window,
            UnionAll: self._union,
            SetOperation: self._set_operation,
        }
        if isinstance(block, TableScan):
            relation, self._tagged[id(block)] = self.table(block.model)
            return f"from {relation}"
        if type(block) not in by_kind:
            raise NotTaggableError(block.model)
        self._tagged[id(block)] = any(self._tagged[id(one)] for one in block.sources)
        return by_kind[type(block)](block)

    def _union(self, block: UnionAll) -> str:
        return " union all ".join(self._branch(block, part) for part in block.parts)

    def _set_operation(self, block: SetOperation) -> str:
        keyword = block.keyword if block.distinct else f"{block.keyword} all"
        return f"{self._branch(block, block.left)} {keyword} {self._branch(block, block.right)}"

    def _values(self, block: Values) -> str:
        source = f" from {block.source.sql(DIALECT)}" if block.source is not None else ""
        return f"select {', '.join(map(quote_identifier, block.columns)) or '1 as one'}{source}"

    def _branch(self, block: Block, part: Block) -> str:
        """Write the query for one branch of a union or set operation. Columns match by position."""
        pairs = zip(part.columns, block.columns, strict=True)
        renamed = [f"{quote_identifier(p)} as {quote_identifier(b)}" for p, b in pairs]
        columns = ", ".join([*self._tag(block), *renamed])
        name = self._names[id(part)]
        if self._tagged[id(block)] and not self._tagged[id(part)]:
            name = f"{name} cross join (select tag as {TAG} from {self.tags})"
        return f"select {columns} from {name}"

    def _select(self, block: Select) -> str:
        from_, tag = self._joins(block)
        outputs, where = dict(block.outputs), list(block.where)
        if block.subqueries:
            outputs = {n: self._with_subqueries(block, one, tag) for n, one in outputs.items()}
            where = [self._with_subqueries(block, one, tag) for one in where]
        columns = [f"{one.sql(DIALECT)} as {quote_identifier(n)}" for n, one in outputs.items()]
        columns = [*([f"{tag} as {TAG}"] if tag else []), *columns]
        conditions = where_sql([one.sql(DIALECT) for one in where])
        return f"select {', '.join(columns)} from {from_}{conditions}"

    def _joins(self, block: Select) -> tuple[str, str | None]:
        """Write the FROM clause of a select, and the expression for the tag of its rows."""
        tag, from_ = None, ""
        if self._tagged[id(block)] and not self._tagged[id(block.inputs[0].block)]:
            from_, tag = f'(select tag as {TAG} from {self.tags}) as "~tags"', f'"~tags".{TAG}'
        for one in block.inputs:
            from_ = self._with_join(from_, one, tag)
            tag = self._tag_after(block, one, tag)
        return from_, tag

    def _own_tag(self, one: JoinInput) -> str | None:
        return f"{quote_identifier(one.alias)}.{TAG}" if self._tagged[id(one.block)] else None

    def _with_join(self, from_: str, one: JoinInput, tag: str | None) -> str:
        name = f"{self._names[id(one.block)]} as {quote_identifier(one.alias)}"
        if not from_:
            return name
        own = self._own_tag(one)
        on = [f"({one.on.sql(DIALECT)})"] if one.on is not None else []
        on += [f"{tag} = {own}"] if own and tag else []
        if not on:
            return f"{from_} cross join {name}"
        return f"{from_} {one.side} join {name} on {' and '.join(on)}"

    def _tag_after(self, block: Select, one: JoinInput, tag: str | None) -> str | None:
        """Write the expression for the tag of a joined row, after the input ``one`` is joined."""
        own = self._own_tag(one)
        if own is None:
            if tag and one.side in ("right", "full"):
                raise NotTaggableError(block.model)
            return tag
        if tag is None or one.side == "right":
            return own
        return f"coalesce({tag}, {own})" if one.side == "full" else tag

    def _with_subqueries(self, block: Select, expression: exp.Expr, tag: str | None) -> exp.Expr:
        """Copy an expression; its sub-queries then read only rows with the tag of the outer row."""
        changed = expression.copy()
        blocks = {name: b for sub in block.subqueries for name, b in sub.blocks.items()}
        outer = {one.alias for one in block.inputs}
        for table in list(changed.find_all(exp.Table)):
            if table.name in blocks:
                if table.alias in outer or tag is None:
                    raise NotTaggableError(block.model)
                self._bind(block, table, blocks[table.name], tag)
        return changed

    def _bind(self, block: Select, table: exp.Table, source: Block, tag: str) -> None:
        """Let a table in a sub-query read the CTE of the block ``source``, in place."""
        select = table.find_ancestor(exp.Select)
        if select is None:
            raise NotTaggableError(block.model)
        table.set("this", exp.to_identifier(self._names[id(source)], quoted=True))
        if self._tagged[id(source)]:
            if any(join.side for join in select.args.get("joins") or []):
                raise NotTaggableError(block.model)
            condition = f"{quote_identifier(table.alias)}.{TAG} = {tag}"
            select.where(condition, dialect=DIALECT, copy=False)

    def _aggregate(self, block: Aggregate) -> str:
        source = self._names[id(block.source)]
        values = [
            f"{one.sql(DIALECT)} as {quote_identifier(n)}" for n, one in block.aggregates.items()
        ]
        keys = [*self._tag(block), *map(quote_identifier, block.keys)]
        text = f"select {', '.join([*keys, *values])} from {source}"
        text += f" group by {', '.join(keys)}" if keys else ""
        if block.keys or not self._tagged[id(block)]:
            return text
        # without keys, every world gets one row, even a world without rows to aggregate
        on_no_rows = f"select {', '.join(values)} from (from {source} where false)"
        missing = (
            f"(select tag as {TAG} from {self.tags} where tag not in (select {TAG} from {source}))"
        )
        return f"{text} union all select * from {missing} cross join ({on_no_rows})"

    def _window(self, block: Window) -> str:
        windows = []
        for name, window in block.windows.items():
            changed = window.copy()
            if self._tagged[id(block)]:
                tag = exp.column("~tag", quoted=True)
                changed.set("partition_by", [tag, *(changed.args.get("partition_by") or [])])
            windows.append(f"{changed.sql(DIALECT)} as {quote_identifier(name)}")
        columns = [*self._tag(block), *map(quote_identifier, block.source.columns), *windows]
        return f"select {', '.join(columns)} from {self._names[id(block.source)]}"
