"""Turn GROUP BY into one aggregate per grouping set, and join these with UNION ALL.

Example: ``group by rollup (area)`` becomes two aggregates. The first aggregate has the key
``area``. The second aggregate has no key, and its ``area`` is NULL.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlglot import exp

from klynge.lineage.explanation import explain
from klynge.lineage.relational.aggregation import grouping_name
from klynge.lineage.relational.algebra import Aggregate, Block, JoinInput, Select, UnionAll
from klynge.lineage.relational.decorrelation import has_subquery, is_local
from klynge.lineage.relational.expressions import (
    DIALECT,
    SOURCE,
    column_ref,
    replace_columns,
    replace_parts,
)
from klynge.lineage.relational.parse_context import UnknownSqlError


class AggregateBlocks:
    """Builds the aggregate blocks of one select, and names its keys and aggregates."""

    def __init__(self, model: str, new_name: Callable[[str], str]) -> None:
        """Start without keys and aggregates.

        Call :meth:`name_keys`, :meth:`name_aggregates` and :meth:`over`, in this order.
        """
        self._model = model
        self._new_name = new_name
        self._sets: list[list[exp.Expr]] = []
        #: SQL of a key -> the expression of the key, and the name of the key in the source block
        self._keys: dict[str, exp.Expr] = {}
        self._key_names: dict[str, str] = {}
        #: SQL of an aggregate -> the expression of the aggregate, and its name
        self._aggregates: dict[str, exp.Expr] = {}
        self._aggregate_names: dict[str, str] = {}
        #: (alias, column) that an aggregate reads -> the name of this column in the source block
        self._arguments: dict[tuple[str, str], str] = {}
        #: SQL of each ``grouping(…)`` -> the expression
        self.marks: dict[str, exp.Expr] = {}

    def name_keys(self, sets: list[list[exp.Expr]]) -> None:
        """Store the grouping sets, and give each key a name."""
        self._sets = sets
        self._keys = {key.sql(DIALECT): key for keys in sets for key in keys}
        _refuse_subqueries(self._keys.values())
        for sql, key in self._keys.items():
            name = key.name if isinstance(key, exp.Column) else "key"
            is_free = name not in self._key_names.values()
            self._key_names[sql] = name if is_free else self._new_name(name)

    def name_aggregates(
        self, aggregates: Sequence[exp.Expr], arguments: Mapping[tuple[str, str], str]
    ) -> None:
        """Store the aggregates, and name them. ``arguments`` names the columns that they read."""
        self._aggregates = {one.sql(DIALECT): one for one in aggregates}
        _refuse_subqueries(self._aggregates.values())
        self._aggregate_names = {sql: f"aggregate{i}" for i, sql in enumerate(self._aggregates)}
        taken = set(self._key_names.values())
        self._arguments = {
            key: name if name not in taken else self._new_name(name)
            for key, name in arguments.items()
        }

    def source_columns(self) -> dict[str, exp.Expr]:
        """Return the columns that the source of the aggregates must have: keys and arguments."""
        columns = {self._key_names[sql]: key for sql, key in self._keys.items()}
        return columns | {
            name: column_ref(column, alias) for (alias, column), name in self._arguments.items()
        }

    def over(self, source: Block) -> Block:
        """Build the block that aggregates ``source`` by all grouping sets.

        ``source`` must have the columns of :meth:`source_columns`.
        """
        by_name = {key: column_ref(name) for key, name in self._arguments.items()}
        aggregates = {
            self._aggregate_names[sql]: replace_columns(one, by_name)
            for sql, one in self._aggregates.items()
        }
        parts = []
        for keys in self._sets:
            names = [self._key_names[key.sql(DIALECT)] for key in keys]
            columns = (*names, *aggregates)
            parts.append(
                self._set_block(Aggregate(self._model, columns, source, tuple(names), aggregates))
            )
        return parts[0] if len(parts) == 1 else UnionAll(self._model, parts[0].columns, parts)

    def rewrite(self, expression: exp.Expr) -> exp.Expr:
        """Rewrite an expression of the select, so that it reads the columns of the aggregate block.

        Raises :class:`UnknownSqlError` for a column that is neither a key nor in an aggregate.
        """
        by_sql = {
            sql: column_ref(name, SOURCE)
            for sql, name in {**self._key_names, **self._aggregate_names}.items()
        }
        by_sql |= {sql: column_ref(grouping_name(m), SOURCE) for sql, m in self.marks.items()}
        rewritten = replace_parts(expression, by_sql)
        for found in rewritten.find_all(exp.Column):
            if found.table != SOURCE and not is_local(found, rewritten):
                raise UnknownSqlError(
                    explain("{sql} is neither key nor aggregate", sql=found.sql(DIALECT))
                )
        return rewritten

    def _set_block(self, group: Aggregate) -> Block:
        """Build the block of one grouping set. Keys outside the set become NULL columns."""
        if len(group.keys) == len(self._key_names) and not self.marks:
            return group
        outputs: dict[str, exp.Expr] = {
            name: column_ref(name, SOURCE) if name in group.keys else exp.null()
            for name in self._key_names.values()
        }
        outputs |= {name: column_ref(name, SOURCE) for name in group.aggregates}
        for mark in self.marks.values():
            bits = "".join(
                "0" if self._key_names[one.sql(DIALECT)] in group.keys else "1"
                for one in mark.expressions
            )
            outputs[grouping_name(mark)] = exp.Literal.number(int(bits, 2))
        return Select(self._model, tuple(outputs), [JoinInput(SOURCE, group)], outputs)


def _refuse_subqueries(expressions: Iterable[exp.Expr]) -> None:
    if any(has_subquery(one) for one in expressions):
        raise UnknownSqlError(explain("a sub-query in a key or an aggregate"))
