"""From a model's compiled SQL to blocks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from klynge.lineage.algebra import (
    Block,
    Compared,
    Generated,
    Group,
    Input,
    Select,
    Side,
    Subquery,
    Together,
    Whole,
    Windowed,
)

DIALECT = "duckdb"
#: What a block with a single source calls it.
SOURCE = "source"

_WRAPPERS = (exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)
#: Parts of a SELECT that are taken apart; any other makes it a :class:`Whole`.
_KNOWN_PARTS = {
    "with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "distinct",
    "order", "kind", "hint", "operation_modifiers",
}  # fmt: skip


class UnknownSqlError(Exception):
    """A construct that is not taken apart; says which."""


def parsed(
    model: str,
    sql: str,
    columns: Mapping[str, Mapping[str, str]],
    resolve: Callable[[str], Block],
) -> Block:
    """The block of a model's result.

    ``columns`` are the columns and types of all tables by ``schema.table``; ``resolve`` gives the
    block of a table that the SQL reads.
    """
    tree = parse_one(sql, dialect=DIALECT)
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    schema: dict[str, dict[str, Mapping[str, str]]] = {}
    for table_name, types in columns.items():
        first, _, second = table_name.partition(".")
        schema.setdefault(first, {})[second] = types
    reader = _Reader(model, resolve)
    try:
        qualified = qualify(tree.copy(), dialect=DIALECT, schema=schema)
    except SqlglotError as error:
        names = tuple(columns[model]) if model in columns else ()
        if not names:
            raise
        return reader.whole(tree, {}, f"not understood: {error}", names)
    return reader.query(qualified, {})


def said(expression: exp.Expression) -> str:
    """A condition as its model says it."""
    return str(expression.meta.get("said") or expression.sql(dialect=DIALECT))


def column(name: str, alias: str | None = None) -> exp.Column:
    """A reference to a column, quoted."""
    return exp.column(name, table=alias, quoted=True)


def conjuncts(condition: exp.Expression | None) -> list[exp.Expression]:
    """The conditions that AND holds together, each remembering how it was written."""
    if condition is None:
        return []
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return [one for side in (condition.left, condition.right) for one in conjuncts(side)]
    condition.meta.setdefault("said", condition.sql(dialect=DIALECT).replace('"', ""))
    return [condition]


def columns_of(expression: exp.Expression, alias: str | None = None) -> Iterator[str]:
    """The columns that an expression reads, of one source or of all."""
    for found in expression.find_all(exp.Column):
        if alias is None or found.table == alias:
            yield found.name


class _Reader:
    """Reads one model."""

    def __init__(self, model: str, resolve: Callable[[str], Block]) -> None:
        self._model = model
        self._resolve = resolve
        self._made = 0

    def query(self, node: exp.Expression, env: Mapping[str, Block]) -> Block:
        env = dict(env)
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ else []:
            env[cte.alias] = self._cte(cte, env)
        if isinstance(node, exp.Subquery) and not node.args.get("joins"):
            return self.query(node.this, env)
        if any(node.args.get(part) for part in ("limit", "offset", "fetch")):
            return self.whole(node, env, "rows are limited by number")
        try:
            if isinstance(node, exp.Select):
                return self._select(node, env)
            if isinstance(node, exp.SetOperation):
                return self._set_operation(node, env)
        except UnknownSqlError as unknown:
            return self.whole(node, env, str(unknown))
        return self.whole(node, env, f"{type(node).__name__} is not taken apart")

    def whole(
        self,
        node: exp.Expression,
        env: Mapping[str, Block],
        reason: str,
        names: tuple[str, ...] = (),
    ) -> Block:
        """A block that is not taken apart."""
        node = node.copy()
        node.set("with_", None) if env else None
        bound = self._bind(node, env)
        names = names or tuple(node.named_selects)
        if "*" in names or not names:
            raise UnknownSqlError(reason)
        return Whole(self._model, names, node, bound, reason)

    # -- names ---------------------------------------------------------------------------------

    def _new(self, stem: str) -> str:
        self._made += 1
        return f"{stem}{self._made}"

    def _table(self, table: exp.Table, env: Mapping[str, Block]) -> Block:
        if not isinstance(table.this, exp.Identifier):
            alias = table.args.get("alias")
            names = tuple(c.name for c in alias.columns) if alias else ()
            if not names:
                raise UnknownSqlError(f"the columns of {table.this.sql(DIALECT)} are not named")
            source = table.copy()
            source.set("alias", None)
            source = exp.alias_(source, "source", table=list(names))
            return Generated(self._model, names, source)
        if not table.db and table.name in env:
            return env[table.name]
        return self._resolve(f"{table.db}.{table.name}")

    def _bind(self, node: exp.Expression, env: Mapping[str, Block]) -> dict[str, Block]:
        """Give each table in a query a name of its own; the blocks by those names."""
        inner = {cte.alias for cte in node.find_all(exp.CTE)}
        bound: dict[str, Block] = {}
        for table in list(node.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier):
                continue
            if not table.db and table.name in inner and table.name not in env:
                continue
            name = self._new("bound")
            bound[name] = self._table(table, env)
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.alias_or_name, True)))
            table.set("this", exp.to_identifier(name, quoted=True))
            table.set("db", None)
        return bound

    def _cte(self, cte: exp.CTE, env: Mapping[str, Block]) -> Block:
        body = cte.this
        if any(not t.db and t.name == cte.alias for t in body.find_all(exp.Table)):
            names = tuple(c.name for c in cte.args["alias"].columns) or tuple(body.named_selects)
            recursive = exp.select(*(column(name, cte.alias) for name in names)).from_(
                exp.to_identifier(cte.alias, quoted=True)
            )
            part = cte.copy()
            part.args["alias"].set("columns", [exp.to_identifier(n, quoted=True) for n in names])
            outer = {name: block for name, block in env.items() if name != cte.alias}
            bound = self._bind(part.this, outer | {cte.alias: Block("", ())})
            for table in part.this.find_all(exp.Table):
                if isinstance(bound.get(table.name), Block) and not bound[table.name].columns:
                    del bound[table.name]
                    table.set("this", exp.to_identifier(cte.alias, quoted=True))
            recursive.set("with_", exp.With(expressions=[part], recursive=True))
            return Whole(self._model, names, recursive, bound, "a recursion")
        return self.query(body, env)

    # -- set operations ------------------------------------------------------------------------

    def _set_operation(self, node: exp.SetOperation, env: Mapping[str, Block]) -> Block:
        if node.args.get("by_name"):
            raise UnknownSqlError("set operation by name")
        left, right = self.query(node.left, env), self.query(node.right, env)
        distinct = bool(node.args.get("distinct"))
        if isinstance(node, exp.Union):
            both = Together(self._model, left.columns, [*_parts(left), *_parts(right)])
            return self._distinct(both) if distinct else both
        keyword = "except" if isinstance(node, exp.Except) else "intersect"
        return Compared(self._model, left.columns, left, right, keyword, distinct)

    def _distinct(self, block: Block) -> Block:
        return Group(self._model, block.columns, block, block.columns, {})

    # -- one select ----------------------------------------------------------------------------

    def _select(self, node: exp.Select, env: Mapping[str, Block]) -> Block:
        node = _with_own_windows(node)
        unknown = sorted(
            part for part, value in node.args.items() if value and part not in _KNOWN_PARTS
        )
        if unknown:
            raise UnknownSqlError(f"{', '.join(unknown)} in a select")
        distinct = node.args.get("distinct")
        if distinct and distinct.args.get("on"):
            raise UnknownSqlError("distinct on")
        outputs = {one.alias_or_name: one.unalias() for one in node.expressions}
        if "*" in outputs or len(outputs) != len(node.expressions):
            raise UnknownSqlError("columns without names of their own")
        inputs = self._inputs(node, env)
        where = conjuncts(node.args["where"].this) if node.args.get("where") else []
        having = conjuncts(node.args["having"].this) if node.args.get("having") else []
        qualifies = conjuncts(node.args["qualify"].this) if node.args.get("qualify") else []
        later = [*outputs.values(), *having, *qualifies]
        found = [one for expression in later for one in _aggregates(expression)]
        if node.args.get("group") or found:
            stage, outputs, having, qualifies = self._grouped(
                node, env, inputs, where, outputs, having, qualifies, found
            )
            if having:
                stage = self._filtered(stage, having, "having", env)
        elif any(_windows(one) for one in later):
            names = self._names(later)
            stage = self._built(inputs, where, {n: column(*k[::-1]) for k, n in names.items()}, env)
            renamed = {(table, name): column(to, SOURCE) for (table, name), to in names.items()}
            outputs = {name: _renamed(one, renamed) for name, one in outputs.items()}
            qualifies = [_renamed(one, renamed) for one in qualifies]
        else:
            block = self._built(inputs, where, outputs, env)
            return self._distinct(block) if distinct else block
        windows = {
            w.sql(DIALECT): w for one in [*outputs.values(), *qualifies] for w in _windows(one)
        }
        if windows:
            named = {sql: f"window{i}" for i, sql in enumerate(windows)}
            stage = Windowed(
                self._model,
                (*stage.columns, *named.values()),
                stage,
                {named[sql]: cast("exp.Window", _bare(w)) for sql, w in windows.items()},
            )
            by_sql = {sql: column(name, SOURCE) for sql, name in named.items()}
            outputs = {name: _replaced(one, by_sql) for name, one in outputs.items()}
            qualifies = [_replaced(one, by_sql) for one in qualifies]
        if qualifies:
            stage = self._filtered(stage, qualifies, "qualify", env)
        block = self._built([Input(SOURCE, stage)], [], outputs, env)
        return self._distinct(block) if distinct else block

    def _inputs(self, node: exp.Select, env: Mapping[str, Block]) -> list[Input]:
        from_ = node.args.get("from_")
        if from_ is None:
            return []
        inputs = [Input(from_.this.alias_or_name, self._source(from_.this, env))]
        for join in node.args.get("joins") or []:
            if join.method or join.kind not in ("", "INNER", "CROSS", "OUTER"):
                raise UnknownSqlError(f"{join.method or join.kind} join".lower())
            side = cast("Side", join.side.lower() or "inner")
            on = join.args.get("on")
            if on is not None and next(_subqueries(on), None) is not None:
                raise UnknownSqlError("a sub-query in a join's condition")
            inputs.append(Input(join.this.alias_or_name, self._source(join.this, env), side, on))
        return inputs

    def _source(self, node: exp.Expression, env: Mapping[str, Block]) -> Block:
        if node.args.get("joins") or node.args.get("pivots") or node.args.get("sample"):
            raise UnknownSqlError("nested joins, pivots or samples")
        if isinstance(node, exp.Table):
            return self._table(node, env)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, env)
        raise UnknownSqlError(f"{type(node).__name__.lower()} as a source of rows")

    def _names(self, expressions: Iterable[exp.Expression]) -> dict[tuple[str, str], str]:
        """A name of its own for each source column that expressions read."""
        names: dict[tuple[str, str], str] = {}
        for expression in expressions:
            for found in expression.find_all(exp.Column):
                key = (found.table, found.name)
                if key not in names and not _is_inner(found, expression):
                    taken = set(names.values())
                    name = found.name if found.name not in taken else f"{found.table}_{found.name}"
                    names[key] = name if name not in taken else self._new(name)
        return names

    def _filtered(
        self, block: Block, where: list[exp.Expression], clause: str, env: Mapping[str, Block]
    ) -> Block:
        outputs: dict[str, exp.Expression] = {name: column(name, SOURCE) for name in block.columns}
        select = self._built([Input(SOURCE, block)], where, outputs, env)
        cast("Select", select).clause = clause
        return select

    def _built(
        self,
        inputs: list[Input],
        where: list[exp.Expression],
        outputs: dict[str, exp.Expression],
        env: Mapping[str, Block],
    ) -> Block:
        """A select whose sub-queries have become joins where they can."""
        if not inputs:
            inputs = [Input(SOURCE, Generated(self._model, (), None))]
        select = Select(self._model, tuple(outputs), list(inputs), {})
        for condition in where:
            self._condition(select, condition, env)
        select.outputs = {
            name: self._with_scalars(select, one.copy(), env) for name, one in outputs.items()
        }
        return select

    # -- groups --------------------------------------------------------------------------------

    def _grouped(
        self,
        node: exp.Select,
        env: Mapping[str, Block],
        inputs: list[Input],
        where: list[exp.Expression],
        outputs: dict[str, exp.Expression],
        having: list[exp.Expression],
        qualifies: list[exp.Expression],
        found: list[exp.Expression],
    ) -> tuple[Block, dict[str, exp.Expression], list[exp.Expression], list[exp.Expression]]:
        group = node.args.get("group")
        if group and group.args.get("all"):
            plain = [one for one in outputs.values() if not list(_aggregates(one))]
            sets = [plain]
        else:
            sets = _grouping_sets(group.expressions if group else [])
        keys = {key.sql(DIALECT): key for one in sets for key in one}
        if any(next(_subqueries(one), None) is not None for one in [*keys.values(), *found]):
            raise UnknownSqlError("a sub-query in a key or an aggregate")
        key_names: dict[str, str] = {}
        for sql, key in keys.items():
            name = key.name if isinstance(key, exp.Column) else "key"
            key_names[sql] = name if name not in key_names.values() else self._new(name)
        aggregates = {one.sql(DIALECT): one for one in found}
        agg_names = {sql: f"aggregate{i}" for i, sql in enumerate(aggregates)}
        arguments = self._names(aggregates.values())
        taken = set(key_names.values())
        arguments = {k: (n if n not in taken else self._new(n)) for k, n in arguments.items()}
        rows = self._built(
            inputs,
            where,
            {key_names[sql]: key for sql, key in keys.items()}
            | {name: column(*k[::-1]) for k, name in arguments.items()},
            env,
        )
        renamed: dict[tuple[str, str], exp.Expression] = {
            key: column(name) for key, name in arguments.items()
        }
        over = {agg_names[sql]: _renamed(one, renamed) for sql, one in aggregates.items()}
        parts = [
            self._grouping(
                rows, [key_names[k.sql(DIALECT)] for k in one], key_names, over, node, keys
            )
            for one in sets
        ]
        stage = parts[0] if len(parts) == 1 else Together(self._model, parts[0].columns, parts)
        by_sql = {sql: column(name, SOURCE) for sql, name in {**key_names, **agg_names}.items()}
        for one in node.find_all(exp.Grouping, exp.GroupingId):
            by_sql[one.sql(DIALECT)] = column(_grouping_name(one), SOURCE)

        def later(one: exp.Expression) -> exp.Expression:
            made = _replaced(one, by_sql)
            for found_column in made.find_all(exp.Column):
                if found_column.table != SOURCE and not _is_inner(found_column, made):
                    raise UnknownSqlError(
                        f"{found_column.sql(DIALECT)} is neither key nor aggregate"
                    )
            return made

        return (
            stage,
            {name: later(one) for name, one in outputs.items()},
            [later(one) for one in having],
            [later(one) for one in qualifies],
        )

    def _grouping(
        self,
        rows: Block,
        of_set: list[str],
        key_names: Mapping[str, str],
        aggregates: dict[str, exp.Expression],
        node: exp.Select,
        keys: Mapping[str, exp.Expression],
    ) -> Block:
        """The groups of one grouping set, keys that are not of it null."""
        group = Group(self._model, (*of_set, *aggregates), rows, tuple(of_set), aggregates)
        marks = {one.sql(DIALECT): one for one in node.find_all(exp.Grouping, exp.GroupingId)}
        if len(of_set) == len(key_names) and not marks:
            return group
        outputs: dict[str, exp.Expression] = {
            name: column(name, SOURCE) if name in of_set else self._null(rows, name, keys[sql])
            for sql, name in key_names.items()
        }
        outputs |= {name: column(name, SOURCE) for name in aggregates}
        for mark in marks.values():
            bits = "".join(
                "0" if key_names[one.sql(DIALECT)] in of_set else "1" for one in mark.expressions
            )
            outputs[_grouping_name(mark)] = exp.Literal.number(int(bits, 2))
        return Select(self._model, tuple(outputs), [Input(SOURCE, group)], outputs)

    def _null(self, rows: Block, name: str, key: exp.Expression) -> exp.Expression:  # noqa: ARG002
        return exp.null()

    # -- sub-queries ---------------------------------------------------------------------------

    def _condition(
        self, select: Select, condition: exp.Expression, env: Mapping[str, Block]
    ) -> None:
        """Add a condition to a select's WHERE, or the join that it comes to."""
        if next(_subqueries(condition), None) is None:
            select.where.append(condition)
        elif isinstance(condition, exp.Exists):
            if not self._exists(select, condition.this, [], env):
                self._residual(select, condition, "whole", env)
        elif isinstance(condition, exp.In) and condition.args.get("query"):
            self._in(select, condition, env)
        elif isinstance(condition, exp.Not) and isinstance(
            condition.this.unnest(), exp.Exists | exp.In
        ):
            self._residual(select, condition, "absent", env)
        else:
            made = self._with_scalars(select, condition.copy(), env)
            made.meta["said"] = said(condition)
            select.where.append(made)

    def _in(self, select: Select, condition: exp.In, env: Mapping[str, Block]) -> None:
        inner = condition.args["query"].unnest()
        value = condition.this
        if next(_subqueries(value), None) is not None:
            self._residual(select, condition, "whole", env)
        elif not _outer_columns(inner):
            block = self._distinct(self.query(inner, env))
            alias = self._new("listed")
            on = exp.EQ(this=value.copy(), expression=column(block.columns[0], alias))
            on.meta["said"] = said(condition)
            select.inputs.append(Input(alias, block, "inner", on))
        elif not isinstance(inner, exp.Select) or not self._exists(
            select, inner, [(value, inner.expressions[0].unalias())], env
        ):
            self._residual(select, condition, "whole", env)

    def _exists(
        self,
        select: Select,
        inner: exp.Expression,
        pairs: list[tuple[exp.Expression, exp.Expression]],
        env: Mapping[str, Block],
    ) -> bool:
        """Join the distinct keys of a sub-query that equalities tie to the outer rows."""
        parted = _parted(inner)
        if parted is None or list(_aggregates(inner)):
            return False
        own, tied = parted
        tied = [*pairs, *tied]
        if not tied:
            return False
        keys = [exp.alias_(key.copy(), f"tied{i}", quoted=True) for i, (_, key) in enumerate(tied)]
        rows = own.copy()
        rows.set("expressions", keys)
        rows.set("distinct", exp.Distinct())
        alias = self._new("existing")
        on = exp.and_(
            *(
                exp.EQ(this=outer.copy(), expression=column(f"tied{i}", alias))
                for i, (outer, _) in enumerate(tied)
            )
        )
        on.meta["said"] = f"exists ({inner.sql(DIALECT)})".replace('"', "")
        select.inputs.append(Input(alias, self.query(rows, env), "inner", on))
        return True

    def _with_scalars(
        self, select: Select, expression: exp.Expression, env: Mapping[str, Block]
    ) -> exp.Expression:
        """The expression with its scalar sub-queries joined."""
        for sub in list(_subqueries(expression)):
            made = self._scalar(select, sub, env) if isinstance(sub, exp.Subquery) else None
            if made is None:
                if not isinstance(sub, exp.Subquery | exp.Exists | exp.In):
                    raise UnknownSqlError("a sub-query of an unknown kind")
                self._residual_within(select, sub, env)
            elif sub is expression:
                expression = made
            else:
                sub.replace(made)
        return expression

    def _scalar(
        self, select: Select, sub: exp.Subquery, env: Mapping[str, Block]
    ) -> exp.Expression | None:
        inner = sub.unnest()
        alias = self._new("scalar")
        if not _outer_columns(inner):
            block = self.query(inner, env)
            single = isinstance(inner, exp.Select) and _is_one_row(inner)
            on = None if single else exp.true()
            side: Side = "inner" if single else "left"
            select.inputs.append(Input(alias, block, side, on, scalar=True))
            return column(block.columns[0], alias)
        parted = _parted(inner)
        if parted is None or len(inner.expressions) != 1 or not _is_one_row(inner):
            return None
        own, tied = parted
        if not tied:
            return None
        value = inner.expressions[0].unalias()
        rows = own.copy()
        keys = [exp.alias_(key.copy(), f"tied{i}", quoted=True) for i, (_, key) in enumerate(tied)]
        here = exp.alias_(exp.Literal.number(1), "here", quoted=True)
        rows.set("expressions", [*keys, exp.alias_(value.copy(), "value", quoted=True), here])
        rows.set("group", exp.Group(expressions=[key.copy() for _, key in tied]))
        on = exp.and_(
            *(
                exp.EQ(this=outer.copy(), expression=column(f"tied{i}", alias))
                for i, (outer, _) in enumerate(tied)
            )
        )
        select.inputs.append(Input(alias, self.query(rows, env), "left", on))
        return exp.Case(
            ifs=[
                exp.If(
                    this=exp.Is(this=column("here", alias), expression=exp.null()),
                    true=_of_nothing(value),
                )
            ],
            default=column("value", alias),
        )

    def _residual(
        self, select: Select, condition: exp.Expression, kind: str, env: Mapping[str, Block]
    ) -> None:
        made = condition.copy()
        made.meta["said"] = said(condition)
        select.subqueries.append(
            Subquery(
                "absent" if kind == "absent" else "whole", said(condition), self._bind(made, env)
            )
        )
        select.where.append(made)

    def _residual_within(
        self, select: Select, sub: exp.Expression, env: Mapping[str, Block]
    ) -> None:
        text = sub.sql(DIALECT).replace('"', "")
        select.subqueries.append(Subquery("whole", text, self._bind(sub, env)))


