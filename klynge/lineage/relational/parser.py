"""From a model's compiled SQL to blocks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from klynge.lineage.relational.algebra import (
    WITNESS,
    Aggregate,
    Block,
    JoinInput,
    Keyword,
    Opaque,
    Select,
    SetOperation,
    Side,
    Subquery,
    UnionAll,
    Values,
    Window,
)
from klynge.lineage.relational.expressions import (
    DIALECT,
    SOURCE,
    aggregates_in,
    column,
    conjuncts,
    drop_qualifier,
    grouping_name,
    grouping_sets,
    inline_named_windows,
    is_local,
    is_one_row,
    outer_columns,
    replace_columns,
    replace_parts,
    said,
    split_correlation,
    split_equalities,
    subqueries_in,
    value_on_no_rows,
    windows_in,
)

#: Pairs of an outer expression and one of a sub-query that must be equal.
Pairs = list[tuple[exp.Expr, exp.Expr]]
#: Parts of a SELECT that are taken apart; any other makes it a :class:`Opaque`.
_KNOWN_PARTS = {
    "with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "distinct",
    "order", "kind", "hint", "operation_modifiers",
}  # fmt: skip


class UnknownSqlError(Exception):
    """A construct that is not taken apart; says which."""


@dataclass(frozen=True)
class _Clauses:
    """What a select says of its rows or groups, in the order in which it is computed."""

    outputs: dict[str, exp.Expr]
    having: list[exp.Expr]
    qualify: list[exp.Expr]

    @classmethod
    def of(cls, node: exp.Select) -> "_Clauses":
        outputs = {one.alias_or_name: one.unalias() for one in node.expressions}
        if "*" in outputs or len(outputs) != len(node.expressions):
            raise UnknownSqlError("columns without names of their own")
        return cls(outputs, _condition(node, "having"), _condition(node, "qualify"))

    def all(self) -> list[exp.Expr]:
        return [*self.outputs.values(), *self.having, *self.qualify]

    def changed(self, change: Callable[[exp.Expr], exp.Expr]) -> "_Clauses":
        return _Clauses(
            {name: change(one) for name, one in self.outputs.items()},
            [change(one) for one in self.having],
            [change(one) for one in self.qualify],
        )


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
    tree = _tree(sql)
    schema: dict[str, Any] = {}
    for table in tree.find_all(exp.Table):
        if (name := f"{table.db}.{table.name}") in columns:
            schema.setdefault(table.db, {})[table.name] = dict(columns[name])
    reader = _Reader(model, resolve)
    try:
        qualified = qualify(tree, dialect=DIALECT, schema=schema)
    except SqlglotError as error:
        names = tuple(columns[model]) if model in columns else ()
        if not names:
            raise
        return reader.whole(_tree(sql), {}, f"not understood: {error}", names)
    return reader.query(qualified, {})


def _tree(sql: str) -> exp.Expr:
    """The SQL as parsed, tables without a database, and without the places of its words.

    Parts of it are copied often, and half of a copy's time would go into those places.
    """
    tree = parse_one(sql, dialect=DIALECT)
    for node in tree.walk():
        node._meta = None
        if isinstance(node, exp.Table):
            node.set("catalog", None)
    return tree


class _Reader:
    """Reads one model."""

    def __init__(self, model: str, resolve: Callable[[str], Block]) -> None:
        self._model = model
        self._resolve = resolve
        self._made = 0

    def query(self, node: exp.Expr, env: Mapping[str, Block]) -> Block:
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
        node: exp.Expr,
        env: Mapping[str, Block],
        reason: str,
        names: tuple[str, ...] = (),
    ) -> Block:
        """A block that is not taken apart."""
        node = node.copy()
        node.set("with_", None) if env else None
        bound = self._bind(node, env)
        names = names or (tuple(node.named_selects) if isinstance(node, exp.Query) else ())
        if "*" in names or not names:
            raise UnknownSqlError(reason)
        return Opaque(self._model, names, node, bound, reason)

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
            named = exp.alias_(source, "source", table=list(names))
            return Values(self._model, names, named)
        if not table.db and table.name in env:
            return env[table.name]
        return self._resolve(f"{table.db}.{table.name}")

    def _bind(self, node: exp.Expr, env: Mapping[str, Block]) -> dict[str, Block]:
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
            return Opaque(self._model, names, recursive, bound, "a recursion")
        return self.query(body, env)

    # -- set operations ------------------------------------------------------------------------

    def _set_operation(self, node: exp.SetOperation, env: Mapping[str, Block]) -> Block:
        if node.args.get("by_name"):
            raise UnknownSqlError("set operation by name")
        left, right = self.query(node.left, env), self.query(node.right, env)
        distinct = bool(node.args.get("distinct"))
        if isinstance(node, exp.Union):
            both = UnionAll(self._model, left.columns, [*_parts(left), *_parts(right)])
            return self._distinct(both) if distinct else both
        keyword: Keyword = "except" if isinstance(node, exp.Except) else "intersect"
        return SetOperation(self._model, left.columns, left, right, keyword, distinct)

    def _distinct(self, block: Block) -> Block:
        return Aggregate(self._model, block.columns, block, block.columns, {})

    # -- one select ----------------------------------------------------------------------------

    def _select(self, node: exp.Select, env: Mapping[str, Block]) -> Block:
        node = inline_named_windows(node)
        unknown = [part for part, value in node.args.items() if value and part not in _KNOWN_PARTS]
        if unknown:
            raise UnknownSqlError(f"{', '.join(sorted(unknown))} in a select")
        distinct = node.args.get("distinct")
        if distinct and distinct.args.get("on"):
            raise UnknownSqlError("distinct on")
        clauses = _Clauses.of(node)
        inputs = self._inputs(node, env)
        where = _condition(node, "where")
        found = [one for expression in clauses.all() for one in aggregates_in(expression)]
        stage: Block | None = None
        if node.args.get("group") or found:
            stage, clauses = self._grouped(node, env, (inputs, where), clauses, found)
        elif any(windows_in(one) for one in clauses.all()):
            names = self._names(clauses.all())
            read: dict[str, exp.Expr] = {name: column(*key[::-1]) for key, name in names.items()}
            stage = self._built(inputs, where, read, env)
            by_name = {key: column(name, SOURCE) for key, name in names.items()}
            clauses = clauses.changed(lambda one: replace_columns(one, by_name))
        if stage is None:
            block = self._built(inputs, where, clauses.outputs, env)
        else:
            block = self._finished(stage, clauses, env)
        return self._distinct(block) if distinct else block

    def _finished(self, stage: Block, clauses: "_Clauses", env: Mapping[str, Block]) -> Block:
        """HAVING, windows, QUALIFY and the columns of a select, in this order."""
        if clauses.having:
            stage = self._filtered(stage, clauses.having, "having", env)
        windows = {w.sql(DIALECT): w for one in clauses.all() for w in windows_in(one)}
        if windows:
            named = {sql: f"window{i}" for i, sql in enumerate(windows)}
            stage = Window(
                self._model,
                (*stage.columns, *named.values()),
                stage,
                {named[sql]: cast("exp.Window", drop_qualifier(w)) for sql, w in windows.items()},
            )
            by_sql = {sql: column(name, SOURCE) for sql, name in named.items()}
            clauses = clauses.changed(lambda one: replace_parts(one, by_sql))
        if clauses.qualify:
            stage = self._filtered(stage, clauses.qualify, "qualify", env)
        return self._built([JoinInput(SOURCE, stage)], [], clauses.outputs, env)

    def _inputs(self, node: exp.Select, env: Mapping[str, Block]) -> list[JoinInput]:
        from_ = node.args.get("from_")
        if from_ is None:
            return []
        inputs = [JoinInput(from_.this.alias_or_name, self._source(from_.this, env))]
        for join in node.args.get("joins") or []:
            if join.method or join.kind not in ("", "INNER", "CROSS", "OUTER"):
                raise UnknownSqlError(f"{join.method or join.kind} join".lower())
            side = cast("Side", join.side.lower() or "inner")
            on = join.args.get("on")
            if on is not None and next(subqueries_in(on), None) is not None:
                raise UnknownSqlError("a sub-query in a join's condition")
            inputs.append(
                JoinInput(join.this.alias_or_name, self._source(join.this, env), side, on)
            )
        return inputs

    def _source(self, node: exp.Expr, env: Mapping[str, Block]) -> Block:
        if node.args.get("joins") or node.args.get("pivots") or node.args.get("sample"):
            raise UnknownSqlError("nested joins, pivots or samples")
        if isinstance(node, exp.Table):
            return self._table(node, env)
        if isinstance(node, exp.Subquery):
            return self.query(node.this, env)
        if isinstance(node, exp.Values):
            names = tuple(c.name for c in node.args["alias"].columns)
            if names:
                return Values(self._model, names, node.copy())
        raise UnknownSqlError(f"{type(node).__name__.lower()} as a source of rows")

    def _names(self, expressions: Iterable[exp.Expr]) -> dict[tuple[str, str], str]:
        """A name of its own for each source column that expressions read."""
        names: dict[tuple[str, str], str] = {}
        for expression in expressions:
            for found in expression.find_all(exp.Column):
                key = (found.table, found.name)
                if key not in names and not is_local(found, expression):
                    taken = set(names.values())
                    name = found.name if found.name not in taken else f"{found.table}_{found.name}"
                    names[key] = name if name not in taken else self._new(name)
        return names

    def _filtered(
        self, block: Block, where: list[exp.Expr], clause: str, env: Mapping[str, Block]
    ) -> Block:
        outputs: dict[str, exp.Expr] = {name: column(name, SOURCE) for name in block.columns}
        select = self._built([JoinInput(SOURCE, block)], where, outputs, env)
        cast("Select", select).clause = clause
        return select

    def _built(
        self,
        inputs: list[JoinInput],
        where: list[exp.Expr],
        outputs: dict[str, exp.Expr],
        env: Mapping[str, Block],
    ) -> Block:
        """A select whose sub-queries have become joins where they can."""
        if not inputs:
            inputs = [JoinInput(SOURCE, Values(self._model, (), None))]
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
        rows: tuple[list[JoinInput], list[exp.Expr]],
        clauses: "_Clauses",
        found: list[exp.Expr],
    ) -> tuple[Block, "_Clauses"]:
        """The groups of a select's rows, and its other clauses said of them."""
        sets = _key_sets(node, clauses)
        keys = {key.sql(DIALECT): key for one in sets for key in one}
        if any(next(subqueries_in(one), None) is not None for one in [*keys.values(), *found]):
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
        read = {key_names[sql]: key for sql, key in keys.items()}
        read |= {name: column(*k[::-1]) for k, name in arguments.items()}
        source = self._built(*rows, read, env)
        by_name = {key: column(name) for key, name in arguments.items()}
        over = {agg_names[sql]: replace_columns(one, by_name) for sql, one in aggregates.items()}
        marks = {one.sql(DIALECT): one for one in node.find_all(exp.Grouping, exp.GroupingId)}
        parts = [
            self._grouping(
                Aggregate(self._model, (*one, *over), source, tuple(one), over), key_names, marks
            )
            for one in ([key_names[key.sql(DIALECT)] for key in some] for some in sets)
        ]
        stage = parts[0] if len(parts) == 1 else UnionAll(self._model, parts[0].columns, parts)
        by_sql = {sql: column(name, SOURCE) for sql, name in {**key_names, **agg_names}.items()}
        by_sql |= {sql: column(grouping_name(one), SOURCE) for sql, one in marks.items()}
        return stage, clauses.changed(lambda one: _of_groups(one, by_sql))

    def _grouping(
        self, group: Aggregate, key_names: Mapping[str, str], marks: Mapping[str, exp.Expr]
    ) -> Block:
        """The groups of one grouping set, keys that are not of it null."""
        if len(group.keys) == len(key_names) and not marks:
            return group
        outputs: dict[str, exp.Expr] = {
            name: column(name, SOURCE) if name in group.keys else exp.null()
            for name in key_names.values()
        }
        outputs |= {name: column(name, SOURCE) for name in group.aggregates}
        for mark in marks.values():
            bits = "".join(
                "0" if key_names[one.sql(DIALECT)] in group.keys else "1"
                for one in mark.expressions
            )
            outputs[grouping_name(mark)] = exp.Literal.number(int(bits, 2))
        return Select(self._model, tuple(outputs), [JoinInput(SOURCE, group)], outputs)

    # -- sub-queries ---------------------------------------------------------------------------

    def _condition(self, select: Select, condition: exp.Expr, env: Mapping[str, Block]) -> None:
        """Add a condition to a select's WHERE, or the join that it comes to."""
        if next(subqueries_in(condition), None) is None:
            select.where.append(condition)
        elif isinstance(condition, exp.Exists):
            if not self._exists(select, condition.this, [], env):
                self._witnessed(select, condition, env)
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
        if next(subqueries_in(value), None) is not None:
            self._residual(select, condition, "whole", env)
        elif not outer_columns(inner):
            block = self._distinct(self.query(inner, env))
            alias = self._new("listed")
            on = exp.EQ(this=value.copy(), expression=column(block.columns[0], alias))
            on.meta["said"] = said(condition)
            select.inputs.append(JoinInput(alias, block, "inner", on))
        elif (
            not isinstance(inner, exp.Select)
            # over the rows of one outer row only
            or windows_in(inner.expressions[0])
            or not self._exists(select, inner, [(value, inner.expressions[0].unalias())], env)
        ):
            self._residual(select, condition, "whole", env)

    def _exists(
        self,
        select: Select,
        inner: exp.Expr,
        pairs: Pairs,
        env: Mapping[str, Block],
    ) -> bool:
        """Join the distinct keys of a sub-query that equalities tie to the outer rows."""
        parts = split_equalities(inner)
        if parts is None or _has_aggregates(inner):
            return False
        rows, tied = parts
        tied = [*pairs, *tied]
        if not tied:
            return False
        rows.set("expressions", _tied_keys(tied))
        rows.set("distinct", exp.Distinct())
        alias = self._new("existing")
        on = _tied_on(tied, alias)
        on.meta["said"] = f"exists ({inner.sql(DIALECT)})".replace('"', "")
        select.inputs.append(JoinInput(alias, self.query(rows, env), "inner", on))
        return True

    def _witnessed(self, select: Select, condition: exp.Exists, env: Mapping[str, Block]) -> None:
        """Add an EXISTS as it is, with the rows among which a witness is to be found."""
        inner = condition.this.unnest()
        found = None if _has_aggregates(inner) else split_correlation(inner)
        if found is None and not outer_columns(inner):
            try:
                rows = self.query(inner, env)
            except UnknownSqlError:
                self._residual(select, condition, "whole", env)
            else:
                self._residual(select, condition, "witness", env).rows = rows
            return
        if found is None or any(next(subqueries_in(one), None) for one in found[1]):
            self._residual(select, condition, "whole", env)
            return
        own, tied = found
        names: dict[tuple[str, str], str] = {}
        for inside in (c for one in tied for c in one.find_all(exp.Column) if is_local(c, inner)):
            names.setdefault((inside.table, inside.name), f"tied{len(names)}")
        read = [exp.alias_(column(c, t), tie, quoted=True) for (t, c), tie in names.items()]
        own.set("expressions", read or [exp.alias_(exp.Literal.number(1), "one", quoted=True)])
        by_name = {key: column(name, WITNESS) for key, name in names.items()}
        witness = self._residual(select, condition, "witness", env)
        witness.rows = self.query(own, env)
        witness.on = [replace_columns(one, by_name) for one in tied]

    def _with_scalars(
        self, select: Select, expression: exp.Expr, env: Mapping[str, Block]
    ) -> exp.Expr:
        """The expression with its scalar sub-queries joined."""
        for sub in list(subqueries_in(expression)):
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
    ) -> exp.Expr | None:
        inner = sub.unnest()
        alias = self._new("scalar")
        if not outer_columns(inner):
            block = self.query(inner, env)
            single = isinstance(inner, exp.Select) and is_one_row(inner)
            on: exp.Expr | None = None if single else exp.true()
            side: Side = "inner" if single else "left"
            select.inputs.append(JoinInput(alias, block, side, on, scalar=True))
            return column(block.columns[0], alias)
        parts = split_equalities(inner)
        if parts is None or not parts[1] or len(inner.expressions) != 1 or not is_one_row(inner):
            return None
        rows, tied = parts
        value = inner.expressions[0].unalias()
        here = exp.alias_(exp.Literal.number(1), "here", quoted=True)
        said_value = exp.alias_(value.copy(), "value", quoted=True)
        rows.set("expressions", [*_tied_keys(tied), said_value, here])
        rows.set("group", exp.Group(expressions=[key.copy() for _, key in tied]))
        on = _tied_on(tied, alias)
        select.inputs.append(JoinInput(alias, self.query(rows, env), "left", on))
        is_nothing = exp.Is(this=column("here", alias), expression=exp.null())
        return exp.Case(
            ifs=[exp.If(this=is_nothing, true=value_on_no_rows(value))],
            default=column("value", alias),
        )

    def _residual(
        self,
        select: Select,
        condition: exp.Expr,
        kind: Literal["absent", "witness", "whole"],
        env: Mapping[str, Block],
    ) -> Subquery:
        """Keep a condition with a sub-query in it as it is."""
        made = condition.copy()
        made.meta["said"] = said(condition)
        kept = Subquery(kind, said(condition), self._bind(made, env))
        select.subqueries.append(kept)
        select.where.append(made)
        return kept

    def _residual_within(self, select: Select, sub: exp.Expr, env: Mapping[str, Block]) -> None:
        text = sub.sql(DIALECT).replace('"', "")
        select.subqueries.append(Subquery("whole", text, self._bind(sub, env)))


