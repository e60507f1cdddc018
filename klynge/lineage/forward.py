"""The other direction: where raw rows go, and what leaves them out on the way.

Rows are followed from the raw tables up, model by model, through the same blocks by which figures
are traced down. A row that does not come through is left out by a join, a condition or a group,
which has a name: the model and the clause.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from klynge.lineage.algebra import (
    Block,
    Compared,
    Generated,
    Group,
    Input,
    Select,
    Stored,
    Together,
    Whole,
    Windowed,
)
from klynge.lineage.certificates import LeftOut
from klynge.lineage.chain import Chain
from klynge.lineage.filters import (
    Filter,
    Filters,
    Wanted,
    into_group,
    into_part,
    into_select,
    into_window,
    quoted,
    useful,
)
from klynge.lineage.parsing import DIALECT, said
from klynge.lineage.restricting import (
    ROW,
    Node,
    Restriction,
    Rows,
    counts,
    is_pick,
    is_rank,
    stored_name,
)
from klynge.lineage.scratch import Scratch
from klynge.lineage.supporting import exactly


@dataclass
class Flow:
    """Where followed rows came: tables of (tag, row) by stored table, and what left tags out."""

    tables: dict[str, str]
    left_out: dict[int, set[LeftOut]]


@dataclass
class Follower:
    """Follows rows of a raw table upwards.

    ``with_others``: a row also comes to the rows whose windows it has a part in.
    """

    scratch: Scratch
    chain: Chain
    with_others: bool = True
    _left_out: dict[int, set[LeftOut]] = field(default_factory=dict)
    #: what left tags out on the ways into the model at hand
    _lost: dict[int, set[LeftOut]] = field(default_factory=dict)

    def follow(self, table: str, rows: str, marts: frozenset[str]) -> Flow:
        """Follow the rows of ``rows`` (tag, row) to every model below ``marts`` and to them."""
        self._left_out = {}
        done = {table: rows}
        wanted = {name for mart in marts for name in self.chain.below(mart)}
        for model in self.chain.models:
            if model in wanted and self.chain.is_stored(model):
                found = self._step(model, done)
                if found is not None:
                    done[model] = found
        self._ends(done, wanted, marts)
        return Flow(done, self._left_out)

    def _ends(self, done: dict[str, str], wanted: set[str], marts: frozenset[str]) -> None:
        """Say of tables that nothing wanted reads that it ends there."""
        read = {
            block.model
            for model in wanted
            if self.chain.is_stored(model)
            for block, _ in _leaves(self.chain.body(model))
        }
        for table, rows in done.items():
            if table not in read and table not in marts:
                for tag in self._tags(rows):
                    self._left_out.setdefault(tag, set()).add(LeftOut(table, "no mart reads it"))

    # -- one model -----------------------------------------------------------------------------

    def _step(self, model: str, done: dict[str, str]) -> str | None:
        """The rows of a stored model that followed rows came to."""
        root = self.chain.body(model)
        queries = []
        for (leaf, mapping) in sorted(set(_leaves(root)), key=lambda one: (one[0].model, one[1])):
            if leaf.model in done:
                queries.append(self._along(model, root, leaf, mapping, done))
        if not queries:
            return None
        union = " union ".join(f"({one})" for one in queries)
        found = self.scratch.table("followed", f"select distinct tag, row from ({union})")
        through = set(self._tags(found))
        for tag, clauses in self._lost.items():
            if tag not in through:
                self._left_out.setdefault(tag, set()).update(clauses)
        self._lost = {}
        return found if through else None

    def _along(
        self,
        model: str,
        root: Block,
        leaf: Stored,
        mapping: tuple[tuple[str, str], ...],
        done: dict[str, str],
    ) -> str:
        """A query for a model's rows that rows of one table came to by one way."""
        filters: Filters = ()
        restriction = Restriction(self.scratch, self.chain, every_step=True)
        if mapping:
            columns = ", ".join(f"{quoted(own)} as {quoted(of)}" for of, own in mapping)
            wanted = restriction.wanted(
                f"select distinct {columns} from {stored_name(leaf.model)} "
                f"where rowid in (select row from {done[leaf.model]})"
            )
            filters = (Filter(wanted, tuple((of, of) for of, _ in mapping)),)
        rows = restriction.rows(root, frozenset(root.columns), filters)
        reached: dict[int, str] = {}
        for node in restriction.nodes:
            if node.kind == "stored":
                if node.block is leaf:
                    reached[node.number] = done[leaf.model]
            else:
                found = self._through(node, reached)
                if found is not None:
                    reached[node.number] = found
        if rows.node.number not in reached:
            return "select 0 as tag, 0 as row where false"
        types = self.chain.columns[model]
        on = " and ".join(
            f"made.{quoted(c)} is not distinct from stored.{quoted(c)}" for c in exactly(types)
        )
        made = self.scratch.table("recomputed", f"from {rows.sql}")
        return (
            f"select followed.tag, stored.number as row from {reached[rows.node.number]} as followed "
            f"join {made} as made on made.{ROW} = followed.row "
            f"join (select rowid as number, * from {stored_name(model)}) as stored on {on}"
        )

    # -- one node ------------------------------------------------------------------------------

    def _through(self, node: Node, reached: dict[int, str]) -> str | None:
        """The rows of a node that followed rows of its sources came to."""
        queries = []
        came = []
        for i, source in enumerate(node.sources):
            if source.number in reached:
                rows = reached[source.number]
                came.append((i, rows))
                queries += self._queries(node, i, source, rows)
        if not queries:
            return None
        union = " union ".join(f"({one})" for one in queries)
        found = self.scratch.table("followed", f"select distinct tag, row from ({union})")
        for i, rows in came:
            lost = self.scratch.table(
                "lost",
                f"select distinct tag from {rows} as came "
                f"anti join {found} as found on found.tag = came.tag",
            )
            if self.scratch.number(f"select count(*) from {lost}"):
                self._explain(node, i, rows, lost)
        return found

    def _queries(self, node: Node, i: int, source: Node, rows: str) -> Iterator[str]:
        block = node.block
        if node.kind == "rows":
            if i < max(len(node.inputs), 1):
                yield (
                    f'select came.tag, made.rowid as row from {rows} as came '
                    f'join {node.table} as made on made."~{i + 1}" = came.row'
                )
            else:
                yield self._everything(node, rows)
        elif node.kind == "group":
            assert isinstance(block, Group)
            aggregates = {n: one for n, one in block.aggregates.items() if n in node.needed}
            on = " and ".join(
                f"source.{quoted(k)} is not distinct from made.{quoted(k)}" for k in block.keys
            )
            yield (
                f"select came.tag, made.number as row from {rows} as came "
                f'join (select rowid as number, ({counts(aggregates)}) as "~counts", * '
                f"from {source.table}) as source on source.number = came.row "
                f"join (select rowid as number, * from {node.table}) as made on {on or 'true'} "
                'where source."~counts" or not made."~counted"'
            )
        elif node.kind == "window":
            assert isinstance(block, Windowed)
            yield (
                f"select came.tag, made.rowid as row from {rows} as came "
                f'join {node.table} as made on made."~1" = came.row'
            )
            if self.with_others:
                yield from self._others(node, block, source, rows)
        elif node.kind == "union":
            yield (
                f"select came.tag, made.rowid as row from {rows} as came "
                f'join {node.table} as made on made."~1" = came.row and made."~part" = {i}'
            )
        elif node.kind == "compared":
            assert isinstance(block, Compared)
            if i == 0 or block.keyword == "intersect":
                side = block.left if i == 0 else block.right
                on = " and ".join(
                    f"source.{quoted(s)} is not distinct from made.{quoted(b)}"
                    for b, s in zip(block.columns, side.columns, strict=True)
                )
                yield (
                    f"select came.tag, made.number as row from {rows} as came join "
                    f"(select rowid as number, * from {source.table}) as source "
                    f"on source.number = came.row join "
                    f"(select rowid as number, * from {node.table}) as made on {on}"
                )
            else:
                yield "select 0 as tag, 0 as row where false"
        else:
            yield self._everything(node, rows)

    def _others(self, node: Node, block: Windowed, source: Node, rows: str) -> Iterator[str]:
        """The rows of a partition whose windows a row has a part in."""
        for name, window in block.windows.items():
            if name not in node.needed:
                continue
            if is_pick(window):
                yield (
                    f"select came.tag, made.rowid as row from {rows} as came "
                    f"join {node.table} as made on made.{quoted('~' + name)} = came.row"
                )
                continue
            parts = [one.sql(DIALECT) for one in window.args.get("partition_by") or []]
            keys = "".join(f", {one} as part{i}" for i, one in enumerate(parts))
            on = " and ".join(
                f"whole.part{i} is not distinct from made.part{i}" for i in range(len(parts))
            )
            later = f" where {quoted(name)} > 1" if is_rank(window) else ""
            yield (
                f"select whole.tag, made.number as row from (select distinct tag{keys} from "
                f"(select came.tag, source.* from {rows} as came "
                f"join (select rowid as number, * from {source.table}) as source "
                f"on source.number = came.row)) as whole "
                f"join (select rowid as number{keys} from {node.table}{later}) as made on {on or 'true'}"
            )

    def _everything(self, node: Node, rows: str) -> str:
        return (
            f"select came.tag, made.rowid as row from (select distinct tag from {rows}) as came "
            f"cross join {node.table} as made"
        )

    # -- what was left out ---------------------------------------------------------------------

    def _explain(self, node: Node, i: int, rows: str, lost: str) -> None:
        """Note by which clause of a block each lost tag was left out."""
        block = node.block
        if node.kind == "group":
            clause = LeftOut(block.model, "it has no part in the figures of its group")
            self._note(f"select tag from {lost}", clause)
        elif node.kind == "compared":
            assert isinstance(block, Compared)
            self._note(f"select tag from {lost}", LeftOut(block.model, block.keyword))
        elif node.kind == "rows" and isinstance(block, Select) and i < len(node.inputs):
            self._explain_select(node, block, i, rows, lost)

    def _explain_select(self, node: Node, block: Select, i: int, rows: str, lost: str) -> None:
        inputs = node.inputs
        own = inputs[i][0]
        alive = lost
        for k in range(max(i, 1), len(inputs)):
            clause = _join_clause(inputs[k][0])
            alive = self._alive(inputs[: k + 1], own, rows, alive, [], block.model, clause)
        texts = [f"{block.clause} {said(one)}" for one in block.where]
        for k, text in enumerate(texts, start=1):
            held = node.conditions[:k]
            alive = self._alive(inputs, own, rows, alive, held, block.model, text)

    def _alive(
        self,
        inputs: list[tuple[Input, Rows]],
        own: Input,
        rows: str,
        alive: str,
        conditions: list[str],
        model: str,
        clause: str,
    ) -> str:
        """The tags that come through some joins and conditions; the others are noted."""
        if not self.scratch.number(f"select count(*) from (from {alive} limit 1)"):
            return alive
        from_ = ""
        for one, found in inputs:
            relation = found.sql
            if one is own:
                relation = (
                    f'(select source.*, came.tag as "~tag" from {rows} as came semi join {alive} as alive '
                    f"on alive.tag = came.tag join {found.sql} as source on source.{ROW} = came.row)"
                )
            name = f"{relation} as {quoted(one.alias)}"
            if not from_:
                from_ = name
            elif one.on is None:
                from_ += f" cross join {name}"
            else:
                from_ += f" {one.side} join {name} on {one.on.sql(DIALECT)}"
        tag = f'{quoted(own.alias)}."~tag"'
        where = " and ".join([f"{tag} is not null", *(f"({one})" for one in conditions)])
        through = self.scratch.table("alive", f"select distinct {tag} as tag from {from_} where {where}")
        self._note(f"select tag from {alive} anti join {through} using (tag)", LeftOut(model, clause))
        return through

    def _note(self, query: str, clause: LeftOut) -> None:
        for (tag,) in self.scratch.connection.execute(query).fetchall():
            self._lost.setdefault(tag, set()).add(clause)

    def _tags(self, table: str) -> list[int]:
        query = f"select distinct tag from {table}"
        return [tag for (tag,) in self.scratch.connection.execute(query).fetchall()]