# -- small questions about expressions ----------------------------------------------------------


def _parts(block: Block) -> list[Block]:
    return block.parts if isinstance(block, Together) else [block]


def _subqueries(expression: exp.Expression) -> Iterator[exp.Expression]:
    """The outermost sub-queries of an expression: EXISTS, IN with a query, or a scalar one."""
    if isinstance(expression, exp.Exists | exp.Subquery) or (
        isinstance(expression, exp.In) and expression.args.get("query")
    ):
        yield expression
        return
    if isinstance(expression, exp.Query):
        yield expression
        return
    for child in expression.iter_expressions():
        yield from _subqueries(child)


def _is_inner(found: exp.Column, within: exp.Expression) -> bool:
    """Whether a column is one of a sub-query's own inside an expression."""
    node: exp.Expression | None = found
    while node is not None:
        if isinstance(node, exp.Select) and found.table in _aliases(node):
            return True
        if node is within:
            return False
        node = node.parent
    return False


def _aliases(select: exp.Select) -> set[str]:
    """What a select calls its own sources."""
    sources = [select.args.get("from_"), *(select.args.get("joins") or [])]
    return {source.this.alias_or_name for source in sources if source is not None}


def _outer_columns(inner: exp.Expression) -> list[exp.Column]:
    """The columns that a sub-query takes from outside."""
    return [c for c in inner.find_all(exp.Column) if c.table and not _is_inner(c, inner)]


