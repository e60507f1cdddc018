"""Recompute a model's rows, and match them with the stored rows that were demanded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.relation import ROW, Relation, RowNode
from klynge.lineage.rows.restriction import Restriction
from klynge.lineage.rows.semi_joins import SMALL
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import KeyFilter, ValueSet, any_of, exact_columns


@dataclass(frozen=True)
class RowDemand:
    """Describes the demanded rows of a stored table.

    ``columns`` are the columns whose values are needed. Each demanded row satisfies at least one of
    the conditions in ``where``.
    """

    columns: set[str]
    where: set[str]
    #: the columns that the conditions in ``where`` use
    filtered: set[str] = field(default_factory=set)

    @classmethod
    def united(cls, readers: Sequence["RowDemand"]) -> "RowDemand":
        """Combine the demands of all readers of a table."""
        return cls(
            set().union(*(reader.columns for reader in readers)),
            set().union(*(reader.where for reader in readers)),
            set().union(*(reader.filtered for reader in readers)),
        )


@dataclass(frozen=True)
class Recomputed:
    """The recomputed rows of a model."""

    #: all nodes; the sources of a node come before the node
    nodes: list[RowNode]
    #: the node of the model's own rows
    node: RowNode
    #: a relation (tag, row): the demanded rows among the rows of ``node``
    matched: str
    #: (tag, kind, reason) for rows that could not be matched exactly
    flags: set[tuple[int, str, str]]


def recompute(  # noqa: PLR0913, PLR0917 - where to compute, and what
    temp: TempTables,
    graph: ModelGraph,
    model: str,
    demand: RowDemand,
    demanded: str,
    most_rows: int | None,
) -> Recomputed:
    """Recompute the demanded rows of a stored model. ``demanded`` is a table (tag, row)."""
    grain, columns = graph.models[model].grain, graph.columns[model]
    needed = frozenset(demand.columns) | set(grain) or frozenset(columns)
    exact = _only(exact_columns(columns), {*needed})
    keys = grain if set(grain) <= set(exact) else ()
    if keys and temp.size(demanded) > SMALL:
        # filters on more columns would exclude more rows, but reading the columns takes longer
        exact = _only(exact, {*grain, *demand.filtered})
    restriction = Restriction(temp, graph, most_rows)
    stored = _stored_rows(temp, model, demand, demanded, exact)
    types = {c: columns[c] for c in exact}
    values = ValueSet(temp, stored, types) if keys else _distinct(restriction, stored, types)
    filters = (KeyFilter(values, tuple((c, c) for c in exact)),)
    compared = keys or tuple(exact)
    rows = restriction.rows(graph.block_of(model), needed, filters, frozenset(compared))
    matching = _Matching(temp, model, grain, rows, stored, values)
    matched, flags = matching.match(demanded, compared)
    return Recomputed(restriction.tables.nodes, rows.node, matched, flags)


def _only(columns: Sequence[str], wanted: set[str]) -> list[str]:
    return [c for c in columns if c in wanted]


def _distinct(restriction: Restriction, stored: str, types: dict[str, str]) -> ValueSet:
    """Store the distinct values of stored rows, for a model without a key."""
    columns = ", ".join(map(quote_identifier, types)) or "1 as one"
    return restriction.tables.value_set(f"select distinct {columns} from {stored}", types)


def _stored_rows(
    temp: TempTables, model: str, demand: RowDemand, demanded: str, columns: Sequence[str]
) -> str:
    """Create a table of the demanded rows, with their stored values and their row numbers."""
    names = ", ".join(map(quote_identifier, columns)) or "1 as one"
    among = temp.row_filter(demanded, any_of(demand.where))
    query = f"select rowid as number, {names} from {stored_name(model)} where {among}"
    return temp.table("stored", query)


@dataclass(frozen=True)
class _Matching:
    """Matches the stored rows of a model, which have row numbers, with its recomputed rows."""

    temp: TempTables
    model: str
    grain: tuple[str, ...]
    computed: Relation
    stored: str
    values: ValueSet

    def match(self, demanded: str, columns: Sequence[str]) -> tuple[str, set[tuple[int, str, str]]]:
        """Match stored and recomputed rows by ``columns``.

        If no recomputed row equals a stored row in ``columns``, the stored row is matched by its
        key alone. If the model has no key, the stored row is matched with all recomputed rows. Both
        cases add a flag ``coarse``. Returns the relation (tag, row) and the flags.
        """
        matched = self.temp.table("matched", self._sql(demanded, columns))
        keys = tuple(c for c in columns if c in self.grain)
        # a row that is matched by its key occurs once for each tag
        is_distinct = bool(self.grain) and set(self.grain) == set(keys)
        flags: set[tuple[int, str, str]] = set()
        for fewer, reason in ((keys, "recomputed values differ"), ((), "no key to match by")):
            missing = (
                f"(select tag, row from {demanded} as demanded anti join {matched} as matched "
                "on demanded.tag = matched.tag and demanded.row = matched.stored)"
            )
            tags = self.temp.tags(missing)
            if not tags:
                break
            is_distinct = False
            flags |= {(tag, "coarse", f"{self.model}: {reason}") for tag in tags}
            if fewer or not keys:
                rest = self.temp.table("missing", f"from {missing}")
                union = f"from {matched} union {self._sql(rest, fewer)}"
                matched = self.temp.table("matched", union)
        return matched if is_distinct else f"(select distinct tag, row from {matched})", flags

    def _sql(self, demanded: str, columns: Sequence[str]) -> str:
        """Write a query (tag, row, stored) for rows that have equal values in ``columns``.

        ``row`` is the number of a recomputed row. ``stored`` is the number of the stored row that
        has the same values.
        """
        on = " and ".join(
            f"stored.{name} {self.values.equals(c)} made.{name}"
            for c, name in ((c, quote_identifier(c)) for c in columns)
        )
        return (
            f"select demanded.tag, made.{ROW} as row, demanded.row as stored "
            f"from {demanded} as demanded "
            f"join {self.stored} as stored on stored.number = demanded.row "
            f"join {self.computed.sql} as made on {on or 'true'}"
        )
