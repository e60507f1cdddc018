"""Turn compiled SQL into blocks: parse it, qualify names, and build a block for each query.

A query is an optional WITH, then a select (:mod:`select_parser`) or a set operation. An unknown
construct becomes an :class:`~klynge.lineage.relational.algebra.Opaque` block with the reason.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from klynge.lineage.explanation import explain
from klynge.lineage.relational.algebra import Block, Opaque, SetKeyword, SetOperation, UnionAll
from klynge.lineage.relational.expressions import DIALECT, column_ref
from klynge.lineage.relational.parse_context import ParseContext, UnknownSqlError
from klynge.lineage.relational.select_parser import SelectParser


def parse_model(
    model: str,
    sql: str,
    columns: Mapping[str, Mapping[str, str]],
    resolve: Callable[[str], Block],
) -> Block:
    """Return the block of a model's result.

    ``columns`` maps each ``schema.table`` to its columns and their types. ``resolve`` returns the
    block of a ``schema.table`` that the SQL reads.
    """
    tree = _syntax_tree(sql)
    schema: dict[str, Any] = {}
    for table in tree.find_all(exp.Table):
        if (name := f"{table.db}.{table.name}") in columns:
            schema.setdefault(table.db, {})[table.name] = dict(columns[name])
    context = ParseContext(model, resolve, parse_query)
    try:
        qualified = qualify(tree, dialect=DIALECT, schema=schema)
    except SqlglotError as error:
        if not columns.get(model):
            raise
        names = tuple(columns[model])
        reason = explain("not understood: {error}", error=str(error))
        return _opaque(_syntax_tree(sql), context, reason, names)
    return parse_query(qualified, context)


def parse_query(node: exp.Expr, context: ParseContext) -> Block:
    """Return the block of a query. In the query, every column must have the alias of its table."""
    with_ = node.args.get("with_")
    for cte in with_.expressions if with_ else []:
        context = context.with_cte(cte.alias, _cte(cte, context))
    if isinstance(node, exp.Subquery) and not node.args.get("joins"):
        return parse_query(node.this, context)
    if any(node.args.get(part) for part in ("limit", "offset", "fetch")):
        return _opaque(node, context, "rows are limited by number")
    try:
        if isinstance(node, exp.Select):
            return SelectParser(context).parse(node)
        if isinstance(node, exp.SetOperation):
            return _set_operation(node, context)
    except UnknownSqlError as unknown:
        return _opaque(node, context, unknown.args[0])
    return _opaque(node, context, explain("{kind} is not taken apart", kind=type(node).__name__))


def _syntax_tree(sql: str) -> exp.Expr:
    """Parse SQL. Remove the database names of tables, and the positions of nodes in the text."""
    tree = parse_one(sql, dialect=DIALECT)
    for node in tree.walk():
        node._meta = None
        if isinstance(node, exp.Table):
            node.set("catalog", None)
    return tree


def _opaque(
    node: exp.Expr, context: ParseContext, reason: str, names: tuple[str, ...] = ()
) -> Block:
    node = node.copy()
    if context.ctes:
        node.set("with_", None)
    blocks = context.bind(node)
    names = names or (tuple(node.named_selects) if isinstance(node, exp.Query) else ())
    if "*" in names or not names:
        raise UnknownSqlError(reason)
    return Opaque(context.model, names, node, blocks, reason)


def _set_operation(node: exp.SetOperation, context: ParseContext) -> Block:
    if node.args.get("by_name"):
        raise UnknownSqlError(explain("set operation by name"))
    left, right = context.query(node.left), context.query(node.right)
    is_distinct = bool(node.args.get("distinct"))
    if isinstance(node, exp.Union):
        parts = [*_branches(left), *_branches(right)]
        union = UnionAll(context.model, left.columns, parts)
        return context.distinct(union) if is_distinct else union
    keyword: SetKeyword = "except" if isinstance(node, exp.Except) else "intersect"
    return SetOperation(context.model, left.columns, left, right, keyword, is_distinct)


def _branches(block: Block) -> list[Block]:
    return block.parts if isinstance(block, UnionAll) else [block]


def _cte(cte: exp.CTE, context: ParseContext) -> Block:
    if any(not t.db and t.name == cte.alias for t in cte.this.find_all(exp.Table)):
        return _recursive_cte(cte, context)
    return context.query(cte.this)


def _recursive_cte(cte: exp.CTE, context: ParseContext) -> Block:
    """Return an opaque block with the whole definition of a recursive CTE and a select from it."""
    alias = cte.alias
    names = tuple(c.name for c in cte.args["alias"].columns) or tuple(cte.this.named_selects)
    definition = cte.copy()
    definition.args["alias"].set("columns", [exp.to_identifier(n, quoted=True) for n in names])
    itself = Block("", ())
    blocks = context.without_cte(alias).with_cte(alias, itself).bind(definition.this)
    for table in definition.this.find_all(exp.Table):
        if blocks.get(table.name) is itself:
            del blocks[table.name]
            table.set("this", exp.to_identifier(alias, quoted=True))
    query = exp.select(*(column_ref(name, alias) for name in names)).from_(
        exp.to_identifier(alias, quoted=True)
    )
    query.set("with_", exp.With(expressions=[definition], recursive=True))
    return Opaque(context.model, names, query, blocks, "a recursion")