def _parted(
    inner: exp.Expression,
) -> tuple[exp.Select, list[tuple[exp.Expression, exp.Expression]]] | None:
    """A sub-query without what ties it to outer rows, and the pairs (outer, inner) that do."""
    if not isinstance(inner, exp.Select) or any(
        inner.args.get(part)
        for part in ("group", "having", "qualify", "distinct", "limit", "with_")
    ):
        return None
    own, tied = [], []
    where = inner.args.get("where")
    for condition in conjuncts(where.this) if where else []:
        if all(_is_inner(c, inner) for c in condition.find_all(exp.Column)):
            own.append(condition)
            continue
        if not isinstance(condition, exp.EQ):
            return None
        sides = (condition.left, condition.right)
        inside = [all(_is_inner(c, inner) for c in side.find_all(exp.Column)) for side in sides]
        outside = [
            not any(_is_inner(c, inner) for c in side.find_all(exp.Column)) for side in sides
        ]
        if inside[1] and outside[0]:
            tied.append(sides)
        elif inside[0] and outside[1]:
            tied.append((sides[1], sides[0]))
        else:
            return None
    rest = inner.copy()
    rest.set("where", exp.Where(this=exp.and_(*(c.copy() for c in own))) if own else None)
    if _outer_columns(rest):
        return None
    return rest, tied