def _join_clause(one: Input) -> str:
    if one.on is None:
        return "cross join"
    return f"{one.side} join on {said(one.on)}".replace('"', "")


def _leaves(root: Block) -> list[tuple[Stored, tuple[tuple[str, str], ...]]]:
    """Each way from a block down to a stored table, and the columns handed on unchanged on it.

    Pairs are (column of the root, column of the table).
    """
    found: set[tuple[Stored, tuple[tuple[str, str], ...]]] = set()
    seen: set[tuple[int, frozenset[tuple[str, str]]]] = set()

    def visit(block: Block, filters: Filters) -> None:
        pairs = frozenset(pair for one in filters for pair in one.columns)
        if (id(block), pairs) in seen:
            return
        seen.add((id(block), pairs))
        if isinstance(block, Stored):
            by_column = {of: own for own, of in sorted(pairs)}
            found.add((block, tuple(sorted(by_column.items()))))
        elif isinstance(block, Select):
            pushed = into_select(block, block.inputs, filters)
            for one in block.inputs:
                visit(one.block, pushed[one.alias])
            for sub in block.subqueries:
                for source in sub.blocks.values():
                    visit(source, ())
        elif isinstance(block, Group):
            visit(block.source, into_group(block, filters))
        elif isinstance(block, Windowed):
            visit(block.source, into_window(block, frozenset(block.columns), filters))
        elif isinstance(block, Together):
            for part in block.parts:
                visit(part, into_part(block, part, filters))
        elif isinstance(block, Compared):
            for side in (block.left, block.right):
                names = dict(zip(block.columns, side.columns, strict=True))
                visit(side, useful([one.renamed(names) for one in filters]))
        elif not isinstance(block, Generated):
            assert isinstance(block, Whole)
            for source in block.sources:
                visit(source, ())

    names = Filter(Wanted(None, ""), tuple((c, c) for c in root.columns))  # type: ignore[arg-type]
    visit(root, (names,))
    return sorted(found, key=lambda one: (one[0].model, one[1]))
