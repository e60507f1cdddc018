"""A block's SQL over many small worlds at once: each row bears the tag of the world it is in.

Worlds never meet: joins, groups, windows and comparisons hold within a tag. So many figures, each
with its own supporting rows, are computed by one query as if each had been alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    Aggregate,
    Block,
    Select,
    SetOperation,
    TableScan,
    UnionAll,
    Values,
    Window,
    walk,
)
from klynge.lineage.relational.expressions import DIALECT
from klynge.lineage.rows.pushdown import quoted

TAG = '"~tag"'


class NotTaggableError(Exception):
    """A block that cannot be computed for many worlds at once."""


@dataclass
class TaggedSql:
    """Writes a model's SQL over tagged tables."""

    #: the relation of a stored table's rows, and whether they bear tags
    table: Callable[[str], tuple[str, bool]]
    #: a table of all tags, column ``tag``
    tags: str
    #: by ``id`` of a block: tables of columns that its rows must be among, and the columns
    guards: Mapping[int, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    def sql(self, root: Block) -> tuple[str, bool]:
        """A query for a block's columns and, where it rests on tagged rows, its tag."""
        self._names: dict[int, str] = {}
        self._tagged: dict[int, bool] = {}
        parts = []
        for block in walk(root):
            name = f"step{len(self._names)}"
            text = self._guarded(block, self._block(block))
            self._names[id(block)] = name
            parts.append(f"{name} as ({text})")
        tagged = self._tagged[id(root)]
        names = [*([TAG] if tagged else []), *map(quoted, root.columns)]
        last = self._names[id(root)]
        return f"with {', '.join(parts)} select {', '.join(names)} from {last}", tagged

    def _guarded(self, block: Block, text: str) -> str:
        for table, columns in self.guards.get(id(block), []):
            same = [f"x.{quoted(c)} is not distinct from y.{quoted(c)}" for c in columns]
            on = " and ".join(same) or "true"
            text = f"select x.* from ({text}) as x semi join {table} as y on {on}"
        return text

    def _block(self, block: Block) -> str:
        if isinstance(block, TableScan):
            relation, self._tagged[id(block)] = self.table(block.model)
            return f"from {relation}"
        if isinstance(block, Values):
            self._tagged[id(block)] = False
            source = f" from {block.source.sql(DIALECT)}" if block.source is not None else ""
            return f"select {', '.join(map(quoted, block.columns)) or '1 as one'}{source}"
        self._tagged[id(block)] = any(self._tagged[id(one)] for one in block.sources)
        by_kind: dict[type[Block], Callable[..., str]] = {
            Select: self._select,
            Aggregate: self._group,
            Window: self._window,
            UnionAll: self._union,
            SetOperation: self._comparison,
        }
        return by_kind.get(type(block), self._unknown)(block)

    def _unknown(self, block: Block) -> str:
        raise NotTaggableError(block.model)

    def _union(self, block: UnionAll) -> str:
        return " union all ".join(self._part(block, part) for part in block.parts)

    def _comparison(self, block: SetOperation) -> str:
        word = block.keyword if block.distinct else f"{block.keyword} all"
        return f"{self._part(block, block.left)} {word} {self._part(block, block.right)}"

    def _part(self, block: Block, part: Block) -> str:
        """A part of a union or a side of a comparison, its columns by position."""
        tag = [TAG] if self._tagged[id(block)] else []
        pairs = zip(part.columns, block.columns, strict=True)
        columns = ", ".join([*tag, *(f"{quoted(p)} as {quoted(b)}" for p, b in pairs)])
        return f"select {columns} from {self._from(block, part)}"

    def _from(self, block: Block, part: Block) -> str:
        name = self._names[id(part)]
        if self._tagged[id(block)] and not self._tagged[id(part)]:
            return f"{name} cross join (select tag as {TAG} from {self.tags})"
        return name

    def _select(self, block: Select) -> str:
        current, from_ = None, ""
        if self._tagged[id(block)] and not self._tagged[id(block.inputs[0].block)]:
            from_, current = f'(select tag as {TAG} from {self.tags}) as "~tags"', f'"~tags".{TAG}'
        for one in block.inputs:
            name = f"{self._names[id(one.block)]} as {quoted(one.alias)}"
            own = f"{quoted(one.alias)}.{TAG}" if self._tagged[id(one.block)] else None
            on = [f"({one.on.sql(DIALECT)})"] if one.on is not None else []
            if own and current:
                on.append(f"{current} = {own}")
            if not from_:
                from_ = name
            elif on:
                from_ += f" {one.side} join {name} on {' and '.join(on)}"
            else:
                from_ += f" cross join {name}"
            if own and (current is None or one.side == "right"):
                current = own
            elif own and one.side == "full":
                current = f"coalesce({current}, {own})"
            elif own is None and current and one.side in ("right", "full"):
                raise NotTaggableError(block.model)
        outputs, where = dict(block.outputs), list(block.where)
        if block.subqueries:
            outputs = {name: self._bound(block, one, current) for name, one in outputs.items()}
            where = [self._bound(block, one, current) for one in where]
        columns = [f"{one.sql(DIALECT)} as {quoted(name)}" for name, one in outputs.items()]
        columns = [*([f"{current} as {TAG}"] if current else []), *columns]
        condition = " and ".join(f"({one.sql(DIALECT)})" for one in where)
        return f"select {', '.join(columns)} from {from_}{' where ' + condition if where else ''}"

    def _bound(self, block: Select, expression: exp.Expr, current: str | None) -> exp.Expr:
        """An expression whose sub-queries read tagged steps, of the outer row's tag only."""
        made = expression.copy()
        blocks = {name: b for sub in block.subqueries for name, b in sub.blocks.items()}
        outer = {one.alias for one in block.inputs}
        for table in list(made.find_all(exp.Table)):
            if table.name not in blocks:
                continue
            source = blocks[table.name]
            select = table.find_ancestor(exp.Select)
            if select is None or table.alias in outer or current is None:
                raise NotTaggableError(block.model)
            table.set("this", exp.to_identifier(self._names[id(source)], quoted=True))
            if self._tagged[id(source)]:
                if any(join.side for join in select.args.get("joins") or []):
                    raise NotTaggableError(block.model)
                select.where(
                    f"{quoted(table.alias)}.{TAG} = {current}", dialect=DIALECT, copy=False
                )
        return made

    def _group(self, block: Aggregate) -> str:
        source = self._names[id(block.source)]
        values = [f"{one.sql(DIALECT)} as {quoted(n)}" for n, one in block.aggregates.items()]
        keys = [*([TAG] if self._tagged[id(block)] else []), *map(quoted, block.keys)]
        text = f"select {', '.join([*keys, *values])} from {source}"
        text += f" group by {', '.join(keys)}" if keys else ""
        if block.keys or not self._tagged[id(block)]:
            return text
        nothing = f"select {', '.join(values)} from (from {source} where false)"
        missing = (
            f"(select tag as {TAG} from {self.tags} where tag not in (select {TAG} from {source}))"
        )
        return f"{text} union all select * from {missing} cross join ({nothing})"

    def _window(self, block: Window) -> str:
        columns = list(map(quoted, block.source.columns))
        windows = []
        for name, window in block.windows.items():
            made = window.copy()
            if self._tagged[id(block)]:
                parts = [exp.column("~tag", quoted=True), *(made.args.get("partition_by") or [])]
                made.set("partition_by", parts)
            windows.append(f"{made.sql(DIALECT)} as {quoted(name)}")
        tag = [TAG] if self._tagged[id(block)] else []
        return (
            f"select {', '.join([*tag, *columns, *windows])} from {self._names[id(block.source)]}"
        )