def _is_one_row(select: exp.Expression) -> bool:
    """Whether a select is one aggregate over everything."""
    return not any(
        select.args.get(part) for part in ("group", "having", "qualify", "limit", "distinct")
    ) and all(list(_aggregates(one)) for one in select.expressions)


def _of_nothing(value: exp.Expression) -> exp.Expression:
    """What an expression over aggregates gives for no rows."""
    made = exp.Paren(this=value.copy())
    for one in list(_aggregates(made)):
        count = one.find(exp.Count, exp.CountIf)
        one.replace(exp.Literal.number(0) if count else exp.null())
    return made.this


def _aggregates(expression: exp.Expression) -> Iterator[exp.Expression]:
    """The outermost aggregates, each with its FILTER; of a window only what stands inside it."""
    if isinstance(expression, exp.Query | exp.Subquery):
        return
    if isinstance(expression, exp.Window):
        function = _unwrapped(expression.this)
        inside = [*function.iter_expressions()]
        inside += [e for key, e in _parts_of(expression) if key != "this"]
        for child in inside:
            yield from _aggregates(child)
        return
    if _is_aggregate(_unwrapped(expression)):
        yield expression
        return
    for child in expression.iter_expressions():
        yield from _aggregates(child)


def _parts_of(expression: exp.Expression) -> Iterator[tuple[str, exp.Expression]]:
    for key, value in expression.args.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, exp.Expression):
                yield key, one


