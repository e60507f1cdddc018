"""Which rows a figure rests on: from demanded rows down to raw ones, model by model.

Several figures can be traced at once. Each has a number, its tag, and every table of demanded rows
has a tag beside the number of the row: columns ``tag`` and ``row``. Figures that rest on the same
rows of a table share a tag there: a table (figure, tag) beside it says which.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from klynge.lineage.algebra import (
    Group,
    Select,
    Whole,
)
from klynge.lineage.chain import Chain
from klynge.lineage.edges import edges
from klynge.lineage.filters import Filter, Wanted, quoted
from klynge.lineage.keys import draws_many, leaves, same_keys
from klynge.lineage.restricting import (
    ROW,
    Node,
    Restriction,
    TooManyRowsError,
    stored_name,
)
from klynge.lineage.scratch import Scratch

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
class _Asked:
    """What is asked of a stored table: rows (tag, row), columns, and what all the rows fulfil."""

    query: str
    columns: set[str]
    where: set[str]


@dataclass(frozen=True)
class _Match:
    """Stored rows of a model, numbered, beside those computed again."""

    model: str
    made: str
    stored: str
    wanted: Wanted
    columns: tuple[str, ...]

    def sql(self, demanded: str, columns: Sequence[str]) -> str:
        """A query for (tag, row, stored): the computed rows equal in ``columns`` to stored ones."""
        on = " and ".join(
            f"stored.{quoted(c)} {self.wanted.equals(c)} made.{quoted(c)}" for c in columns
        )
        return (
            f"select distinct demanded.tag, made.{ROW} as row, demanded.row as stored "
            f"from {demanded} as demanded "
            f"join {self.stored} as stored on stored.number = demanded.row "
            f"join {self.made} as made on {on or 'true'}"
        )


@dataclass
class Supporter:
    """Walks from demanded rows of a model to the rows of raw tables."""

    scratch: Scratch
    chain: Chain
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
        waiting: dict[str, list[tuple[str, str]]] = {}
        wanted: dict[str, set[str]] = {}
        where: dict[str, set[str]] = {}
        for model, (rows, needed) in demanded.items():
            tags = self.scratch.table("shared", f"select distinct tag as figure, tag from {rows}")
            waiting[model] = [(f"from {rows}", tags)]
            wanted[model], where[model] = set(needed), {"true"}
        done: dict[str, str] = {}
        shared: dict[str, str] = {}
        flags: set[tuple[int, str, str]] = set()
        places = self.chain.places
        while waiting:
            table = max(waiting, key=lambda name: places.get(name, -1))
            rows, tags = self._gathered(waiting.pop(table))
            if not self._counted(rows):
                continue
            done[table], shared[table] = rows, tags
            if table in self.chain.models:
                found = self._step(
                    table, self.scratch.among(rows, any_of(where[table])), rows, wanted[table]
                )
                flags |= self._of_figures(tags)
                for source, asked in found.items():
                    waiting.setdefault(source, []).append((asked.query, tags))
                    wanted.setdefault(source, set()).update(asked.columns)
                    where.setdefault(source, set()).update(asked.where)
        return Support(done, shared, {table: any_of(where[table]) for table in done}, flags)

    def _gathered(self, incoming: list[tuple[str, str]]) -> tuple[str, str]:
        """Demanded rows from several readers, and the figures' tags in them.

        Each reader has a query for (tag, row) and the tags that its figures have there.
        """
        if len(incoming) == 1:
            [(query, tags)] = incoming
            rows = self.scratch.table("demanded", f"select distinct tag, row from ({query})")
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
            block = cast("Group", node.block)
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

    def _step(
        self, model: str, among: str, demanded: str, needed: set[str]
    ) -> Mapping[str, "_Asked"]:
        """From demanded rows of a model to those of the stored tables it reads.

        ``among`` is the condition that selects them.
        """
        if draws_many(self.scratch, self.chain.body(model)):
            return self._by_keys(model, demanded)
        types = self.chain.columns[model]
        asked = frozenset(needed) | set(self.chain.models[model].grain) or frozenset(types)
        root = self.chain.body(model)
        restriction = Restriction(self.scratch, self.chain, self.most_rows)
        exact = [c for c in types if c in asked and types[c] not in _INEXACT]
        columns = ", ".join(map(quoted, exact)) or "1 as one"
        stored = self.scratch.table(
            "stored",
            f"select rowid as number, {columns} from {stored_name(model)} where {among}",
        )
        grain = self.chain.models[model].grain
        if grain and set(grain) <= set(exact):
            wanted, keys = Wanted(self.scratch, stored), grain
        else:
            wanted, keys = restriction.wanted(f"select distinct {columns} from {stored}"), ()
        rows = restriction.rows(root, asked, (Filter(wanted, tuple((c, c) for c in exact)),))
        made = self.scratch.table("recomputed", f"from {rows.sql}")
        match = _Match(model, made, stored, wanted, keys or tuple(exact))
        incoming = {rows.node.number: [self._matched(match, demanded)]}
        found: dict[str, _Asked] = {}
        for node in reversed(restriction.nodes):
            queries = incoming.pop(node.number, None)
            if queries is None and node.kind == "group":
                self._groups.append((node, None))
            if queries is None or node.kind == "constant":
                continue
            if node.kind == "stored":
                query = " union ".join(f"({one})" for one in queries)
                found[node.block.model] = _Asked(query, node.needed, set(node.conditions))
                continue
            kept = self._kept(queries)
            if node.kind == "group":
                self._groups.append((node, kept))
            if kept is None:
                continue
            self._flag(node, kept)
            for edge in edges(node):
                source = node.sources[edge.place]
                incoming.setdefault(source.number, []).append(edge.down(kept))
        return found

    def _by_keys(self, model: str, demanded: str) -> Mapping[str, "_Asked"]:
        """Queries for the rows of stored tables that have the keys of demanded ones."""
        found: dict[str, _Asked] = {}
        kind, reason = "keys", f"{model}: by keys, its draws are not followed one by one"
        for leaf, columns in leaves(self.chain.body(model)):
            query = (
                f"select distinct demanded.tag, leaf.number as row from {demanded} as demanded "
                f"join ({same_keys(model, leaf, columns)}) on model.number = demanded.row"
            )
            before = f"{found[leaf.model].query} union " if leaf.model in found else ""
            found[leaf.model] = _Asked(before + query, set(leaf.columns), {"true"})
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
        for columns, reason in ((keys, "recomputed values differ"), ((), "no key to match by")):
            missing = self.scratch.table(
                "missing",
                f"select tag, row from {demanded} as demanded anti join {matched} as matched "
                "on demanded.tag = matched.tag and demanded.row = matched.stored",
            )
            tags = self._tags(missing)
            if not tags:
                break
            self._flags |= {(tag, "coarse", f"{match.model}: {reason}") for tag in tags}
            if columns or not keys:
                insert = f"insert into {matched} {match.sql(missing, columns)}"
                self.scratch.connection.execute(insert)
        return f"select tag, row from {matched}"

    def _flag(self, node: Node, demanded: str) -> None:
        block = node.block
        found: list[tuple[str, str]] = []
        if isinstance(block, Whole) and node.kind == "whole":
            found.append(("coarse", f"{block.model}: {block.reason}"))
        if isinstance(block, Select) and node.kind == "rows":
            if any(one.scalar for one in block.inputs):
                found.append(("global", f"{block.model}: a scalar sub-query"))
            found += [
                ("global", f"{block.model}: {sub.clause}")
                for sub in block.subqueries
                if sub.kind == "whole"
            ]
        for kind, reason in found:
            self._flags |= {(tag, kind, reason) for tag in self._tags(demanded)}

    # -- tables --------------------------------------------------------------------------------

    def _tags(self, table: str) -> list[int]:
        query = f"select distinct tag from {table}"
        return [tag for (tag,) in self.scratch.connection.execute(query).fetchall()]

    def _kept(self, queries: list[str]) -> str | None:
        """A table of what queries give, or None where it is nothing."""
        union = " union ".join(f"({one})" for one in queries)
        name = self.scratch.table("demanded", f"select distinct tag, row from ({union})")
        return name if self._counted(name) else None

    def _counted(self, table: str) -> int:
        rows = self.scratch.number(f"select count(*) from {table}")
        if self.most_rows is not None and rows > self.most_rows:
            raise TooManyRowsError(table)
        return rows


def any_of(conditions: Iterable[str]) -> str:
    """The condition that one of several is fulfilled."""
    found = sorted(set(conditions))
    return "true" if "true" in found else " or ".join(f"({one})" for one in found)


def exactly(types: Mapping[str, str]) -> list[str]:
    """The columns whose values are the same each time they are computed."""
    return [name for name, kind in types.items() if kind not in _INEXACT]
