"""Replay a figure: run the compiled SQL of its models again, on the supporting rows alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb

from klynge.lineage.explanation import explain
from klynge.lineage.models import DATABASE_NAME, Model, relation_name
from klynge.lineage.proof.tagged_sql import TAG
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.row_lineage import Support
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.workspace import run_models


@dataclass(frozen=True)
class ReplayedRows:
    """The replayed rows of a model, each with a tag.

    ``shared`` is a table (figure, tag). It lists the figures that have each tag.
    """

    relation: str
    shared: str


def rebuild_from_support(temp: TempTables, graph: ModelGraph, model: str, support: Support) -> str:
    """Build a model and all models below it from the supporting rows of one figure.

    Returns the name of the model's relation. A model becomes an empty table if all its sources are
    empty. It becomes a view if at most one other model reads it. The engine then computes only the
    needed columns and rows of the view.
    """
    execute = temp.connection.execute
    execute(f"detach database if exists {DATABASE_NAME}")
    execute(f"attach ':memory:' as {DATABASE_NAME}")
    models = graph.models.build_plan((), [model])
    read = sorted(graph.models.external_inputs(models))
    for schema in {name.partition(".")[0] for name in [*read, *(m.name for m in models)]}:
        execute(f'create schema {DATABASE_NAME}."{schema}"')
    for table in support.tables.keys() & read:
        among = temp.row_filter(support.tables[table], support.where[table])
        copied = f"as from {stored_name(table)} where {among}"
        execute(f"create table {relation_name(table)} {copied}")
    empty = _empty_tables(graph, models, set(read) - support.tables.keys())
    for name in empty:
        columns = ", ".join(f"{quote_identifier(c)} {t}" for c, t in graph.columns[name].items())
        execute(f"create table {relation_name(name)} ({columns})")
    run_models(temp.connection, _with_views([one for one in models if one.name not in empty]))
    return relation_name(model)


def differences(  # noqa: PLR0913, PLR0917 - the two sides, and the columns compared
    connection: duckdb.DuckDBPyConnection,
    graph: ModelGraph,
    model: str,
    demanded: str,
    replayed: ReplayedRows,
    columns: Sequence[str],
) -> dict[int, str]:
    """Say for each figure how its replayed row differs from its stored row; skip equal rows.

    ``demanded`` is a table (tag, row). A tag is the number of a figure, and a row is the figure's
    row in the model.
    """
    grain = graph.models[model].grain or tuple(graph.columns[model])
    keys, same = (
        " and ".join(
            f"made.{quote_identifier(c)} is not distinct from stored.{quote_identifier(c)}"
            for c in names
        )
        for names in (grain, columns)
    )
    found = connection.execute(
        f"select demanded.tag, count(made.{TAG}) as found, "
        f"coalesce(bool_and({same}), false) as same "
        f"from {demanded} as demanded "
        f"join {stored_name(model)} as stored on stored.rowid = demanded.row "
        f"join {replayed.shared} as worlds on worlds.figure = demanded.tag "
        f"left join {replayed.relation} as made on made.{TAG} = worlds.tag and {keys} "
        "group by demanded.tag having found <> 1 or not same"
    ).fetchall()
    return {tag: _difference(rows) for tag, rows, _ in found}


def _difference(rows: int) -> str:
    if rows == 0:
        return explain("the row is missing")
    return explain("{rows} rows", rows=rows) if rows > 1 else explain("another value")


def _empty_tables(graph: ModelGraph, models: Sequence[Model], empty: Collection[str]) -> set[str]:
    """Return ``empty``, and the models that have no rows because their inputs are empty."""
    found = set(empty)
    for one in models:
        if one.reads <= found and graph.is_empty_on_empty_inputs(one.name):
            found.add(one.name)
    return found


def _with_views(models: Sequence[Model]) -> list[Model]:
    """Return the models. A model becomes a view if at most one other model reads it."""
    return [
        _as_view(one) if sum(one.name in other.reads for other in models) < 2 else one
        for one in models
    ]


def _as_view(model: Model) -> Model:
    """Return a model as a view whose columns have the types of its contract."""
    columns = ", ".join(
        f"cast({quote_identifier(c)} as {t}) as {quote_identifier(c)}"
        for c, t in model.contract.items()
    )
    sql = f"select {columns or '*'} from ({model.sql}\n)"
    return replace(model, materialized="view", sql=sql)
