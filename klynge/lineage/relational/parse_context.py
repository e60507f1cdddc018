"""The context in which a query is parsed. It knows the visible names, and makes new names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from sqlglot import exp

from klynge.lineage.explanation import explain
from klynge.lineage.relational.algebra import Aggregate, Block, Values
from klynge.lineage.relational.expressions import DIALECT


class UnknownSqlError(Exception):
    """The parser cannot turn a construct into blocks. The message names the construct."""


@dataclass(frozen=True)
class ParseContext:
    """The model that a query belongs to, and the common table expressions that the query sees."""

    model: str
    #: ``schema.table`` -> its block
    resolve: Callable[[str], Block]
    #: parses a query; this is :func:`klynge.lineage.relational.parser.parse_query`
    parse: Callable[[exp.Expr, "ParseContext"], Block]
    ctes: Mapping[str, Block] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def query(self, node: exp.Expr) -> Block:
        """Parse a query that sees the names of this context, and return its block."""
        return self.parse(node, self)

    def with_cte(self, name: str, block: Block) -> "ParseContext":
        """Return the context of a query that also sees the common table expression ``name``."""
        return replace(self, ctes={**self.ctes, name: block})

    def without_cte(self, name: str) -> "ParseContext":
        """Return the context of a query that does not see ``name``."""
        return replace(self, ctes={n: block for n, block in self.ctes.items() if n != name})

    def new_name(self, stem: str) -> str:
        """Return a name that is not used in the model yet."""
        return f"{stem}{next(self._numbers)}"

    def distinct(self, block: Block) -> Block:
        """The block without duplicate rows."""
        return Aggregate(self.model, block.columns, block, block.columns, {})

    def table(self, table: exp.Table) -> Block:
        """Return the block of a table in a FROM clause.

        The table may be a stored table, a view, a CTE or a function.
        """
        if not isinstance(table.this, exp.Identifier):
            return self._table_function(table)
        if not table.db and table.name in self.ctes:
            return self.ctes[table.name]
        return self.resolve(f"{table.db}.{table.name}")

    def bind(self, node: exp.Expr) -> dict[str, Block]:
        """Give every table in a query a unique name, in place. Return the blocks by name."""
        own_ctes = {cte.alias for cte in node.find_all(exp.CTE)} - set(self.ctes)
        blocks: dict[str, Block] = {}
        for table in list(node.find_all(exp.Table)):
            is_own = not table.db and table.name in own_ctes
            if is_own or not isinstance(table.this, exp.Identifier):
                continue
            name = self.new_name("bound")
            blocks[name] = self.table(table)
            alias = exp.to_identifier(table.alias_or_name, quoted=True)
            table.set("alias", exp.TableAlias(this=alias))
            table.set("this", exp.to_identifier(name, quoted=True))
            table.set("db", None)
        return blocks

    def _table_function(self, table: exp.Table) -> Block:
        """Return the block of a function with named columns: ``range(10) as numbers (n)``."""
        alias = table.args.get("alias")
        names = tuple(c.name for c in alias.columns) if alias else ()
        if not names:
            raise UnknownSqlError(
                explain("the columns of {table} are not named", table=table.this.sql(DIALECT))
            )
        source = table.copy()
        source.set("alias", None)
        return Values(self.model, names, exp.alias_(source, "source", table=list(names)))
