"""The other direction: where raw rows go, and what leaves them out on the way.

Rows are followed from the raw tables up, model by model, through the same blocks by which figures
are traced down. A row that does not come through is left out by a join, a condition or a group,
which has a name: the model and the clause.
"""

from dataclasses import dataclass, field
from typing import cast

from klynge.lineage.relational.algebra import (
    JoinInput,
    Select,
    SetOperation,
    TableScan,
)
from klynge.lineage.relational.expressions import DIALECT, said
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.result import LeftOut
from klynge.lineage.rows.key_lineage import (
    Columns,
    join_on_shared_keys,
    multiplies_rows,
    paths_to_tables,
)
from klynge.lineage.rows.pushdown import (
    Filters,
    KeyFilter,
    quoted,
)
from klynge.lineage.rows.restriction import (
    ROW,
    Node,
    Restriction,
    stored_name,
)
from klynge.lineage.rows.row_edges import edges
from klynge.lineage.rows.row_lineage import exact_columns
from klynge.lineage.rows.temp_tables import TempTables


@dataclass
class Flow:
    """Where followed rows came: tables of (tag, row) by stored table, and what left tags out."""

    tables: dict[str, str]
    left_out: dict[int, set[LeftOut]]


@dataclass
class ForwardSearch:
    """Follows rows of a raw table upwards.

    ``with_others``: a row also comes to the rows whose windows it has a part in.
    """

    scratch: TempTables
    chain: ModelGraph
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
            for block, _ in paths_to_tables(self.chain.body(model))
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
        for leaf, columns in paths_to_tables(root):
            if leaf.model in done:
                queries.append(self._along(model, leaf, columns, done[leaf.model]))
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

    def _along(self, model: str, leaf: TableScan, columns: Columns, followed: str) -> str:
        """A query for a model's rows that rows of one table came to by one way."""
        root = self.chain.body(model)
        if multiplies_rows(self.scratch, root):
            return self._by_keys(model, leaf, columns, followed)
        filters: Filters = ()
        restriction = Restriction(self.scratch, self.chain, every_step=True)
        if columns:
            names = ", ".join(f"{quoted(own)} as {quoted(of)}" for of, own in columns)
            wanted = restriction.wanted(
                f"select distinct {names} from {stored_name(leaf.model)} "
                f"where {self.scratch.among(followed)}"
            )
            filters = (KeyFilter(wanted, tuple((of, of) for of, _ in columns)),)
        rows = restriction.rows(root, frozenset(root.columns), filters)
        reached: dict[int, str] = {}
        for node in restriction.nodes:
            if node.kind == "stored":
                if node.block is leaf:
                    reached[node.number] = followed
            else:
                found = self._through(node, reached)
                if found is not None:
                    reached[node.number] = found
        if rows.node.number not in reached:
            return "select 0 as tag, 0 as row where false"
        types = self.chain.columns[model]
        on = " and ".join(
            f"made.{quoted(c)} is not distinct from stored.{quoted(c)}"
            for c in exact_columns(types)
        )
        made = self.scratch.table("recomputed", f"from {rows.sql}")
        return (
            "select followed.tag, stored.number as row "
            f"from {reached[rows.node.number]} as followed "
            f"join {made} as made on made.{ROW} = followed.row "
            f"join (select rowid as number, * from {stored_name(model)}) as stored on {on}"
        )

    def _by_keys(self, model: str, leaf: TableScan, columns: Columns, followed: str) -> str:
        """A query for a model's rows that have the keys of followed rows."""
        found = self.scratch.table(
            "followed",
            f"select distinct followed.tag, model.number as row from {followed} as followed "
            f"join ({join_on_shared_keys(model, leaf, columns)}) on leaf.number = followed.row",
        )
        self._note(followed, LeftOut(model, "no row has its keys"), found)
        return f"from {found}"

    # -- one node ------------------------------------------------------------------------------

    def _through(self, node: Node, reached: dict[int, str]) -> str | None:
        """The rows of a node that followed rows of its sources came to."""
        came = {
            i: reached[source.number]
            for i, source in enumerate(node.sources)
            if source.number in reached
        }
        if not came:
            return None
        queries = [
            edge.up(came[edge.place])
            for edge in edges(node)
            if edge.place in came and (self.with_others or not edge.is_other)
        ] or ["select 0 as tag, 0 as row where false"]
        union = " union ".join(f"({one})" for one in queries)
        found = self.scratch.table("followed", f"select distinct tag, row from ({union})")
        for i, rows in came.items():
            lost = self.scratch.table(
                "lost",
                f"select distinct tag from {rows} as came "
                f"anti join {found} as found on found.tag = came.tag",
            )
            if self.scratch.number(f"select count(*) from {lost}"):
                self._explain(node, i, rows, lost)
        return found

    # -- what was left out ---------------------------------------------------------------------

    def _explain(self, node: Node, i: int, rows: str, lost: str) -> None:
        """Note by which clause of a block each lost tag was left out."""
        model = node.block.model
        if node.kind == "group":
            self._note(lost, LeftOut(model, "it has no part in the figures of its group"))
        elif node.kind == "compared":
            self._note(lost, LeftOut(model, cast("SetOperation", node.block).keyword))
        elif i in node.witnesses:
            self._note(lost, LeftOut(model, node.witnesses[i].clause))
        elif node.kind == "rows" and i < len(node.inputs):
            self._explain_select(node, i, rows, lost)

    def _explain_select(self, node: Node, i: int, rows: str, lost: str) -> None:
        block, alive = cast("Select", node.block), lost
        for k in range(max(i, 1), len(node.inputs)):
            through = self._through_joins(node, i, rows, alive, k)
            self._note(alive, LeftOut(block.model, _join_clause(node.inputs[k][0])), through)
            alive = through
        for k, condition in enumerate(block.where, start=1):
            through = self._through_joins(node, i, rows, alive, len(node.inputs), k)
            self._note(alive, LeftOut(block.model, f"{block.clause} {said(condition)}"), through)
            alive = through

    def _through_joins(  # noqa: PLR0913, PLR0917 - which rows of which source, and how far
        self, node: Node, i: int, rows: str, alive: str, joins: int, conditions: int = 0
    ) -> str:
        """The tags of ``alive`` that come through the first joins and conditions of a select."""
        own, found = node.inputs[i]
        followed = (
            f'(select source.*, came.tag as "~tag" from {rows} as came '
            f"semi join {alive} as alive on alive.tag = came.tag "
            f"join {found.sql} as source on source.{ROW} = came.row)"
        )
        from_ = ""
        for one, read in node.inputs[: joins + 1]:
            relation = f"{followed if one is own else read.sql} as {quoted(one.alias)}"
            if not from_:
                from_ = relation
            elif one.on is None:
                from_ += f" cross join {relation}"
            else:
                from_ += f" {one.side} join {relation} on {one.on.sql(DIALECT)}"
        tag = f'{quoted(own.alias)}."~tag"'
        held = [f"({one})" for one in node.conditions[:conditions]]
        where = " and ".join([f"{tag} is not null", *held])
        return self.scratch.table(
            "alive", f"select distinct {tag} as tag from {from_} where {where}"
        )

    def _note(self, alive: str, clause: LeftOut, through: str | None = None) -> None:
        """Note a clause for the tags of ``alive`` that are not in ``through``."""
        out = set(self._tags(alive)) - set(self._tags(through) if through else ())
        for tag in out:
            self._lost.setdefault(tag, set()).add(clause)

    def _tags(self, table: str) -> list[int]:
        query = f"select distinct tag from {table}"
        return [tag for (tag,) in self.scratch.connection.execute(query).fetchall()]


def _join_clause(one: JoinInput) -> str:
    if one.on is None:
        return "cross join"
    return f"{one.side} join on {said(one.on)}".replace('"', "")
