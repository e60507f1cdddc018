"""Computing figures again from their supporting rows only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from klynge.lineage.models import DATABASE_NAME, Model, relation_name
from klynge.lineage.proof.tagged_sql import TAG, TaggedSql
from klynge.lineage.relational.algebra import TableScan, walk
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.pushdown import quoted
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.row_lineage import Support
from klynge.lineage.rows.temp_tables import TempTables
from klynge.lineage.workspace import run_models

Guards = Mapping[int, list[tuple[str, tuple[str, ...]]]]


def rebuild_from_support(
    scratch: TempTables, chain: ModelGraph, model: str, support: Support
) -> str:
    """The model built by its compiled SQL and that of all below it, from supporting rows alone.

    The support is that of one figure. What comes to nothing, since all that it reads is empty, is
    made as an empty table, and a model that is read once as a view, so that the engine computes
    what is asked of it only. Gives the relation.
    """
    execute = scratch.connection.execute
    execute(f"detach database if exists {DATABASE_NAME}")
    execute(f"attach ':memory:' as {DATABASE_NAME}")
    models = chain.models.build_plan((), [model])
    read = sorted(chain.models.external_inputs(models))
    for schema in sorted({name.partition(".")[0] for name in [*read, *(m.name for m in models)]}):
        execute(f'create schema {DATABASE_NAME}."{schema}"')
    for table in read:
        if rows := support.tables.get(table):
            among = scratch.among(rows, support.where[table])
            copied = f"as from {stored_name(table)} where {among}"
            execute(f"create table {relation_name(table)} {copied}")
    empty = {table for table in read if table not in support.tables}
    made = []
    for one in models:
        if one.reads <= empty and chain.is_empty_on_empty_inputs(one.name):
            empty.add(one.name)
        else:
            readers = sum(one.name in other.reads for other in models)
            made.append(_as_view(one) if readers < 2 else one)
    for name in sorted(empty):
        columns = ", ".join(f"{quoted(c)} {kind}" for c, kind in chain.columns[name].items())
        execute(f"create table {relation_name(name)} ({columns})")
    run_models(scratch.connection, made)
    return relation_name(model)


def _as_view(model: Model) -> Model:
    """A model that keeps its contract's types, and no rows."""
    columns = ", ".join(
        f"cast({quoted(c)} as {t}) as {quoted(c)}" for c, t in model.contract.items()
    )
    sql = f"select {columns or '*'} from ({model.sql}\n)"
    return replace(model, materialized="view", sql=sql)


@dataclass(frozen=True)
class Replayed:
    """Rows of a model that bear tags, and the table (figure, tag) that says whose each tag is."""

    relation: str
    worlds: str


@dataclass
class BatchReplay:
    """Models computed for many figures at once, each from its own supporting rows.

    Figures that rest on the same rows below a model share a world there.
    """

    scratch: TempTables
    chain: ModelGraph
    support: Support
    #: where given, each grouping step is held to what was asked for, and each model
    guards: Guards | None = None
    #: by table: relation, the table of (figure, tag), whether its rows bear tags
    _made: dict[str, tuple[str, str, bool]] = field(default_factory=dict)

    def model(self, model: str) -> "Replayed":
        """A model's rows in all worlds."""
        relation, worlds, _ = self._table(model)
        return Replayed(relation, worlds)

    def _table(self, table: str) -> tuple[str, str, bool]:
        if table not in self._made:
            is_guarded = self.guards is not None and table not in self.support.tables
            is_made = table in self.chain.models and not is_guarded
            self._made[table] = self._model(table) if is_made else self._given(table)
        return self._made[table]

    def _given(self, table: str) -> tuple[str, str, bool]:
        """The supporting rows of a table that is not computed: those of raw ones, or none."""
        columns = "".join(f", {quoted(c)}" for c in self.chain.columns[table])
        if table not in self.support.tables:
            nothing = self.scratch.table("shared", "select 0 as figure, 0 as tag where false")
            none = (
                f"select cast(0 as integer) as {TAG}{columns} from {stored_name(table)} where false"
            )
            return f"({none})", nothing, True
        rows = self.support.tables[table]
        return (
            (
                f"(select support.tag as {TAG}{columns} from {rows} as support "
                f"join {stored_name(table)} as rows on rows.rowid = support.row)"
            ),
            self.support.shared[table],
            True,
        )

    def _model(self, model: str) -> tuple[str, str, bool]:
        body = self.chain.body(model)
        sources = sorted({one.model for one in walk(body) if isinstance(one, TableScan)})
        made = {source: self._table(source) for source in sources}
        worlds = self._worlds([shared for _, shared, _ in made.values()])
        tags = self.scratch.table("tags", f"select distinct tag from {worlds}")
        relations = {}
        for i, (source, (relation, _, tagged)) in enumerate(made.items()):
            columns = "".join(f", rows.{quoted(c)}" for c in self.chain.columns[source])
            inner = (
                f"(select worlds.tag as {TAG}{columns} from {relation} as rows "
                f"join (select distinct tag, tag{i} from {worlds}) as worlds "
                f"on worlds.tag{i} = rows.{TAG})"
            )
            relations[source] = (inner if tagged else relation, tagged)
        sql, tagged = TaggedSql(relations.__getitem__, tags, self.guards or {}).sql(body)
        types = self.chain.columns[model]
        columns = ", ".join(f"cast({quoted(c)} as {types[c]}) as {quoted(c)}" for c in types)
        columns = f"{TAG}, {columns}" if tagged else columns
        return self.scratch.table("world", f"select {columns} from ({sql})"), worlds, tagged

    def _worlds(self, shared: Sequence[str]) -> str:
        """A table (figure, tag, tag0, tag1, …): a world for each combination of the sources'."""
        every = self.support.shared[next(iter(self.support.tables))]
        columns = "".join(f", t{i}.tag as tag{i}" for i in range(len(shared)))
        joins = " ".join(
            f"left join {tags} as t{i} on t{i}.figure = every.figure"
            for i, tags in enumerate(shared)
        )
        order = ", ".join(f"tag{i}" for i in range(len(shared))) or "1"
        return self.scratch.table(
            "worlds",
            f"select *, cast(dense_rank() over (order by {order}) as integer) as tag "
            f"from (select every.figure{columns} from {every} as every {joins})",
        )


def differences(  # noqa: PLR0913, PLR0917 - what is compared with what, where and in which columns
    connection: duckdb.DuckDBPyConnection,
    chain: ModelGraph,
    model: str,
    demanded: str,
    replayed: Replayed,
    columns: Sequence[str],
) -> dict[int, str]:
    """The figures whose stored row is not the one that was replayed, and how they differ.

    ``demanded`` has the numbers of figures as tags, and their rows of the model.
    """
    grain = chain.models[model].grain or tuple(chain.columns[model])
    keys, same = (
        " and ".join(f"made.{quoted(c)} is not distinct from stored.{quoted(c)}" for c in some)
        for some in (grain, columns)
    )
    wrong = connection.execute(
        f"select demanded.tag, count(made.{TAG}) as found, "
        f"coalesce(bool_and({same}), false) as same "
        f"from {demanded} as demanded "
        f"join {stored_name(model)} as stored on stored.rowid = demanded.row "
        f"join {replayed.worlds} as worlds on worlds.figure = demanded.tag "
        f"left join {replayed.relation} as made on made.{TAG} = worlds.tag and {keys} "
        "group by demanded.tag having found <> 1 or not same"
    ).fetchall()
    return {
        tag: "it is not there" if not found else f"{found} rows" if found > 1 else "another value"
        for tag, found, _ in wrong
    }
