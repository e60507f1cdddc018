"""Computing figures again from their supporting rows only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from klynge.lineage.chain import Chain
from klynge.lineage.filters import quoted
from klynge.lineage.restricting import stored_name
from klynge.lineage.scratch import Scratch
from klynge.lineage.tagging import TAG, Tagged
from klynge.releases.compiled import DATABASE_NAME, run
from klynge.releases.compiled import quoted as database_name

Guards = Mapping[int, list[tuple[str, tuple[str, ...]]]]


def rebuilt(
    connection: duckdb.DuckDBPyConnection, chain: Chain, model: str, support: Mapping[str, str]
) -> str:
    """The model built by its compiled SQL and that of all below it, from supporting rows alone.

    ``support`` has for each stored table the table of (tag, row), of one tag. Gives the relation.
    """
    connection.execute(f"detach database if exists {DATABASE_NAME}")
    connection.execute(f"attach ':memory:' as {DATABASE_NAME}")
    models = chain.models.between((), [model])
    for table in sorted(chain.models.read_by(models)):
        schema, _, _name = table.partition(".")
        connection.execute(f'create schema if not exists {DATABASE_NAME}."{schema}"')
        rows = f"rowid in (select row from {support[table]})" if table in support else "false"
        connection.execute(
            f"create table {database_name(table)} as from {stored_name(table)} where {rows}"
        )
    run(connection, models)
    return database_name(model)


@dataclass
class Worlds:
    """Models computed for many figures at once, each from its own supporting rows."""

    scratch: Scratch
    chain: Chain
    #: by raw or reference table, the table of (tag, row)
    support: Mapping[str, str]
    #: a table of all tags
    tags: str
    guards: Guards = field(default_factory=dict)
    _made: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def model(self, model: str) -> tuple[str, bool]:
        """The relation of a model's rows in all worlds, and whether they bear tags."""
        return self._table(model)

    def _table(self, table: str) -> tuple[str, bool]:
        if table not in self._made:
            in_models = table in self.chain.models
            self._made[table] = self._model(table) if in_models else self._raw(table)
        return self._made[table]

    def _raw(self, table: str) -> tuple[str, bool]:
        columns = ", ".join(quoted(c) for c in self.chain.columns[table])
        if table in self.support:
            return (
                f"(select support.tag as {TAG}, {columns} from {self.support[table]} as support "
                f"join {stored_name(table)} as rows on rows.rowid = support.row)"
            ), True
        return f"(select cast(0 as integer) as {TAG}, {columns} from {stored_name(table)} where false)", True

    def _model(self, model: str) -> tuple[str, bool]:
        body = self.chain.body(model)
        sql, tagged = Tagged(self._table, self.tags, self.guards).sql(body)
        types = self.chain.columns[model]
        columns = ", ".join(f"cast({quoted(c)} as {types[c]}) as {quoted(c)}" for c in types)
        columns = f"{TAG}, {columns}" if tagged else columns
        return self.scratch.table("world", f"select {columns} from ({sql})"), tagged


def differing(
    connection: duckdb.DuckDBPyConnection,
    chain: Chain,
    model: str,
    demanded: str,
    relation: str,
    columns: Sequence[str],
) -> dict[int, str]:
    """The tags whose stored row is not the one in ``relation``, and how they differ.

    ``demanded`` has the tags and rows of the model; ``relation`` bears tags.
    """
    stored, grain = stored_name(model), chain.models[model].grain or tuple(chain.columns[model])
    keys = " and ".join(f"made.{quoted(c)} is not distinct from stored.{quoted(c)}" for c in grain)
    same = " and ".join(
        f"made.{quoted(c)} is not distinct from stored.{quoted(c)}" for c in columns
    )
    wrong = connection.execute(
        f"select demanded.tag, count(made.{TAG}) as found, coalesce(bool_and({same}), false) as same "
        f"from {demanded} as demanded join {stored} as stored on stored.rowid = demanded.row "
        f"left join {relation} as made on made.{TAG} = demanded.tag and {keys} "
        "group by demanded.tag having found <> 1 or not same"
    ).fetchall()
    return {
        tag: "it is not there" if not found else f"{found} rows" if found > 1 else "another value"
        for tag, found, _ in wrong
    }