def _unwrapped(expression: exp.Expression) -> exp.Expression:
    while isinstance(expression, _WRAPPERS):
        expression = expression.this
    return expression


def _with_own_windows(select: exp.Select) -> exp.Select:
    """The select with each window saying itself what a WINDOW clause says of its name."""
    if not select.args.get("windows"):
        return select
    select = select.copy()
    named = {one.name: one for one in select.args["windows"]}
    select.set("windows", None)
    for window in [*named.values(), *select.find_all(exp.Window)]:
        known = named.get(window.alias)
        if known is not None:
            for part in ("partition_by", "order", "spec"):
                if not window.args.get(part) and known.args.get(part):
                    value = known.args[part]
                    copied = (
                        [one.copy() for one in value] if isinstance(value, list) else value.copy()
                    )
                    window.set(part, copied)
            window.set("alias", None)
            window.set("over", "OVER")
    return select


def _windows(expression: exp.Expression) -> list[exp.Window]:
    if isinstance(expression, exp.Query | exp.Subquery):
        return []
    if isinstance(expression, exp.Window):
        return [expression]
    return [found for child in expression.iter_expressions() for found in _windows(child)]


def _is_aggregate(expression: exp.Expression) -> bool:
    if isinstance(expression, exp.Anonymous | exp.AnonymousAggFunc):
        return expression.name.lower() in _aggregate_names()
    return isinstance(expression, exp.AggFunc)


