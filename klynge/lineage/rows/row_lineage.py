"""Which rows a figure rests on: from demanded rows down to raw ones, model by model.

Several figures can be traced at once. Each has a number, its tag, and every table of demanded rows
has a tag beside the number of the row: columns ``tag`` and ``row``. Figures that rest on the same
rows of a table share a tag there: a table (figure, tag) beside it says which.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from klynge.lineage.relational.algebra import (
    Aggregate,
    Opaque,
    Select,
)
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.key_lineage import join_on_shared_keys, multiplies_rows, paths_to_tables
from klynge.lineage.rows.pushdown import KeyFilter, ValueSet, quoted
from klynge.lineage.rows.restriction import (
    ROW,
    SMALL,
    Node,
    Restriction,
    Rows,
    TooManyRowsError,
    stored_name,
)
from klynge.lineage.rows.row_edges import RowEdge, edges
from klynge.lineage.rows.temp_tables import TempTables

_INEXACT = ("DOUBLE", "FLOAT")


@dataclass
class Support:
    """What some figures rest on."""

    #: by stored table (models and raw ones), the temporary table of (tag, row)
    tables: dict[str, str]
    #: by stored table, the temporary table of (figure, tag)
    shared: dict[str, str]
    #: by stored table, what all those rows fulfil
    where: dict[str, str]
    #: why the support of a figure is wider than what is needed: (figure, kind, reason)
    flags: set[tuple[int, str, str]]


@dataclass(frozen=True)
class _Request:
    """What is asked of rows of a stored table: columns, and what all the rows fulfil."""

    columns: set[str]
    where: set[str]
    #: columns that ``where`` is about
    known: set[str] = field(default_factory=set)

    @classmethod
    def by_all(cls, readers: Sequence["_Request"]) -> "_Request":
        """What several readers ask together."""
        return cls(
            {one for reader in readers for one in reader.columns},
            {one for reader in readers for one in reader.where},
            {one for reader in readers for one in reader.known},
        )


#: What a model's rows come down to: by table, a query for its rows (tag, row), and what is asked.
_Found = Mapping[str, tuple[str, _Request]]


@dataclass(frozen=True)
class _Match:
    """TableScan rows of a model, numbered, beside those computed again, a relation."""

    model: str
    made: str
    stored: str
    wanted: ValueSet
    columns: tuple[str, ...]

    def sql(self, demanded: str, columns: Sequence[str]) -> str:
        """A query for (tag, row, stored): the computed rows equal in ``columns`` to stored ones."""
        on = " and ".join(
            f"stored.{quoted(c)} {self.wanted.equals(c)} made.{quoted(c)}" for c in columns
        )
        return (
            f"select demanded.tag, made.{ROW} as row, demanded.row as stored "
            f"from {demanded} as demanded "
            f"join {self.stored} as stored on stored.number = demanded.row "
            f"join {self.made} as made on {on or 'true'}"
        )


@dataclass
class SupportSearch:
    """Walks from demanded rows of a model to the rows of raw tables."""

    scratch: TempTables
    chain: ModelGraph
    most_rows: int | None = None
    _flags: set[tuple[int, str, str]] = field(default_factory=set)
    _groups: list[tuple[Node, str | None]] = field(default_factory=list)
    #: whether one figure is traced, so that there are no tags to tell apart
    _is_single: bool = False

    def support(self, demanded: Mapping[str, tuple[str, frozenset[str]]]) -> Support:
        """The support of rows of some models.

        ``demanded`` has for each model the table of (figure's number as tag, row) and the columns
        whose values are asked for.
        """
        self._flags, self._groups = set(), []
        queries = " union ".join(f"select tag from {rows}" for rows, _ in demanded.values())
        self._is_single = self.scratch.number(f"select count(*) from ({queries})") < 2
        waiting: dict[str, list[tuple[str, str, _Request]]] = {}
        for model, (rows, needed) in demanded.items():
            tags = self.scratch.table("shared", f"select distinct tag as figure, tag from {rows}")
            waiting[model] = [(f"from {rows}", tags, _Request(set(needed), {"true"}))]
        done: dict[str, str] = {}
        shared: dict[str, str] = {}
        where: dict[str, str] = {}
        flags: set[tuple[int, str, str]] = set()
        places = self.chain.places
        while waiting:
            table = max(waiting, key=lambda name: places.get(name, -1))
            readers = waiting.pop(table)
            rows, tags = self._gathered([(query, tags) for query, tags, _ in readers])
            if not self._counted(rows):
                continue
            asked = _Request.by_all([asked for *_, asked in readers])
            done[table], shared[table], where[table] = rows, tags, disjunction(asked.where)
            if table in self.chain.models:
                found = self._step(table, asked, rows)
                flags |= self._of_figures(tags)
                for source, (query, one) in found.items():
                    waiting.setdefault(source, []).append((query, tags, one))
        return Support(done, shared, where, flags)

    def _gathered(self, incoming: list[tuple[str, str]]) -> tuple[str, str]:
        """Demanded rows from several readers, and the figures' tags in them.

        Each reader has a query for (tag, row) and the tags that its figures have there.
        """
        if self._is_single or len(incoming) == 1:
            tags = incoming[0][1]
            union = " union ".join(f"({query})" for query, _ in incoming)
            rows = self.scratch.table("demanded", f"select distinct tag, row from ({union})")
        else:
            columns = ", ".join(f"t{i}.tag as tag{i}" for i in range(len(incoming)))
            joins = " ".join(
                f"{'from' if i == 0 else 'full join'} {tags} as t{i}"
                + (" using (figure)" if i else "")
                for i, (_, tags) in enumerate(incoming)
            )
            order = ", ".join(f"tag{i}" for i in range(len(incoming)))
            tags = self.scratch.table(
                "shared",
                f"select *, cast(dense_rank() over (order by {order}) as integer) as tag "
                f"from (select figure, {columns} {joins})",
            )
            union = " union ".join(
                f"select distinct tags.tag, found.row from {tags} as tags "
                f"join ({query}) as found on found.tag = tags.tag{i}"
                for i, (query, _) in enumerate(incoming)
            )
            rows = self.scratch.table("demanded", union)
        return self._merged(rows, tags)

    def _merged(self, rows: str, tags: str) -> tuple[str, str]:
        """The same with one tag for figures that have the same rows."""
        if self._is_single:
            return rows, tags
        same = self.scratch.table(
            "same",
            "select tag, min(tag) over (partition by number, mixed, summed) as first from ("
            "select tag, count(*) as number, bit_xor(hash(row)) as mixed, sum(hash(row)) as summed "
            f"from {rows} group by tag)",
        )
        if not self.scratch.number(f"select count(*) from {same} where tag <> first"):
            return rows, tags
        return (
            self.scratch.table(
                "demanded",
                f"from {rows} semi join (from {same} where tag = first) as firsts using (tag)",
            ),
            self.scratch.table(
                "shared",
                f"select figure, first as tag from {tags} as tags join {same} as same using (tag)",
            ),
        )

    def _of_figures(self, tags: str) -> set[tuple[int, str, str]]:
        """The flags of the last model, said of figures."""
        found = {
            (figure, kind, reason)
            for flagged, kind, reason in self._flags
            for (figure,) in self.scratch.connection.execute(
                f"select figure from {tags} where tag = {flagged}"
            ).fetchall()
        }
        self._flags = set()
        return found

    def guards(self, support: Support) -> dict[int, list[tuple[str, tuple[str, ...]]]]:
        """What each grouping step, and each model with a key, was asked for in the last support.

        For one figure: tags are not told apart.
        """
        asked: dict[int, tuple[tuple[str, ...], list[str]]] = {}
        for node, demanded in self._groups:
            block = cast("Aggregate", node.block)
            names = ", ".join(f"made.{quoted(k)}" for k in block.keys) or "1 as one"
            rows = f"select row from {demanded}" if demanded else "null"
            query = f"select {names} from {node.table} as made where made.rowid in ({rows})"
            asked.setdefault(id(block), (block.keys, []))[1].append(query)
        for model, rows in support.tables.items():
            if model in self.chain.models and (grain := self.chain.models[model].grain):
                names = ", ".join(map(quoted, grain))
                among = self.scratch.among(rows, support.where[model])
                query = f"select {names} from {stored_name(model)} where {among}"
                asked.setdefault(id(self.chain.body(model)), (grain, [query]))
        return {
            block: [(self.scratch.table("guard", " union ".join(queries)), keys)]
            for block, (keys, queries) in asked.items()
        }

    # -- one model -----------------------------------------------------------------------------

    def _step(self, model: str, asked: _Request, demanded: str) -> _Found:
        """From demanded rows of a model to those of the stored tables it reads."""
        root = self.chain.body(model)
        if multiplies_rows(self.scratch, root):
            return self._by_keys(model, demanded)
        restriction, rows, matched = self._recomputed(model, asked, demanded)
        incoming = {rows.node.number: [matched]}
        found: dict[str, tuple[str, _Request]] = {}
        for node in reversed(restriction.nodes):
            relations = incoming.pop(node.number, None)
            if relations is None and node.kind == "group":
                self._groups.append((node, None))
            if relations is None or node.kind == "constant":
                continue
            if node.kind == "stored":
                query = " union ".join(f"(select tag, row from {one})" for one in relations)
                said = _Request(node.needed, set(node.conditions), node.known)
                found[node.block.model] = query, said
                continue
            for place, relation in self._through(node, relations):
                incoming.setdefault(node.sources[place].number, []).append(relation)
        return found

    def _through(self, node: Node, relations: Sequence[str]) -> Iterator[tuple[int, str]]:
        """From demanded rows of a node, relations (tag, row), to those of its sources by place."""
        ways, flags = list(edges(node)), _flags_of(node)
        if len(relations) == len(ways) == 1 and node.kind != "group" and not flags:
            # nothing is asked of these rows but where they came from
            yield ways[0].place, f"({ways[0].down(relations[0])})"
            return
        kept = self._kept(relations)
        if node.kind == "group":
            self._groups.append((node, kept))
        if kept is None:
            return
        if flags:
            self._flags |= {(tag, *flag) for tag in self._tags(kept) for flag in flags}
        is_every = self._is_single and self.scratch.size(kept) == self.scratch.size(node.table)
        for way in ways:
            query = way.every if is_every and isinstance(way, RowEdge) else way.down
            yield way.place, f"({query(kept)})"

    def _recomputed(
        self, model: str, asked: _Request, demanded: str
    ) -> tuple[Restriction, Rows, str]:
        """A model's rows computed again, and a query for which of them the demanded ones are."""
        types, grain = self.chain.columns[model], self.chain.models[model].grain
        needed = frozenset(asked.columns) | set(grain) or frozenset(types)
        exact = [c for c in exact_columns(types) if c in needed]
        keys = grain if grain and set(grain) <= set(exact) else ()
        if keys and self.scratch.size(demanded) > SMALL:
            # reading the others would take longer than leaving rows unread by them saves
            exact = [c for c in exact if c in grain or c in asked.known]
        columns = ", ".join(map(quoted, exact)) or "1 as one"
        among = self.scratch.among(demanded, disjunction(asked.where))
        stored = self.scratch.table(
            "stored",
            f"select rowid as number, {columns} from {stored_name(model)} where {among}",
        )
        restriction = Restriction(self.scratch, self.chain, self.most_rows)
        known = {c: types[c] for c in exact}
        if keys:
            wanted = ValueSet(self.scratch, stored, known)
        else:
            wanted = restriction.wanted(f"select distinct {columns} from {stored}", known)
        filters = (KeyFilter(wanted, tuple((c, c) for c in exact)),)
        by = keys or tuple(exact)
        rows = restriction.rows(self.chain.body(model), needed, filters, frozenset(by))
        match = _Match(model, rows.sql, stored, wanted, by)
        return restriction, rows, self._matched(match, demanded)

    def _by_keys(self, model: str, demanded: str) -> _Found:
        """Queries for the rows of stored tables that have the keys of demanded ones."""
        found: dict[str, tuple[str, _Request]] = {}
        kind, reason = "keys", f"{model}: by keys, its draws are not followed one by one"
        for leaf, columns in paths_to_tables(self.chain.body(model)):
            query = (
                f"select distinct demanded.tag, leaf.number as row from {demanded} as demanded "
                f"join ({join_on_shared_keys(model, leaf, columns)}) on model.number = demanded.row"
            )
            before = f"{found[leaf.model][0]} union " if leaf.model in found else ""
            found[leaf.model] = before + query, _Request(set(leaf.columns), {"true"})
            if not columns:
                kind, reason = (
                    "coarse",
                    f"{model}: draws are not followed one by one; all rows of {leaf.model}",
                )
        self._flags |= {(tag, kind, reason) for tag in self._tags(demanded)}
        return found

    def _matched(self, match: "_Match", demanded: str) -> str:
        """Which recomputed rows the stored ones are; all there are where none is like them."""
        matched = self.scratch.table("matched", match.sql(demanded, match.columns))
        grain = self.chain.models[match.model].grain
        keys = tuple(c for c in match.columns if c in grain)
        # by a key no two rows of a tag are the same
        is_distinct = bool(grain) and set(grain) == set(keys)
        for columns, reason in ((keys, "recomputed values differ"), ((), "no key to match by")):
            missing = (
                f"(select tag, row from {demanded} as demanded anti join {matched} as matched "
                "on demanded.tag = matched.tag and demanded.row = matched.stored)"
            )
            tags = self._tags(missing)
            if not tags:
                break
            is_distinct = False
            self._flags |= {(tag, "coarse", f"{match.model}: {reason}") for tag in tags}
            if columns or not keys:
                rest = self.scratch.table("missing", f"from {missing}")
                matched = self.scratch.table(
                    "matched", f"from {matched} union {match.sql(rest, columns)}"
                )
        return matched if is_distinct else f"(select distinct tag, row from {matched})"

    # -- tables --------------------------------------------------------------------------------

    def _tags(self, table: str) -> list[int]:
        query = f"select distinct tag from {table}"
        return [tag for (tag,) in self.scratch.connection.execute(query).fetchall()]

    def _kept(self, relations: Sequence[str]) -> str | None:
        """A table of the rows (tag, row) of some relations, or None where they have none."""
        if len(relations) == 1 and self.scratch.has(relations[0]):
            name = relations[0]
        else:
            union = " union all ".join(f"select tag, row from {one}" for one in relations)
            name = self.scratch.table("demanded", f"select distinct tag, row from ({union})")
        return name if self._counted(name) else None

    def _counted(self, table: str) -> int:
        rows = self.scratch.size(table)
        if self.most_rows is not None and rows > self.most_rows:
            raise TooManyRowsError(table)
        return rows


def _flags_of(node: Node) -> list[tuple[str, str]]:
    """Why the support of a node's rows is wider than what is needed: (kind, reason)."""
    block = node.block
    if isinstance(block, Opaque) and node.kind == "whole":
        return [("coarse", f"{block.model}: {block.reason}")]
    if not (isinstance(block, Select) and node.kind == "rows"):
        return []
    scalar = [("global", f"{block.model}: a scalar sub-query")]
    return (scalar if any(one.scalar for one in block.inputs) else []) + [
        ("global", f"{block.model}: {sub.clause}")
        for sub in block.subqueries
        if sub.kind == "whole"
    ]


def disjunction(conditions: Iterable[str]) -> str:
    """The condition that one of several is fulfilled."""
    found = sorted(set(conditions))
    return "true" if "true" in found else " or ".join(f"({one})" for one in found)


def exact_columns(types: Mapping[str, str]) -> list[str]:
    """The columns whose values are the same each time they are computed."""
    return [name for name, kind in types.items() if kind not in _INEXACT]
