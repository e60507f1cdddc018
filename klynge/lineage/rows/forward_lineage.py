"""Forward lineage: find the rows of models that depend on source rows.

The search follows source rows upwards, model by model. It uses the same edges as a trace, but in
the opposite direction. If a row does not reach a model, the search records the clause that left
the row out: a join, a condition or a group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from klynge.lineage.relational.algebra import JoinInput, Select, SetOperation, TableScan
from klynge.lineage.relational.expressions import condition_text, quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.result import LeftOut
from klynge.lineage.rows.key_lineage import (
    ColumnPairs,
    generates_many_rows,
    join_by_keys,
    paths_to_tables,
)
from klynge.lineage.rows.relation import ROW, RowNode, join_sql, where_sql
from klynge.lineage.rows.restriction import Restriction
from klynge.lineage.rows.row_edges import row_edges
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import Filters, KeyFilter, exact_columns

_NO_ROWS = "select 0 as tag, 0 as row where false"


@dataclass
class ForwardRows:
    """The rows that depend on some source rows. A tag is the id of one or more source rows.

    ``tables`` maps each stored table to a table (tag, row) with the rows that were reached.
    ``left_out`` maps a tag to the clauses that left out the rows of the tag.
    """

    tables: dict[str, str]
    left_out: dict[int, set[LeftOut]]


@dataclass
class ForwardSearch:
    """Follows rows of a source table up to the marts.

    With ``with_windows``, a row also reaches every row to whose window function it contributes.
    """

    temp: TempTables
    graph: ModelGraph
    with_windows: bool = True
    _left_out: dict[int, set[LeftOut]] = field(default_factory=dict)
    #: tag -> the clauses that left the tag out on a path into the current model
    _lost: dict[int, set[LeftOut]] = field(default_factory=dict)

    def follow(self, table: str, rows: str, marts: frozenset[str]) -> ForwardRows:
        """Follow the rows of the table ``rows`` (tag, row) up to ``marts``."""
        self._left_out = {}
        reached = {table: rows}
        wanted = {name for mart in marts for name in self.graph.upstream(mart)}
        stored = [m for m in self.graph.models if m in wanted and self.graph.is_stored(m)]
        for model in stored:
            found = self._step(model, reached)
            if found is not None:
                reached[model] = found
        self._note_dead_ends(reached, stored, marts)
        return ForwardRows(reached, self._left_out)

    def _note_dead_ends(
        self, reached: dict[str, str], stored: Sequence[str], marts: frozenset[str]
    ) -> None:
        read = {
            scan.model
            for model in stored
            for scan, _ in paths_to_tables(self.graph.block_of(model))
        }
        for table in reached.keys() - read - marts:
            for tag in self.temp.tags(reached[table]):
                self._left_out.setdefault(tag, set()).add(LeftOut(table, "no mart reads it"))

    # -- one model -----------------------------------------------------------------------------

    def _step(self, model: str, reached: dict[str, str]) -> str | None:
        """Find the rows (tag, row) of a stored model that the followed rows reach; None if none."""
        queries = [
            self._along_path(model, scan, columns, reached[scan.model])
            for scan, columns in paths_to_tables(self.graph.block_of(model))
            if scan.model in reached
        ]
        if not queries:
            return None
        union = " union ".join(f"({one})" for one in queries)
        found = self.temp.table("followed", f"select distinct tag, row from ({union})")
        arrived = set(self.temp.tags(found))
        for tag, clauses in self._lost.items():
            if tag not in arrived:
                self._left_out.setdefault(tag, set()).update(clauses)
        self._lost = {}
        return found if arrived else None

    def _along_path(self, model: str, scan: TableScan, columns: ColumnPairs, followed: str) -> str:
        """Return a query for the rows of a model that followed rows reach on one path.

        The path starts at the table of ``scan``.
        """
        root = self.graph.block_of(model)
        if generates_many_rows(self.temp, root):
            return self._along_keys(model, scan, columns, followed)
        restriction = Restriction(self.temp, self.graph, every_step=True)
        filters = self._path_filters(restriction, scan, columns, followed)
        rows = restriction.rows(root, frozenset(root.columns), filters)
        reached: dict[int, str] = {}
        for node in restriction.tables.nodes:
            if node.kind == "scan":
                if node.block is scan:
                    reached[node.number] = followed
            elif (found := self._through(node, reached)) is not None:
                reached[node.number] = found
        if rows.node.number not in reached:
            return _NO_ROWS
        return self._stored_rows(model, rows.sql, reached[rows.node.number])

    def _path_filters(
        self, restriction: Restriction, scan: TableScan, columns: ColumnPairs, followed: str
    ) -> Filters:
        """Return filters by the values that followed rows pass on unchanged to the model."""
        if not columns:
            return ()
        names = ", ".join(
            f"{quote_identifier(own)} as {quote_identifier(of)}" for of, own in columns
        )
        values = restriction.tables.value_set(
            f"select distinct {names} from {stored_name(scan.model)} "
            f"where {self.temp.row_filter(followed)}"
        )
        return (KeyFilter(values, tuple((of, of) for of, _ in columns)),)

    def _stored_rows(self, model: str, computed: str, followed: str) -> str:
        """Return a query (tag, row) for stored rows that equal followed rows of ``computed``."""
        on = " and ".join(
            f"made.{quote_identifier(c)} is not distinct from stored.{quote_identifier(c)}"
            for c in exact_columns(self.graph.columns[model])
        )
        recomputed = self.temp.table("recomputed", f"from {computed}")
        return (
            f"select followed.tag, stored.number as row from {followed} as followed "
            f"join {recomputed} as made on made.{ROW} = followed.row "
            f"join (select rowid as number, * from {stored_name(model)}) as stored on {on}"
        )

    def _along_keys(self, model: str, scan: TableScan, columns: ColumnPairs, followed: str) -> str:
        """Return a query (tag, row) for the rows of a model that have the keys of followed rows."""
        found = self.temp.table(
            "followed",
            f"select distinct followed.tag, model.number as row from {followed} as followed "
            f"join ({join_by_keys(model, scan, columns)}) on leaf.number = followed.row",
        )
        self._note(followed, LeftOut(model, "no row has its keys"), found)
        return f"from {found}"

    # -- one node ------------------------------------------------------------------------------

    def _through(self, node: RowNode, reached: dict[int, str]) -> str | None:
        """Find the rows (tag, row) of a node that followed rows of its sources reach."""
        followed = {
            i: reached[source.number]
            for i, source in enumerate(node.sources)
            if source.number in reached
        }
        if not followed:
            return None
        union = " union ".join(f"({one})" for one in self._upward(node, followed))
        found = self.temp.table("followed", f"select distinct tag, row from ({union or _NO_ROWS})")
        for i, rows in followed.items():
            lost = self.temp.table(
                "lost",
                f"select distinct tag from {rows} as came "
                f"anti join {found} as found on found.tag = came.tag",
            )
            if self.temp.number(f"select count(*) from {lost}"):
                self._explain(node, i, rows, lost)
        return found

    def _upward(self, node: RowNode, followed: dict[int, str]) -> Iterator[str]:
        for edge in row_edges(node):
            if edge.place in followed and (self.with_windows or not edge.is_window):
                yield edge.up(followed[edge.place])

    # -- what was left out ---------------------------------------------------------------------

    def _explain(self, node: RowNode, i: int, rows: str, lost: str) -> None:
        """Note, for each tag in the table ``lost``, the clause that left the tag out."""
        model = node.block.model
        if node.kind == "aggregate":
            self._note(lost, LeftOut(model, "it does not contribute to the figures of its group"))
        elif node.kind == "set_operation":
            self._note(lost, LeftOut(model, cast("SetOperation", node.block).keyword))
        elif i in node.witnesses:
            self._note(lost, LeftOut(model, node.witnesses[i].clause))
        elif node.kind == "select" and i < len(node.inputs):
            self._explain_select(node, i, rows, lost)

    def _explain_select(self, node: RowNode, i: int, rows: str, lost: str) -> None:
        """Record the join or the condition of a select that left out each lost tag.

        Joins are added one by one, and then conditions. If a clause removes a tag, it is the clause
        that left the tag out.
        """
        block, remaining = cast("Select", node.block), lost
        joined = len(node.inputs)
        steps = [(_join_clause(node.inputs[k][0]), k, 0) for k in range(max(i, 1), joined)]
        steps += [
            (f"{block.clause} {condition_text(condition)}", joined, k)
            for k, condition in enumerate(block.where, start=1)
        ]
        for clause, joins, conditions in steps:
            followed = self._followed_relation(node, i, rows, remaining)
            through = self._remaining_tags(node, i, followed, joins, conditions)
            self._note(remaining, LeftOut(block.model, clause), through)
            remaining = through

    def _followed_relation(self, node: RowNode, i: int, rows: str, remaining: str) -> str:
        """Select the followed rows of one input whose tag is in ``remaining``, and keep the tag."""
        _, relation = node.inputs[i]
        return (
            f'(select source.*, came.tag as "~tag" from {rows} as came '
            f"semi join {remaining} as alive on alive.tag = came.tag "
            f"join {relation.sql} as source on source.{ROW} = came.row)"
        )

    def _remaining_tags(
        self, node: RowNode, i: int, followed: str, joins: int, conditions: int
    ) -> str:
        """Find the tags that pass the first ``joins`` joins and ``conditions`` conditions."""
        used = node.inputs[: joins + 1]
        relations = [followed if k == i else rows.sql for k, (_, rows) in enumerate(used)]
        from_ = join_sql([one for one, _ in used], relations)
        tag = f'{quote_identifier(node.inputs[i][0].alias)}."~tag"'
        where = where_sql([f"{tag} is not null", *node.conditions[:conditions]])
        return self.temp.table("alive", f"select distinct {tag} as tag from {from_}{where}")

    def _note(self, tags: str, clause: LeftOut, through: str | None = None) -> None:
        """Record that a clause left out the tags that are in ``tags`` but not in ``through``."""
        for tag in set(self.temp.tags(tags)) - set(self.temp.tags(through) if through else ()):
            self._lost.setdefault(tag, set()).add(clause)


def _join_clause(one: JoinInput) -> str:
    if one.on is None:
        return "cross join"
    return f"{one.side} join on {condition_text(one.on)}".replace('"', "")