def _aggregate_names() -> frozenset[str]:
    global _AGGREGATE_NAMES  # noqa: PLW0603 - asked once of the engine
    if _AGGREGATE_NAMES is None:
        with duckdb.connect() as connection:
            _AGGREGATE_NAMES = frozenset(
                name
                for (name,) in connection.execute(
                    "select distinct function_name from duckdb_functions() "
                    "where function_type = 'aggregate'"
                ).fetchall()
            )
    return _AGGREGATE_NAMES


_AGGREGATE_NAMES: frozenset[str] | None = None


def _renamed(
    expression: exp.Expression, names: Mapping[tuple[str, str], exp.Expression]
) -> exp.Expression:
    """The expression with source columns named anew; keeps what it said."""

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Column) and (node.table, node.name) in names:
            return names[node.table, node.name].copy()
        return node

    made = expression.transform(change)
    if "said" in expression.meta:
        made.meta["said"] = expression.meta["said"]
    return made


def _replaced(expression: exp.Expression, by_sql: Mapping[str, exp.Expression]) -> exp.Expression:
    """The expression with parts, found by their SQL, replaced; keeps what it said."""

    def change(node: exp.Expression) -> exp.Expression:
        found = by_sql.get(node.sql(DIALECT)) if not isinstance(node, exp.Identifier) else None
        return found.copy() if found is not None else node

    made = expression.transform(change)
    if "said" in expression.meta:
        made.meta["said"] = expression.meta["said"]
    return made


