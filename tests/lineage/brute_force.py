"""Random chains built, traced, and compared with what deleting each raw row does."""

from dataclasses import dataclass, field

import duckdb

from klynge.lineage import Tracer
from klynge.lineage.restricting import RELEASE
from klynge.releases.compiled import run
from tests.lineage.chains import RAW, TYPES, random_chain

COLUMNS = ", ".join(f"{name} {TYPES[kind]}" for name, kind in RAW.items())


@dataclass
class Case:
    """One chain with its connection; ``what_is_left`` is the mart without some raw rows."""

    seed: int
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self):
        self.chain = random_chain(self.seed)
        execute = self.connection.execute
        execute("set threads = 1")
        execute("attach ':memory:' as klyngedata")
        execute(f"attach ':memory:' as {RELEASE}")
        execute("attach ':memory:' as brute")
        self._tables()
        run(self.connection, self.chain.models.values())
        self._release()
        self._brute()

    def tracer(self):
        return Tracer(self.connection, self.chain.models)

    def keys(self):
        """The row keys of the raw tables."""
        return [(table, row[0]) for table, rows in self.chain.tables.items() for row in rows]

    def mart(self, condition="true"):
        """The mart's rows by key, from the raw rows that fulfil a condition only."""
        self.connection.execute("set variable kept = $1", [condition])
        model = self.chain.models[self.chain.mart]
        answer = self.connection.execute('from brute."evaluation"."mart"')
        names = [name for name, *_ in answer.description]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        return {tuple(row[c] for c in model.grain): row for row in rows}

    def without(self, key):
        self.connection.execute("set variable gone = $1", [[key]])
        return self._mart_of("gone")

    def only(self, keys):
        every = {key for _, key in self.keys()}
        self.connection.execute("set variable gone = $1", [sorted(every - set(keys))])
        return self._mart_of("gone")

    def whole(self):
        self.connection.execute("set variable gone = []")
        return self._mart_of("gone")

    def _mart_of(self, _variable):
        model = self.chain.models[self.chain.mart]
        answer = self.connection.execute('from brute."evaluation"."mart"')
        names = [name for name, *_ in answer.description]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        return {tuple(row[c] for c in model.grain): row for row in rows}

    def _tables(self):
        self.connection.execute("create schema klyngedata.raw")
        for table, rows in self.chain.tables.items():
            self.connection.execute(f"create table klyngedata.{table} ({COLUMNS})")
            self.connection.executemany(f"insert into klyngedata.{table} values (?, ?, ?, ?, ?)", rows)

    def _release(self):
        """The tables as a release holds them, and its views' columns."""
        stored = [m.name for m in self.chain.models.values() if m.materialized == "table"]
        for name in [*self.chain.tables, *(m.name for m in self.chain.models.values())]:
            schema = name.partition(".")[0]
            kind = "table" if name in stored or name in self.chain.tables else "view"
            self.connection.execute(f"create schema if not exists {RELEASE}.{schema}")
            rows = "" if kind == "table" else " where false"
            self.connection.execute(f"create table {RELEASE}.{name} as from klyngedata.{name}{rows}")

    def _brute(self):
        """Views all the way, over raw rows that are not gone."""
        for table in self.chain.tables:
            self.connection.execute("create schema if not exists brute.raw")
            self.connection.execute(
                f"create view brute.{table} as from {RELEASE}.{table} "
                "where source_row_key not in (select unnest(cast(getvariable('gone') as varchar[])))"
            )
        for model in self.chain.models.values():
            self.connection.execute(f"create schema if not exists brute.{model.schema}")
            sql = model.sql.replace('"klyngedata".', "brute.")
            self.connection.execute(f"create view brute.{model.name} as {sql}")


@dataclass
class Outcome:
    """What tracing one figure of a chain came to."""

    status: str
    #: necessary rows that are neither in the support nor considered
    unexplained: list[str]
    #: whether the support alone gives the figure, computed without the tracer
    sufficient: bool
    support: int
    necessary: int


def outcomes(seed, figures=2):
    """Trace some figures of a chain; (figure, outcome) for each."""
    case = Case(seed)
    try:
        rng = __import__("random").Random(seed)
        whole = case.whole()
        if not whole:
            return
        model = case.chain.models[case.chain.mart]
        columns = [c for c in next(iter(whole.values())) if c not in model.grain]
        with case.tracer() as tracer:
            for key in rng.sample(sorted(whole, key=str), min(figures, len(whole))):
                column = rng.choice([None, *columns])
                yield (key, column), _outcome(case, tracer, whole, key, column)
    finally:
        case.connection.close()


def _outcome(case, tracer, whole, key, column):
    model = case.chain.models[case.chain.mart]

    def cell(mart):
        row = mart.get(key)
        return row if column is None or row is None else row[column]

    trace = tracer.trace("mart", dict(zip(model.grain, key, strict=True)), column)
    support = {row["row_key"] for part in trace.support for row in trace.rows(part.table)}
    explained = set(support)
    for one in trace.considered():
        rows = case.connection.execute(
            f"select source_row_key from {RELEASE}.{one.part.table} where {one.part.condition}"
        ).fetchall()
        explained |= {found for (found,) in rows}
    necessary = {found for _, found in case.keys() if cell(case.without(found)) != cell(whole)}
    return Outcome(
        trace.certificate.status,
        sorted(necessary - explained),
        cell(case.only(support)) == cell(whole),
        len(support),
        len(necessary),
    )