def _has_aggregates(select: exp.Expr) -> bool:
    """Whether a select without groups has a row whatever it reads."""
    return any(True for one in select.expressions for _ in aggregates_in(one))


def _parts(block: Block) -> list[Block]:
    return block.parts if isinstance(block, UnionAll) else [block]


def _condition(node: exp.Select, clause: str) -> list[exp.Expr]:
    return conjuncts(node.args[clause].this) if node.args.get(clause) else []


def _key_sets(node: exp.Select, clauses: _Clauses) -> list[list[exp.Expr]]:
    group = node.args.get("group")
    if group and group.args.get("all"):
        return [[one for one in clauses.outputs.values() if not list(aggregates_in(one))]]
    return grouping_sets(group.expressions if group else [])


def _of_groups(expression: exp.Expr, by_sql: Mapping[str, exp.Expr]) -> exp.Expr:
    """An expression said of groups, where it can be."""
    made = replace_parts(expression, by_sql)
    for found in made.find_all(exp.Column):
        if found.table != SOURCE and not is_local(found, made):
            raise UnknownSqlError(f"{found.sql(DIALECT)} is neither key nor aggregate")
    return made


def _tied_keys(tied: Pairs) -> list[exp.Expr]:
    """What a sub-query gives to be joined by."""
    return [exp.alias_(key.copy(), f"tied{i}", quoted=True) for i, (_, key) in enumerate(tied)]


def _tied_on(tied: Pairs, alias: str) -> exp.Expr:
    """The condition that joins a sub-query by what it gives."""
    keys = [column(f"tied{i}", alias) for i in range(len(tied))]
    pairs = zip(tied, keys, strict=True)
    return exp.and_(*(exp.EQ(this=outer.copy(), expression=key) for (outer, _), key in pairs))
