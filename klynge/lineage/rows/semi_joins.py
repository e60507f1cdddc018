"""Compute the inputs of a join in a good order: the small inputs come before the large inputs.

A large input is restricted to the join keys of the inputs computed before it. This is a semi-join.
Only rows that can have a partner are then computed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from klynge.lineage.relational.algebra import Block, JoinInput, Select
from klynge.lineage.relational.expressions import column_names, equalities, quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.node_tables import NodeTables
from klynge.lineage.rows.pushdown import preserved_inputs
from klynge.lineage.rows.relation import Relation, is_filtered_scan
from klynge.lineage.rows.value_sets import Filters, KeyFilter

#: An input that reads fewer rows than this is not restricted by join keys.
SMALL = 20_000

#: Returns the rows of a block. The arguments are the block, the needed columns, the filters, and
#: the columns whose values are returned.
ReadRows = Callable[[Block, frozenset[str], Filters, frozenset[str]], Relation]


@dataclass
class JoinInputs:
    """Computes the rows of the inputs of one select."""

    graph: ModelGraph
    block: Select
    inputs: Sequence[JoinInput]
    #: alias -> the filters that follow from the filters on the select
    pushed: Mapping[str, Filters]
    read: ReadRows
    tables: NodeTables
    _found: dict[str, Relation] = field(default_factory=dict)

    def rows(self, needed: Sequence[exp.Expr], carried: Sequence[exp.Expr]) -> list[Relation]:
        """Compute the rows of each input.

        ``needed`` are the outputs whose source rows must be found. ``carried`` are the outputs
        whose values are returned.
        """
        needed_columns, carried_columns = self._columns(needed), self._columns(carried)
        large = self._large_inputs()
        preserved = preserved_inputs(self.inputs)
        filtered = sorted(self.inputs, key=lambda one: -len(self.pushed[one.alias]))
        for one in sorted(filtered, key=lambda one: one.alias in large):
            filters = self.pushed[one.alias]
            if one.alias in large:
                filters += self._join_key_filters(one, preserved)
            rows = self.read(
                one.block, needed_columns[one.alias], filters, carried_columns[one.alias]
            )
            if large and one.alias not in large and one.alias in preserved:
                rows = self.tables.materialize(rows, one.block)
            self._found[one.alias] = rows
        return [self._found[one.alias] for one in self.inputs]

    def _columns(self, outputs: Sequence[exp.Expr]) -> dict[str, frozenset[str]]:
        """Map each input, by alias, to its columns that the outputs or a condition read."""
        conditions = [*self.block.where, *(i.on for i in self.inputs if i.on is not None)]
        return {
            # a sub-query in a condition may use the same alias for another table
            one.alias: frozenset(
                name for e in [*outputs, *conditions] for name in column_names(e, one.alias)
            ).intersection(one.block.columns)
            for one in self.inputs
        }

    def _large_inputs(self) -> set[str]:
        if len(self.inputs) < 2:
            return set()
        return {
            one.alias
            for one in self.inputs
            if not is_filtered_scan(one.block) and self.graph.scanned_rows(one.block) > SMALL
        }

    def _join_key_filters(self, one: JoinInput, preserved: set[str]) -> Filters:
        """Return filters on an input: its join keys must occur in the inputs computed before it."""
        known = preserved.intersection(self._found)
        pairs: dict[str, dict[str, str]] = {}
        for condition in self._join_conditions(one, preserved):
            for left, right in equalities(condition):
                for own, other in ((left, right), (right, left)):
                    if own.table == one.alias and other.table in known:
                        pairs.setdefault(other.table, {})[own.name] = other.name
        filters = []
        for alias, names in pairs.items():
            columns = ", ".join(map(quote_identifier, dict.fromkeys(names.values())))
            values = self.tables.value_set(
                f"select distinct {columns} from {self._found[alias].sql}"
            )
            filters.append(KeyFilter(values, tuple(names.items())))
        return tuple(filters)

    def _join_conditions(self, one: JoinInput, preserved: set[str]) -> list[exp.Expr]:
        """Return conditions on an input. Rows that break a condition cannot affect the result."""
        own = [one.on] if one.on is not None else []
        if one.side == "left":
            return own
        if one.side != "inner" or one.alias not in preserved:
            return []
        inner = [i.on for i in self.inputs if i.on is not None and i.side == "inner"]
        return [*self.block.where, *inner, *own]
