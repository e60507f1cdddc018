"""Make random chains of models over small random tables, so that they can be traced."""

import random
from dataclasses import dataclass

from klynge.lineage.models import CompiledModels, Model

NUMBERS, TEXTS = ("k", "v"), ("g", "t")


@dataclass(frozen=True)
class Relation:
    """The SQL of some rows, with their columns and key.

    ``columns`` maps each column to its type, ``int`` or ``text``. ``key`` is None if the rows have
    no key.
    """

    sql: str
    columns: dict[str, str]
    key: tuple[str, ...] | None


@dataclass(frozen=True)
class Chain:
    """Raw tables with their rows, the models in order, and the name of the last model."""

    tables: dict[str, list[tuple]]
    models: CompiledModels
    mart: str


RAW = {"source_row_key": "text", "k": "int", "g": "text", "v": "int", "t": "text"}
TYPES = {"int": "integer", "text": "varchar"}


def random_chain(seed):
    """Make a chain of two to four models; the last model has a key."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    tables = {f"raw.{name}": _rows(rng, name) for name in rng.sample("abc", rng.randint(2, 3))}
    known = [Relation(_name(table), dict(RAW), ("source_row_key",)) for table in tables]
    models = []
    for number in range(rng.randint(1, 3)):
        relation = _model(rng, known)
        models.append(_as_model(rng, f"m{number}", "intermediate", relation, known))
        known.append(Relation(_name(models[-1].name), relation.columns, relation.key))
    last = _keyed(rng, _model(rng, [known[-1], rng.choice(known)]))
    models.append(_as_model(rng, "mart", "evaluation", last, known, materialized="table"))
    return Chain(tables, CompiledModels(models, {}), "evaluation.mart")


def _rows(rng, name):
    def maybe(value):
        return None if rng.random() < 0.15 else value

    return [
        (
            f"{name}#{number}",
            maybe(rng.randint(1, 3)),
            maybe(rng.choice("xyz")),
            maybe(rng.randint(-3, 6)),
            maybe(rng.choice("pqr")),
        )
        for number in range(rng.randint(3, 8))
    ]


def _name(table):
    schema, _, name = table.partition(".")
    return f'"klyngedata"."{schema}"."{name}"'


def _as_model(rng, name, schema, relation, known, materialized=None):
    reads = {
        one.sql.replace('"', "").removeprefix("klyngedata.")
        for one in known
        if one.sql in relation.sql
    }
    return Model(
        schema,
        name,
        materialized or rng.choice(["table", "view"]),
        relation.sql,
        frozenset(reads),
        relation.key or (),
        "",
        {},
    )


def _model(rng, known):
    relation = _step(rng, known)
    for _ in range(rng.randint(0, 2)):
        relation = _step(rng, [_nested(relation), *known], first=True)
    return relation


def _nested(relation):
    return Relation(f"({relation.sql})", relation.columns, relation.key)


def _step(rng, known, first=False):
    source = known[0] if first else rng.choice(known)
    kinds = [
        _filtered, _computed, _joined, _joined, _grouped, _grouped, _windowed, _windowed, _united,
        _distinct, _within, _compared, _scalar,
    ]  # fmt: skip
    if rng.random() < 0.04:
        kinds = [_recursive, _limited]
    return rng.choice(kinds)(rng, source, known)


def _of(rng, relation, kind):
    found = [
        name for name, one in relation.columns.items() if one == kind and name != "source_row_key"
    ]
    return rng.choice(found) if found else None


def _any(rng, relation):
    found = [name for name in relation.columns if name != "source_row_key"]
    return rng.choice(found or list(relation.columns))


def _condition(rng, relation, alias="s"):
    name = _any(rng, relation)
    if relation.columns[name] == "int":
        return rng.choice([
            f"{alias}.{name} > {rng.randint(-2, 4)}", f"{alias}.{name} <> {rng.randint(0, 4)}",
            f"{alias}.{name} is not null", f"coalesce({alias}.{name}, 0) < {rng.randint(0, 5)}",
            f"{alias}.{name} between {rng.randint(-2, 1)} and {rng.randint(2, 5)}",
        ])  # fmt: skip
    return rng.choice([
        f"{alias}.{name} in ('x', 'y', 'p')", f"{alias}.{name} <> 'q'", f"{alias}.{name} is null",
        f"({alias}.{name} = 'x' or {alias}.{name} = 'p' or {alias}.{name} is null)",
    ])  # fmt: skip


def _columns(relation, alias="s"):
    return ", ".join(f"{alias}.{name}" for name in relation.columns)


def _filtered(rng, source, _known):
    conditions = " and ".join(_condition(rng, source) for _ in range(rng.randint(1, 2)))
    sql = f"select {_columns(source)} from {source.sql} as s where {conditions}"
    if rng.random() < 0.3:
        sql = f"with c as (select * from {source.sql} as s where {conditions}) select * from c"
    return Relation(sql, source.columns, source.key)


def _computed(rng, source, _known):
    columns = dict(source.columns)
    number, text = _of(rng, source, "int"), _of(rng, source, "text")
    parts = [f"s.{name}" for name in columns]
    if number:
        made = rng.choice([
            f"s.{number} + 1", f"coalesce(s.{number}, 0)",
            f"case when s.{number} > 1 then s.{number} end",
            f"cast(abs(s.{number}) as integer)",
        ])  # fmt: skip
        name = _fresh(columns, "n")
        parts.append(f"{made} as {name}")
        columns[name] = "int"
    if text and rng.random() < 0.6:
        made = rng.choice([
            f"s.{text} || '!'", f"coalesce(s.{text}, 'none')", "'fixed'",
            f"case s.{text} when 'x' then 'first' else s.{text} end",
        ])  # fmt: skip
        name = _fresh(columns, "w")
        parts.append(f"{made} as {name}")
        columns[name] = "text"
    return _thinned(
        rng, Relation(f"select {', '.join(parts)} from {source.sql} as s", columns, source.key)
    )


def _fresh(columns, stem):
    return next(f"{stem}{i}" for i in range(99) if f"{stem}{i}" not in columns)


def _thinned(rng, relation):
    """Keep at most six columns."""
    if len(relation.columns) <= 6:
        return relation
    kept = [*(relation.key or ())]
    kept += rng.sample([c for c in relation.columns if c not in kept], max(0, 6 - len(kept)))
    return Relation(
        f"select {', '.join(f's.{c}' for c in kept)} from ({relation.sql}) as s",
        {c: relation.columns[c] for c in kept},
        relation.key,
    )


def _pair(rng, left, right):
    kind = rng.choice(["int", "text"])
    one, other = _of(rng, left, kind), _of(rng, right, kind)
    if one is None or other is None:
        return None
    return one, other


def _joined(rng, source, known):
    other = rng.choice(known)
    pair = _pair(rng, source, other)
    side = rng.choice(["inner", "inner", "left", "left", "left", "right", "full", "cross"])
    columns, parts = dict(source.columns), [f"s.{name}" for name in source.columns]
    for name, kind in list(other.columns.items())[:4]:
        fresh = _fresh(columns, "j")
        parts.append(f"o.{name} as {fresh}")
        columns[fresh] = kind
    on = ""
    if side == "cross" or pair is None:
        side = "cross"
    else:
        sign = rng.choice(["=", "=", "=", "is not distinct from"])
        on = f" on s.{pair[0]} {sign} o.{pair[1]}"
        if rng.random() < 0.25:
            on += f" and {_condition(rng, other, 'o')}"
    where = ""
    roll = rng.random()
    if roll < 0.2 and side == "left" and pair:
        where = f" where o.{pair[1]} is null"
    elif roll < 0.4:
        where = f" where {_condition(rng, source)}"
    sql = (
        f"select {', '.join(parts)} from {source.sql} as s {side} join {other.sql} as o{on}{where}"
    )
    return _thinned(rng, Relation(sql, columns, None))


def _grouped(rng, source, _known):
    keys = rng.sample(
        [c for c in source.columns if c != "source_row_key"] or list(source.columns),
        k=min(rng.choice([0, 1, 1, 1, 2]), max(1, len(source.columns) - 1)),
    )
    columns = {key: source.columns[key] for key in keys}
    parts = [f"s.{key}" for key in keys]
    number, text = _of(rng, source, "int"), _any(rng, source)
    choices = [
        ("count(*)", "int"),
        (f"count(distinct s.{text})", "int"),
        (f"max(s.{text})", source.columns[text]),
    ]
    if number:
        choices += [
            (f"sum(s.{number})", "int"), (f"min(s.{number})", "int"), (f"count(s.{number})", "int"),
            (f"sum(s.{number}) filter (where {_condition(rng, source)})", "int"),
            (f"sum(case when {_condition(rng, source)} then s.{number} end)", "int"),
            (f"sum(s.{number} * s.{number})", "int"),
        ]  # fmt: skip
    if source.columns[text] == "text":
        choices.append((f"string_agg(s.{text}, ',' order by s.{text})", "text"))
    made = rng.sample(choices, k=rng.randint(1, 2))
    for expression, kind in made:
        name = _fresh(columns, "a")
        parts.append(f"cast({expression} as {TYPES[kind]}) as {name}")
        columns[name] = kind
    sql = f"select {', '.join(parts)} from {source.sql} as s"
    if rng.random() < 0.25:
        sql += f" where {_condition(rng, source)}"
    key = tuple(keys)
    if keys:
        if rng.random() < 0.15:
            key = None
            plain = "".join(f"s.{k}, " for k in keys[:-1])
            sql += f" group by {plain}rollup(s.{keys[-1]})"
        else:
            sql += f" group by {', '.join(f's.{k}' for k in keys)}"
        if rng.random() < 0.3:
            having = rng.choice(["count(*) > 1", "count(*) < 3", f"{made[0][0]} is not null"])
            sql += f" having {having}"
    return Relation(sql, columns, key or None)


def _windowed(rng, source, _known):
    part = rng.sample(
        list(source.columns), k=rng.choice([0, 1, 1, 2]) if len(source.columns) > 1 else 1
    )
    total = ", ".join(f"s.{c} nulls last" for c in source.columns)
    order = f"order by {rng.choice(['', 's.' + _any(rng, source) + ' desc nulls last, '])}{total}"
    peers = f"order by s.{_any(rng, source)} nulls first"
    number = _of(rng, source, "int")
    over = f"partition by {', '.join(f's.{c}' for c in part)} " if part else ""
    choices = [
        ("row_number()", order, "int"), ("row_number()", order, "int"), ("rank()", peers, "int"),
        ("dense_rank()", peers, "int"), ("count(*)", "", "int"), ("count(*)", peers, "int"),
        (f"first_value(s.{_any(rng, source)})", order, None),
        (f"lag(s.{_any(rng, source)})", order, None),
    ]  # fmt: skip
    if number:
        choices += [
            (f"sum(s.{number})", "", "int"), (f"sum(s.{number})", peers, "int"),
            (f"min(s.{number})", "", "int"),
            (f"sum(s.{number})", f"{order} rows unbounded preceding", "int"),
        ]  # fmt: skip
    function, ordered, kind = rng.choice(choices)
    kind = kind or source.columns[function.partition("s.")[2].rstrip(")")]
    columns = dict(source.columns)
    name = _fresh(columns, "w")
    columns[name] = kind
    window = f"cast({function} over ({over}{ordered}) as {TYPES[kind]})"
    sql = f"select {_columns(source)}, {window} as {name} from {source.sql} as s"
    roll = rng.random()
    if kind == "int" and roll < 0.25:
        sql += f" qualify {window} = 1"
    elif kind == "int" and roll < 0.5:
        sql = f"select * from ({sql}) as s where s.{name} {rng.choice(['= 1', '< 3', '> 1'])}"
    return _thinned(rng, Relation(sql, columns, source.key))


def _aligned(source, other):
    """Pair the columns of two relations by position, if they have the same type."""
    pairs = []
    for kind in ("int", "text"):
        left = [c for c, one in source.columns.items() if one == kind]
        right = [c for c, one in other.columns.items() if one == kind]
        pairs += [(x, y, kind) for x, y in zip(left, right, strict=False)]
    return pairs[:4]


def _united(rng, source, known):
    other = rng.choice(known)
    pairs = _aligned(source, other)
    if not pairs:
        return _distinct(rng, source, known)
    word = rng.choice(["union all", "union all", "union"])
    sql = (
        f"select {', '.join(f's.{x} as u{i}' for i, (x, _, _) in enumerate(pairs))}, 'one' as side "
        f"from {source.sql} as s {word} "
        f"select {', '.join(f'o.{y}' for _, y, _ in pairs)}, {rng.choice(['null', quote('two')])} "
        f"from {other.sql} as o"
    )
    return Relation(
        sql, {f"u{i}": kind for i, (*_, kind) in enumerate(pairs)} | {"side": "text"}, None
    )


def quote(text):
    return f"'{text}'"


def _distinct(rng, source, _known):
    kept = rng.sample(list(source.columns), k=rng.randint(1, min(3, len(source.columns))))
    sql = f"select distinct {', '.join(f's.{c}' for c in kept)} from {source.sql} as s"
    return Relation(sql, {c: source.columns[c] for c in kept}, tuple(kept))


def _compared(rng, source, known):
    other = rng.choice(known)
    pairs = _aligned(source, other)[:2]
    if not pairs:
        return _distinct(rng, source, known)
    word = rng.choice(["except", "intersect", "except all"])
    sql = (
        f"select {', '.join(f's.{x} as u{i}' for i, (x, _, _) in enumerate(pairs))} "
        f"from {source.sql} as s {word} "
        f"select {', '.join(f'o.{y}' for _, y, _ in pairs)} from {other.sql} as o"
    )
    return Relation(sql, {f"u{i}": kind for i, (*_, kind) in enumerate(pairs)}, None)


def _within(rng, source, known):
    other = rng.choice(known)
    pair = _pair(rng, source, other)
    if pair is None:
        return _filtered(rng, source, known)
    inner = f" where {_condition(rng, other, 'o')}" if rng.random() < 0.4 else ""
    also = f" and {_condition(rng, other, 'o')}" if rng.random() < 0.4 else ""
    condition = rng.choice([
        f"s.{pair[0]} in (select o.{pair[1]} from {other.sql} as o{inner})",
        f"s.{pair[0]} not in "
            f"(select o.{pair[1]} from {other.sql} as o where o.{pair[1]} is not null)",
        f"s.{pair[0]} not in (select o.{pair[1]} from {other.sql} as o{inner})",
        f"exists (select 1 from {other.sql} as o where o.{pair[1]} = s.{pair[0]}{also})",
        f"exists (select 1 from {other.sql} as o{inner})",
        f"not exists (select 1 from {other.sql} as o where o.{pair[1]} = s.{pair[0]}{also})",
        f"exists (select 1 from {other.sql} as o where o.{pair[1]} < s.{pair[0]}{also})",
    ])  # fmt: skip
    sql = f"select {_columns(source)} from {source.sql} as s where {condition}"
    return Relation(sql, source.columns, source.key)


def _scalar(rng, source, known):
    other = rng.choice(known)
    pair, number = _pair(rng, source, other), _of(rng, other, "int")
    if pair is None or number is None:
        return _filtered(rng, source, known)
    columns = dict(source.columns)
    name = _fresh(columns, "q")
    columns[name] = "int"
    inner = rng.choice([
        f"select max(o.{number}) from {other.sql} as o",
        f"select count(*) from {other.sql} as o where {_condition(rng, other, 'o')}",
        f"select sum(o.{number}) from {other.sql} as o where o.{pair[1]} = s.{pair[0]}",
        f"select count(o.{number}) from {other.sql} as o where o.{pair[1]} = s.{pair[0]}",
    ])  # fmt: skip
    if rng.random() < 0.3:
        least = rng.randint(0, 2)
        sql = f"select {_columns(source)} from {source.sql} as s where ({inner}) > {least}"
        return Relation(sql, source.columns, source.key)
    sql = f"select {_columns(source)}, cast(({inner}) as integer) as {name} from {source.sql} as s"
    return _thinned(rng, Relation(sql, columns, source.key))


def _recursive(rng, source, known):
    number = _of(rng, source, "int")
    if number is None:
        return _filtered(rng, source, known)
    sql = (
        f"with recursive steps as (select s.{number} as n, 0 as depth from {source.sql} as s "
        f"union all select steps.n + 1, steps.depth + 1 from steps where steps.depth < 2) "
        "select n, depth from steps"
    )
    return Relation(sql, {"n": "int", "depth": "int"}, None)


def _limited(rng, source, _known):
    total = ", ".join(f"s.{c} nulls last" for c in source.columns)
    most = rng.randint(1, 4)
    sql = f"select {_columns(source)} from {source.sql} as s order by {total} limit {most}"
    return Relation(sql, source.columns, source.key)


def _keyed(rng, relation):
    """Give the relation a key: its own, or one or two columns by which it is grouped."""
    if relation.key:
        return relation
    return _final_groups(rng, _nested(relation))


def _final_groups(rng, source):
    keys = rng.sample(list(source.columns), k=rng.randint(1, min(2, len(source.columns))))
    columns = {key: source.columns[key] for key in keys}
    number = _of(rng, source, "int")
    made = rng.choice([("count(*)", "int")] + ([(f"sum(s.{number})", "int")] if number else []))
    columns["figure"] = made[1]
    listed = ", ".join(f"s.{k}" for k in keys)
    figure = f"cast({made[0]} as integer) as figure"
    sql = f"select {listed}, {figure} from {source.sql} as s group by {listed}"
    return Relation(sql, columns, tuple(keys))