def _bare(expression: exp.Expression) -> exp.Expression:
    """The expression with columns of the single source unqualified."""

    def change(node: exp.Expression) -> exp.Expression:
        return column(node.name) if isinstance(node, exp.Column) and node.table == SOURCE else node

    return expression.transform(change)


def _grouping_name(mark: exp.Expression) -> str:
    return "grouping_" + "_".join(one.name for one in mark.expressions)


def _grouping_sets(expressions: list[exp.Expression]) -> list[list[exp.Expression]]:
    """The sets of keys that GROUP BY asks for."""
    sets: list[list[exp.Expression]] = [[]]
    for one in expressions:
        sets = [[*before, *more] for before in sets for more in _sets_of(one)]
    return sets


def _sets_of(one: exp.Expression) -> list[list[exp.Expression]]:
    if isinstance(one, exp.Rollup):
        return [one.expressions[:n] for n in range(len(one.expressions), -1, -1)]
    if isinstance(one, exp.Cube):
        sets: list[list[exp.Expression]] = [[]]
        for key in one.expressions:
            sets = [[*some, *more] for some in sets for more in ([key], [])]
        return sets
    if isinstance(one, exp.GroupingSets):
        return [s for inner in one.expressions for s in _sets_of(inner)]
    if isinstance(one, exp.Tuple):
        return [one.expressions]
    if isinstance(one, exp.Paren):
        return [[one.this]]
    return [[one]]
