"""Tracing a figure of a release and putting together what is to be told of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import duckdb

from klynge.errors import InputError
from klynge.home import Home
from klynge.lineage import inputs
from klynge.lineage.asking import Asked, Key, ask, published
from klynge.lineage.chain import Chain
from klynge.lineage.replaying import rebuilt
from klynge.lineage.report import Certificate, Report, about, figure, plain
from klynge.lineage.sources import Supporting, sources
from klynge.lineage.steps import Step, steps
from klynge.lineage.supporting import Supporter
from klynge.releases.compiled import CompiledModels, compiled_models
from klynge.releases.reading import Release
from klynge.releases.rebuilding import traceable_database

RELEASE = "release"
#: The printed cells, and the column that is traced of one with a number, or without.
FIGURES, NUMBER, TEXT = "core.fct_published_figures", "value", "printed_text"


@dataclass
class Auditor:
    """Answers about one release's figures."""

    home: Home
    release: Release
    models: CompiledModels
    connection: duckdb.DuckDBPyConnection
    rebuilt: bool

    def report(
        self,
        mart: str,
        key: Key,
        column: str | None,
        *,
        shown_rows: int | None = 0,
        places: int | None = None,
    ) -> Report:
        asked = ask(self.connection, RELEASE, published(self.models, mart), key, column)
        return self._report(asked, shown_rows, places)

    def _report(self, asked, shown_rows, places):
        c = self.connection
        cols = {}
        for s, t, n, k in c.execute("select schema_name,table_name,column_name,data_type from duckdb_columns() where database_name='release' order by column_index").fetchall():
            cols.setdefault(f"{s}.{t}", {})[n] = k
        ch = Chain(self.models, cols)
        c.execute(f"create or replace temp table dem as select 1 as tag, {asked.row}::bigint as row")
        sup = Supporter(c, ch).support(asked.model.name, "dem", frozenset([asked.column]))
        rel = rebuilt(c, ch, asked.model.name, sup.tables)
        got = c.execute(f'select "{asked.column}" from {rel}').fetchall()
        supporting = Supporting(c, RELEASE, {k: f"select row from {v}" for k, v in sup.tables.items()})
        found = sources(supporting, self.release, places)
        problems = inputs.changed(self.home, self.release, supporting, found)
        made = steps(supporting, self.release, self.models, asked.model.name, shown_rows)
        cert = Certificate(
            "unproved" if problems else "proved" if got == [(asked.value,)] else "failed",
            problems, plain(got[0][0]) if got else None, [],
            {s.table: hashlib.sha256(s.sql.encode()).hexdigest() for s in made if s.sql},
            {}, inputs.files(self.release, found))
        return Report(figure(supporting, asked), cert, about(self.release, rebuilt=self.rebuilt), made, found)


@contextmanager
def auditor(home: Home, release: Release) -> Iterator[Auditor]:
    with traceable_database(home, release) as t, duckdb.connect() as c:
        c.execute("set timezone='UTC'")
        c.execute(f"attach '{t.database}' as release (read_only)")
        yield Auditor(home, release, compiled_models(release), c, t.rebuilt)
