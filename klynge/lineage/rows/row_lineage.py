"""Find the supporting rows of figures, model by model, down to the source rows.

A demanded row is a row on which a figure depends. Each demanded row has a tag. A tag stands for one
or more figures, so that several figures can be traced at once (see
:mod:`~klynge.lineage.rows.tag_groups`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from klynge.lineage.explanation import explain
from klynge.lineage.relational.algebra import Aggregate, Block, Opaque, Select
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.key_lineage import generates_many_rows, join_by_keys, paths_to_tables
from klynge.lineage.rows.relation import RowNode, TooManyRowsError
from klynge.lineage.rows.row_edges import row_edges
from klynge.lineage.rows.row_matching import RowDemand, recompute
from klynge.lineage.rows.tag_groups import TaggedRows, united
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import any_of

#: The reason why a support is wider than needed, as a pair (kind, reason). The kinds are
#: ``coarse``, ``global`` and ``keys``.
Flag = tuple[str, str]
#: Maps the ``id`` of a block to pairs of a table and its key columns. The block keeps only rows
#: whose keys are in the table.
KeyGuards = Mapping[int, list[tuple[str, tuple[str, ...]]]]
#: Maps a table that a model reads to a query (tag, row) for its demanded rows, and to the demand on
#: these rows.
_Found = dict[str, tuple[str, RowDemand]]


@dataclass
class Support:
    """The supporting rows of some figures."""

    #: stored table (a model or a source table) -> its temporary table (tag, row)
    tables: dict[str, str]
    #: stored table -> its temporary table (figure, tag)
    shared: dict[str, str]
    #: stored table -> a condition that all its supporting rows satisfy
    where: dict[str, str]
    #: the reasons why the support is wider than needed: (figure, kind, reason)
    flags: set[tuple[int, str, str]]


@dataclass
class SupportSearch:
    """Finds supporting rows.

    Raises :class:`TooManyRowsError` if a figure depends on more than ``most_rows`` of a table.
    """

    temp: TempTables
    graph: ModelGraph
    most_rows: int | None = None
    #: the flags of the current model: (tag, kind, reason)
    _flags: set[tuple[int, str, str]] = field(default_factory=set)
    #: each aggregate node, with the table of its demanded rows; None if it has no demanded rows
    _aggregates: list[tuple[RowNode, str | None]] = field(default_factory=list)
    #: whether only one figure is traced; all rows then have the same tag
    _is_single: bool = False

    def support(self, demanded: Mapping[str, tuple[str, frozenset[str]]]) -> Support:
        """Find the support of some rows of models.

        ``demanded`` maps a model to a table (tag, row) and to the columns whose values are traced.
        The tags in this table are the numbers of the figures.
        """
        self._flags, self._aggregates = set(), []
        queries = " union ".join(f"select tag from {rows}" for rows, _ in demanded.values())
        self._is_single = self.temp.number(f"select count(*) from ({queries})") < 2
        waiting = self._first_readers(demanded)
        found = Support({}, {}, {}, set())
        positions = self.graph.positions
        while waiting:
            # the last waiting model in build order: all models that read it are done
            table = max(waiting, key=lambda name: positions.get(name, -1))
            readers = waiting.pop(table)
            tagged = united(self.temp, [rows for rows, _ in readers], is_single=self._is_single)
            if not self._counted(tagged.rows):
                continue
            demand = RowDemand.united([one for _, one in readers])
            found.tables[table], found.shared[table] = tagged.rows, tagged.shared
            found.where[table] = any_of(demand.where)
            if table in self.graph.models:
                for source, (query, one) in self._step(table, demand, tagged.rows).items():
                    rows = TaggedRows(query, tagged.shared)
                    waiting.setdefault(source, []).append((rows, one))
                found.flags |= self._flags_of_figures(tagged.shared)
        return found

    def key_guards(self, support: Support) -> KeyGuards:
        """Return the keys of the demanded rows of each aggregate, and of each model with a key.

        ``support`` must be the result of the most recent call of :meth:`support`, for one figure.
        """
        queries: dict[int, tuple[tuple[str, ...], list[str]]] = {}
        for node, demanded in self._aggregates:
            block = cast("Aggregate", node.block)
            names = ", ".join(f"made.{quote_identifier(k)}" for k in block.keys) or "1 as one"
            rows = f"select row from {demanded}" if demanded else "null"
            query = f"select {names} from {node.table} as made where made.rowid in ({rows})"
            queries.setdefault(id(block), (block.keys, []))[1].append(query)
        for model, rows in support.tables.items():
            if grain := self._grain(model):
                names = ", ".join(map(quote_identifier, grain))
                among = self.temp.row_filter(rows, support.where[model])
                query = f"select {names} from {stored_name(model)} where {among}"
                queries.setdefault(id(self.graph.block_of(model)), (grain, [query]))
        return {
            block: [(self.temp.table("guard", " union ".join(texts)), keys)]
            for block, (keys, texts) in queries.items()
        }

    def _first_readers(
        self, demanded: Mapping[str, tuple[str, frozenset[str]]]
    ) -> dict[str, list[tuple[TaggedRows, RowDemand]]]:
        waiting = {}
        for model, (rows, needed) in demanded.items():
            tags = self.temp.table("shared", f"select distinct tag as figure, tag from {rows}")
            waiting[model] = [(TaggedRows(f"from {rows}", tags), RowDemand(set(needed), {"true"}))]
        return waiting

    def _grain(self, table: str) -> tuple[str, ...]:
        return self.graph.models[table].grain if table in self.graph.models else ()

    def _flags_of_figures(self, shared: str) -> set[tuple[int, str, str]]:
        """Clear the flags of the current model, and return them with figures instead of tags."""
        found = {
            (figure, kind, reason)
            for flagged, kind, reason in self._flags
            for (figure,) in self.temp.connection.execute(
                f"select figure from {shared} where tag = {flagged}"
            ).fetchall()
        }
        self._flags = set()
        return found

    # -- one model -----------------------------------------------------------------------------

    def _step(self, model: str, demand: RowDemand, demanded: str) -> _Found:
        """Go from demanded rows of a model to demanded rows of the stored tables that it reads."""
        if generates_many_rows(self.temp, self.graph.block_of(model)):
            return self._step_by_keys(model, demanded)
        recomputed = recompute(self.temp, self.graph, model, demand, demanded, self.most_rows)
        self._flags |= recomputed.flags
        incoming = {recomputed.node.number: [recomputed.matched]}
        found: _Found = {}
        for node in reversed(recomputed.nodes):
            relations = incoming.pop(node.number, [])
            if not relations:
                self._note_aggregate(node, None)
            elif node.kind == "scan":
                query = " union ".join(f"(select tag, row from {one})" for one in relations)
                own = RowDemand(node.needed, set(node.conditions), node.filtered)
                found[node.block.model] = query, own
            elif node.kind != "values":
                for place, relation in self._through(node, relations):
                    incoming.setdefault(node.sources[place].number, []).append(relation)
        return found

    def _through(self, node: RowNode, relations: Sequence[str]) -> Iterator[tuple[int, str]]:
        """Go from demanded rows (tag, row) of a node to the rows of each source, by position."""
        edges, flags = list(row_edges(node)), _node_flags(node)
        if len(relations) == len(edges) == 1 and node.kind != "aggregate" and not flags:
            # the rows are only passed on to one source, so they need no table
            yield edges[0].place, f"({edges[0].down(relations[0])})"
            return
        kept = self._kept(relations)
        self._note_aggregate(node, kept)
        if kept is None:
            return
        self._add_flags(kept, flags)
        is_every = self._is_single and self.temp.size(kept) == self.temp.size(node.table)
        for edge in edges:
            yield edge.place, f"({edge.down(kept, is_every=is_every)})"

    def _step_by_keys(self, model: str, demanded: str) -> _Found:
        """Return queries for the rows of stored tables that have the keys of the demanded rows."""
        found: _Found = {}
        by_keys = explain(
            "{model}: draws are not followed one by one; rows with the same keys are followed",
            model=model,
        )
        flag: Flag = ("keys", by_keys)
        for scan, columns in paths_to_tables(self.graph.block_of(model)):
            query = (
                f"select distinct demanded.tag, leaf.number as row from {demanded} as demanded "
                f"join ({join_by_keys(model, scan, columns)}) on model.number = demanded.row"
            )
            before = f"{found[scan.model][0]} union " if scan.model in found else ""
            found[scan.model] = before + query, RowDemand(set(scan.columns), {"true"})
            if not columns:
                reason = explain(
                    "{model}: draws are not followed one by one; all rows of {table} are included",
                    model=model,
                    table=scan.model,
                )
                flag = ("coarse", reason)
        self._add_flags(demanded, [flag])
        return found

    def _note_aggregate(self, node: RowNode, demanded: str | None) -> None:
        if node.kind == "aggregate":
            self._aggregates.append((node, demanded))

    def _add_flags(self, rows: str, flags: Sequence[Flag]) -> None:
        if flags:
            self._flags |= {(tag, *flag) for tag in self.temp.tags(rows) for flag in flags}

    # -- tables --------------------------------------------------------------------------------

    def _kept(self, relations: Sequence[str]) -> str | None:
        """Store the distinct (tag, row) of relations in a table; None if there are no rows."""
        if len(relations) == 1 and self.temp.has(relations[0]):
            name = relations[0]
        else:
            union = " union all ".join(f"select tag, row from {one}" for one in relations)
            name = self.temp.table("demanded", f"select distinct tag, row from ({union})")
        return name if self._counted(name) else None

    def _counted(self, table: str) -> int:
        rows = self.temp.size(table)
        if self.most_rows is not None and rows > self.most_rows:
            raise TooManyRowsError(table)
        return rows


def _node_flags(node: RowNode) -> list[Flag]:
    """Say why more source rows than needed were found for a node."""
    block: Block = node.block
    if isinstance(block, Opaque) and node.kind == "opaque":
        reason = explain("{model}: {reason}", model=block.model, reason=block.reason)
        return [("coarse", reason)]
    if not (isinstance(block, Select) and node.kind == "select"):
        return []
    flags = [
        ("global", f"{block.model}: {sub.clause}")
        for sub in block.subqueries
        if sub.kind == "whole"
    ]
    if any(one.scalar for one in block.inputs):
        reason = explain("{model}: a scalar sub-query", model=block.model)
        flags.insert(0, ("global", reason))
    return flags
