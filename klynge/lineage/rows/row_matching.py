"""A model's rows computed again, and which of them are the stored rows that were demanded."""

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
    """What is asked of rows of a stored table: columns, and conditions that the rows satisfy."""

    columns: set[str]
    where: set[str]
    #: the columns that ``where`` is about
    filtered: set[str] = field(default_factory=set)

    @classmethod
    def united(cls, readers: Sequence["RowDemand"]) -> "RowDemand":
        """What several readers ask together."""
        return cls(
            set().union(*(reader.columns for reader in readers)),
            set().union(*(reader.where for reader in readers)),
            set().union(*(reader.filtered for reader in readers)),
        )


@dataclass(frozen=True)
class Recomputed:
    """A model computed again."""

    #: all nodes, sources before readers
    nodes: list[RowNode]
    #: the node of the model's own rows
    node: RowNode
    #: a relation (tag, row) of the rows of ``node`` that are the demanded ones
    matched: str
    #: (tag, kind, reason) where rows could not be matched exactly
    flags: set[tuple[int, str, str]]


def recompute(  # noqa: PLR0913, PLR0917 - where to compute, and what
    temp: TempTables,
    graph: ModelGraph,
    model: str,
    demand: RowDemand,
    demanded: str,
    most_rows: int | None,
) -> Recomputed:
    """Compute the demanded rows of a stored model again; ``demanded`` is a table (tag, row)."""
    grain, columns = graph.models[model].grain, graph.columns[model]
    needed = frozenset(demand.columns) | set(grain) or frozenset(columns)
    exact = _only(exact_columns(columns), {*needed})
    keys = grain if set(grain) <= set(exact) else ()
    if keys and temp.size(demanded) > SMALL:
        # reading more columns would take longer than the rows that they exclude
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
    """The distinct values of stored rows without a key."""
    columns = ", ".join(map(quote_identifier, types)) or "1 as one"
    return restriction.tables.value_set(f"select distinct {columns} from {stored}", types)


def _stored_rows(
    temp: TempTables, model: str, demand: RowDemand, demanded: str, columns: Sequence[str]
) -> str:
    """A table of the demanded rows as they are stored, with their numbers."""
    names = ", ".join(map(quote_identifier, columns)) or "1 as one"
    among = temp.row_filter(demanded, any_of(demand.where))
    query = f"select rowid as number, {names} from {stored_name(model)} where {among}"
    return temp.table("stored", query)


@dataclass(frozen=True)
class _Matching:
    """Stored rows of a model, numbered, beside the rows that were computed again."""

    temp: TempTables
    model: str
    grain: tuple[str, ...]
    computed: Relation
    stored: str
    values: ValueSet

    def match(self, demanded: str, columns: Sequence[str]) -> tuple[str, set[tuple[int, str, str]]]:
        """Match by ``columns``; where a row finds none, by its key; and at last with all rows."""
        matched = self.temp.table("matched", self._sql(demanded, columns))
        keys = tuple(c for c in columns if c in self.grain)
        # no two rows of a tag are the same where they are matched by the key
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
        """A query for (tag, row, stored): computed rows equal in ``columns`` to stored rows."""
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
