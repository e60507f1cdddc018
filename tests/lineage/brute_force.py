"""Build and trace random chains; compare each trace with the effect of deleting each raw row."""

import random
from dataclasses import dataclass

import duckdb

from klynge.lineage import Tracer
from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.rows.temp_tables import RELEASE_NAME
from klynge.lineage.workspace import run_models
from klynge.warehouse.compiled_models import mart_names
from tests.lineage.chains import RAW, TYPES, random_chain

COLUMNS = ", ".join(f"{name} {TYPES[kind]}" for name, kind in RAW.items())


def built(tables, models):
    """Build a release of ``models`` on raw tables; return a connection for the tracer.

    ``tables`` maps each table to (the declaration of its columns, its rows).
    """
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    connection.execute("attach ':memory:' as klyngedata")
    connection.execute(f"attach ':memory:' as {RELEASE_NAME}")
    for table, (columns, rows) in tables.items():
        schema = table.partition(".")[0]
        connection.execute(f"create schema if not exists klyngedata.{schema}")
        connection.execute(f"create table klyngedata.{table} ({columns})")
        marks = ", ".join("?" * len(rows[0])) if rows else ""
        for row in rows:
            connection.execute(f"insert into klyngedata.{table} values ({marks})", row)
    run_models(connection, models.values())
    for name in [*tables, *models]:
        is_view = name in models and models[name].materialized == "view"
        connection.execute(f"create schema if not exists {RELEASE_NAME}.{name.partition('.')[0]}")
        nothing = " where false" if is_view else ""
        connection.execute(f"create table {RELEASE_NAME}.{name} as from klyngedata.{name}{nothing}")
    return connection


class Case:
    """A random chain, with views that show its mart without some raw rows."""

    def __init__(self, seed):
        self.chain = random_chain(seed)
        tables = {name: (COLUMNS, rows) for name, rows in self.chain.tables.items()}
        self.connection = built(tables, self.chain.models)
        self._views_on_what_is_left()

    def tracer(self):
        return Tracer(
            ReleaseDatabase(self.connection, self.chain.models, mart_names(self.chain.models))
        )

    def row_keys(self):
        """Return (table, row key) of every raw row."""
        return [(table, row[0]) for table, rows in self.chain.tables.items() for row in rows]

    def without(self, *keys):
        """Return the mart's rows by key, as they are without the raw rows with these keys."""
        self.connection.execute("set variable gone = $1", [list(keys)])
        answer = self.connection.execute("from brute.evaluation.mart")
        names = [name for name, *_ in answer.description]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        return {tuple(row[c] for c in self.grain): row for row in rows}

    def is_certain(self, whole):
        """Return whether the stored mart has the same rows as the views."""
        mart = f"{RELEASE_NAME}.{self.chain.mart}"
        stored = self.connection.execute(f"from {mart}").fetchall()
        return sorted(map(str, stored)) == sorted(str(tuple(r.values())) for r in whole.values())

    @property
    def grain(self):
        return self.chain.models[self.chain.mart].grain

    def _views_on_what_is_left(self):
        """Create all models as views on the raw rows that are not deleted."""
        self.connection.execute("attach ':memory:' as brute")
        for table in self.chain.tables:
            self.connection.execute("create schema if not exists brute.raw")
            self.connection.execute(
                f"create view brute.{table} as from {RELEASE_NAME}.{table} "
                "where source_row_key not in "
                "(select unnest(cast(getvariable('gone') as varchar[])))"
            )
        for model in self.chain.models.values():
            self.connection.execute(f"create schema if not exists brute.{model.schema}")
            sql = model.sql.replace('"klyngedata".', "brute.")
            self.connection.execute(f"create view brute.{model.name} as {sql}")


@dataclass
class Outcome:
    """The outcome of tracing one figure of a chain."""

    status: str
    #: necessary rows that are not in the support and not considered
    unexplained: list[str]
    #: whether the support alone gives the figure, computed without the tracer
    sufficient: bool
    support: int
    necessary: int


def outcomes(seed, figures=2):
    """Trace some figures of a chain; yield (figure, outcome) for each.

    Yields nothing if the engine cannot run the chain, or if the tables and the views of the models
    give different rows.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    try:
        case = Case(seed)
        whole = case.without()
    except duckdb.NotImplementedException:
        return
    if not case.is_certain(whole):
        return
    with case.tracer() as tracer:
        for key in rng.sample(sorted(whole, key=str), min(figures, len(whole))):
            columns = [c for c in whole[key] if c not in case.grain]
            column = rng.choice([None, *columns])
            yield (key, column), _outcome(case, tracer, whole, key, column)


def _outcome(case, tracer, whole, key, column):
    def cell(mart):
        row = mart.get(key)
        return row if column is None or row is None else row[column]

    trace = tracer.trace("mart", dict(zip(case.grain, key, strict=True)), column)
    support = {row["row_key"] for part in trace.support for row in trace.rows(part.table)}
    explained = set(support)
    for one in (rows for found in trace.considered() for rows in found.row_sets):
        rows = case.connection.execute(
            f"select source_row_key from {RELEASE_NAME}.{one.table} where {one.condition}"
        ).fetchall()
        explained |= {found for (found,) in rows}
    keys = {found for _, found in case.row_keys()}
    necessary = {one for one in keys if cell(case.without(one)) != cell(whole)}
    return Outcome(
        trace.proof.status,
        sorted(necessary - explained),
        cell(case.without(*(keys - support))) == cell(whole),
        len(support),
        len(necessary),
    )
