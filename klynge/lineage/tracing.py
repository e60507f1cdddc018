"""Tracing figures of one release."""

import hashlib
import os
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from klynge.errors import InputError
from klynge.lineage.admitting import Admission, Admitted, Decider
from klynge.lineage.certificates import (
    Certificate,
    Considered,
    Coverage,
    Destination,
    Figure,
    Forward,
    LeftOut,
    Part,
    Status,
    Step,
    Trace,
    Verdict,
)
from klynge.lineage.chain import ROW_KEY, Chain
from klynge.lineage.filters import Filter, Wanted, quoted
from klynge.lineage.forward import Follower
from klynge.lineage.replaying import Worlds, differing, rebuilt
from klynge.lineage.restricting import RELEASE, TooManyRowsError, stored_name
from klynge.lineage.scratch import Scratch
from klynge.lineage.sources import part, row_key
from klynge.lineage.supporting import Support, Supporter, exactly
from klynge.lineage.tagging import UntaggableError
from klynge.lineage.verifying import checked, rows_of
from klynge.releases.compiled import CompiledModels, compiled_models, literal
from klynge.releases.manifest import MARTS
from klynge.releases.reading import Release

#: A figure that rests on more rows than this in one table is answered by condition, as global.
MOST_ROWS = 2_000_000
#: What the engine may hold; beyond it, it writes to disk.
MEMORY = "1500MB"


class Tracer:
    """Traces figures of a release; nothing is written to it. A context manager."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        models: CompiledModels,
        manifest: Mapping[str, Any] | None = None,
        most_rows: int = MOST_ROWS,
    ) -> None:
        """Trace in a connection that has the release's whole database attached as ``release``."""
        self._connection = connection
        self._scratch = Scratch(self._connection)
        self._manifest = manifest or {}
        self._most_rows = most_rows
        self.models = models
        self.chain = _chain(self._connection, models)

    @classmethod
    def of(cls, release: Release) -> "Tracer":
        """The tracer of a release whose database is there."""
        return cls.reading(release.whole_database, compiled_models(release), release.manifest)

    @classmethod
    def reading(
        cls,
        database: Path,
        models: CompiledModels,
        manifest: Mapping[str, Any] | None = None,
        most_rows: int = MOST_ROWS,
    ) -> "Tracer":
        """The tracer of a database file that holds everything, raw tables and all."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = '{MEMORY}'")
        connection.execute(f"set temp_directory = {literal(_spill())}")
        connection.execute(f"attach {literal(database)} as {RELEASE} (read_only)")
        return cls(connection, models, manifest, most_rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection that has the release attached as ``release``, read-only."""
        return self._connection

    def close(self) -> None:
        """Let the release go."""
        self._connection.close()

    @cached_property
    def marts(self) -> tuple[str, ...]:
        """The marts of the release, ``schema.table``."""
        return tuple(name for name, model in self.models.items() if model.schema in MARTS)

    def trace(self, mart: str, key: Mapping[str, Any], column: str | None = None) -> Trace:
        """What one cell of a mart (or one row, without a column) rests on, with proof.

        ``key`` has as many of the mart's columns as it takes to find one row; None is null.
        Raises :class:`InputError` for an unknown mart or column, and where no row or several have
        the key.
        """
        model = self.models.named(mart).name
        self._needed(model, column)
        self._scratch.drop()
        return self._traced(model, self._row(model, key), column)

    def _traced(self, model: str, row: int, column: str | None) -> Trace:
        needed = self._needed(model, column)
        demanded = self._scratch.table("figure", f"select 0 as tag, cast({row} as bigint) as row")
        supporter = Supporter(self._scratch, self.chain, self._most_rows)
        try:
            support = supporter.support({model: (demanded, needed)})
        except TooManyRowsError:
            return self._by_condition(model, row, column, needed)
        status, reasons = self._proved(model, demanded, support, needed, supporter)
        kept = {*support.tables.values(), demanded}
        self._scratch.drop(kept)
        sources = {t: rows for t, rows in support.tables.items() if t not in self.models}
        parts = tuple(
            part(self._scratch, self.chain, table, f"rowid in (select row from {rows})")
            for table, rows in sorted(sources.items())
        )
        return self._answer(model, row, column, needed, parts, support.tables, status, reasons)

    def verify(
        self, mart: str, sample: int | None = None, seed: int = 0
    ) -> Verdict:
        """Replay every cell of a mart (or those of ``sample`` random rows), each on its own support.

        All cells of a row share a trace. What a replay of many at once does not prove is traced
        alone.
        """
        model = self.models.named(mart).name
        self._scratch.drop()
        rows = rows_of(self._scratch, model)
        if sample is not None and sample < len(rows):
            rows = sorted(random.Random(seed).sample(rows, sample))  # noqa: S311 - no secret
        statuses: Counter[Status] = Counter()
        examples: dict[tuple[Status, str], Mapping[str, Any]] = {}
        for one in checked(self._scratch, self.chain, model, rows):
            status: Status = "proved"
            reasons = tuple(reason for _, reason in one.flags)
            if one.wrong is not None:
                certificate = self._traced(model, one.row, None).certificate
                status, reasons = certificate.status, certificate.reasons
            elif one.flags:
                status = _wide(one.flags)
            statuses[status] += 1
            if status != "proved":
                reason = "; ".join(reasons)
                examples.setdefault((status, reason), self._figure(model, one.row, None).key)
        return Verdict(
            model,
            len(rows),
            len(rows) * len(self.chain.columns[model]),
            dict(statuses),
            tuple((key, status, reason) for (status, reason), key in examples.items()),
        )

    def some_figures(
        self, mart: str, number: int, rng: random.Random
    ) -> list[tuple[dict[str, Any], str]]:
        """Random cells of a mart, as key and column; no more than it has rows."""
        model = self.models.named(mart).name
        self._scratch.drop()
        rows = rows_of(self._scratch, model)
        columns = [c for c in self.chain.columns[model] if c not in self.models[model].grain]
        return [
            (dict(self._figure(model, row, None).key), rng.choice(columns))
            for row in rng.sample(rows, min(number, len(rows)))
        ]

    def forward(self, key: str) -> Forward:
        """Where the raw or reference row with a key went: every row of a mart, or what left it out.

        ``key`` is a ``source_row_key``, or a ``row_key`` as :meth:`Trace.rows` has it. Raises
        :class:`InputError` for a key that no row has.
        """
        self._scratch.drop()
        table, number = self._raw_row(key)
        rows = self._scratch.table(
            "followed", f"select cast(0 as bigint) as tag, cast({number} as bigint) as row"
        )
        flow = Follower(self._scratch, self.chain).follow(table, rows, frozenset(self.marts))
        destinations = [
            Destination(mart, one)
            for mart in self.marts
            if mart in flow.tables
            for one in self._keys(mart, flow.tables[mart])
        ]
        [row] = self._fetched(f"from {stored_name(table)} where rowid = {number}")
        left_out = tuple(sorted(flow.left_out.get(0, ())))
        return Forward(table, key, row, tuple(destinations), left_out)

    def coverage(self, tables: Iterable[str] = ()) -> list[Coverage]:
        """For each raw table (or those named): rows that reach a figure, and what leaves others out.

        A table is named with or without ``raw.``. Raises :class:`InputError` for one there is not.
        """
        known = sorted(name for name in self.chain.columns if name.startswith("raw."))
        asked = [name if name.startswith("raw.") else f"raw.{name}" for name in tables]
        for name in asked:
            if name not in known:
                raise InputError(f"there is no dataset {name!r}; there are {', '.join(known)}")
        self._scratch.drop()
        demanded = {
            mart: (
                self._scratch.table("figures", f"select 0 as tag, rowid as row from {stored_name(mart)}"),
                frozenset(self.chain.columns[mart]),
            )
            for mart in self.marts
        }
        support = Supporter(self._scratch, self.chain).support(demanded)
        self._scratch.drop({support.tables[t] for t in support.tables})
        return [self._covered(name, support.tables.get(name)) for name in asked or known]

    def _covered(self, table: str, reaching: str | None) -> Coverage:
        there = f"where rowid not in (select row from {reaching})" if reaching else ""
        with self._scratch.emptied():
            rest = self._scratch.table(
                "followed", f"select rowid as tag, rowid as row from {stored_name(table)} {there}"
            )
            rows = self._scratch.number(f"select count(*) from {stored_name(table)}")
            left = self._scratch.number(f"select count(*) from {rest}")
            left_out: dict[int, set[LeftOut]] = {}
            if left:
                follower = Follower(self._scratch, self.chain, with_others=False)
                left_out = follower.follow(table, rest, frozenset(self.marts)).left_out
        counted = Counter(tuple(sorted(clauses)) for clauses in left_out.values())
        return Coverage(table, rows, rows - left, dict(counted), left - sum(counted.values()))

    # -- the proof -----------------------------------------------------------------------------

    def _proved(
        self,
        model: str,
        demanded: str,
        support: Support,
        needed: frozenset[str],
        supporter: Supporter,
    ) -> tuple[Status, tuple[str, ...]]:
        columns = [c for c in exactly(self.chain.columns[model]) if c in needed]
        flags = sorted({(kind, reason) for _, kind, reason in support.flags})
        reasons = [reason for _, reason in flags]
        wide = _wide(flags)
        made = rebuilt(self._connection, self.chain, model, support.tables)
        single = self._scratch.view("replayed", f'select 0 as "~tag", * from {made}')
        one = support.shared[model]
        wrong = differing(self._connection, self.chain, model, demanded, single, one, columns)
        if not wrong:
            return (wide if flags else "proved"), tuple(reasons)
        reasons.append(f"replay on the support alone: {wrong[0]}")
        worlds = Worlds(self._scratch, self.chain, support, supporter.guards(support))
        try:
            relation, tags = worlds.model(model)
        except UntaggableError:
            return self._widened(model, demanded, support, needed, columns, reasons)
        if not differing(self._connection, self.chain, model, demanded, relation, tags, columns):
            return (wide if flags else "guarded"), tuple(reasons)
        return self._widened(model, demanded, support, needed, columns, reasons)

    def _widened(
        self,
        model: str,
        demanded: str,
        support: Support,
        needed: frozenset[str],
        columns: Sequence[str],
        reasons: list[str],
    ) -> tuple[Status, tuple[str, ...]]:
        """Replay with every row that the figure's key admits in the support."""
        [(row,)] = self._connection.execute(f"select row from {demanded}").fetchall()
        conditions: dict[str, set[str]] = {}
        for one in self._admitted(model, row, needed):
            conditions.setdefault(one.table, set()).add(one.condition)
        for table in {*conditions, *(t for t in support.tables if t not in self.models)}:
            said = " or ".join(f"({one})" for one in sorted(conditions.get(table, {"false"})))
            before = support.tables.get(table)
            said += f" or rowid in (select row from {before})" if before else ""
            support.tables[table] = self._scratch.table(
                "demanded", f"select 0 as tag, rowid as row from {stored_name(table)} where {said}"
            )
        made = rebuilt(self._connection, self.chain, model, support.tables)
        single = self._scratch.view("replayed", f'select 0 as "~tag", * from {made}')
        one = support.shared[model]
        wrong = differing(self._connection, self.chain, model, demanded, single, one, columns)
        if wrong:
            return "failed", (*reasons, f"replay on all that the key admits: {wrong[0]}")
        return "coarse", (*reasons, "rows that decide by their absence had to be taken in")

    # -- what else there is to say -------------------------------------------------------------

    def _answer(
        self,
        model: str,
        row: int,
        column: str | None,
        needed: frozenset[str],
        parts: tuple[Part, ...],
        tables: Mapping[str, str],
        status: Status,
        reasons: tuple[str, ...],
    ) -> Trace:
        reached = {one.table for one in parts} | set(tables)
        for name in self.models:
            if name in self.chain.below(model) and not self.chain.is_stored(name):
                reached |= {name} if self.models[name].reads & reached else set()
        steps = [name for name in self.chain.below(model) if name in reached]
        counts = {t: self._scratch.number(f"select count(*) from {r}") for t, r in tables.items()}
        return Trace(
            figure=self._figure(model, row, column),
            support=parts,
            steps=tuple(
                Step(
                    name,
                    self.models[name].sql,
                    tuple(sorted(self.models[name].reads & reached)),
                    counts.get(name) if self.chain.is_stored(name) else None,
                )
                for name in reversed(steps)
            ),
            certificate=Certificate(
                status, reasons, self._sql_hash(model), self._hashes(steps), self._loads(parts, tables)
            ),
            _rows=lambda table, most: self._rows(table, self._where(table, parts, tables), most),
            _where=lambda table: self._where(table, parts, tables),
            _considered=lambda: self._considered(model, row, needed, parts, tables),
        )

    def _by_condition(
        self, model: str, row: int, column: str | None, needed: frozenset[str]
    ) -> Trace:
        """The trace of a figure that rests on too many rows to follow each."""
        self._scratch.drop()
        conditions: dict[str, set[str]] = {}
        for one in self._admitted(model, row, needed):
            conditions.setdefault(one.table, set()).add(one.condition)
        said = {
            table: "true" if "true" in some else " or ".join(f"({one})" for one in sorted(some))
            for table, some in conditions.items()
        }
        parts = tuple(
            part(self._scratch, self.chain, table, condition, condition)
            for table, condition in sorted(said.items())
        )
        reason = f"it rests on more than {self._most_rows:,} rows of a table: all that its key admits"
        return self._answer(
            model, row, column, needed, tuple(p for p in parts if p.rows), {}, "global", (reason,)
        )

    def _admitted(self, model: str, row: int, needed: frozenset[str]) -> set[Admitted]:
        exact = [c for c in exactly(self.chain.columns[model]) if c in needed]
        names = ", ".join(map(quoted, exact))
        table = self._scratch.table(
            "wanted", f"select {names} from {stored_name(model)} where rowid = {row}"
        )
        wanted = Filter(Wanted(self._scratch, table), tuple((c, c) for c in exact))
        return Admission(self._scratch, self.chain).admitted(model, (wanted,), needed)

    def _considered(
        self,
        model: str,
        row: int,
        needed: frozenset[str],
        parts: Sequence[Part],
        tables: Mapping[str, str],
    ) -> tuple[Considered, ...]:
        found: dict[tuple[Decider, str], set[str]] = {}
        for one in self._admitted(model, row, needed):
            if one.decider is not None:
                found.setdefault((one.decider, one.table), set()).add(one.condition)
        answers = []
        known = {one.table: one.condition for one in parts}
        for (decider, table), conditions in sorted(found.items()):
            said = " or ".join(f"({one})" for one in sorted(conditions))
            if table in tables:
                left_out = f"rowid not in (select row from {tables[table]})"
            else:
                left_out = f"not coalesce({known.get(table) or 'false'}, false)"
            found_part = part(self._scratch, self.chain, table, f"({said}) and {left_out}", said)
            if found_part.rows:
                answers.append(
                    Considered(decider.kind, decider.model, decider.clause, found_part)
                )
        return tuple(answers)

    def _where(self, table: str, parts: Sequence[Part], tables: Mapping[str, str]) -> str:
        known = {one.table: one.condition for one in parts}
        if table in tables:
            return f"rowid in (select row from {tables[table]})"
        if known.get(table):
            return str(known[table])
        there = ", ".join(sorted({*tables, *known}))
        raise InputError(f"the trace has no rows of {table!r}; it has rows of {there}")

    def _rows(self, table: str, condition: str, most: int | None) -> list[dict[str, Any]]:
        key = "" if table in self.models else f"{row_key(self.chain, table)} as row_key, "
        limit = "" if most is None else f" limit {int(most)}"
        return self._fetched(
            f"select {key}* from {stored_name(table)} where {condition} order by rowid{limit}"
        )

    def _fetched(self, sql: str) -> list[dict[str, Any]]:
        answer = self._connection.execute(sql)
        names = [name for name, *_ in answer.description or ()]
        return [dict(zip(names, one, strict=True)) for one in answer.fetchall()]

    def _keys(self, model: str, rows: str) -> list[dict[str, Any]]:
        """The keys of some rows of a model."""
        names = ", ".join(map(quoted, self.models[model].grain or tuple(self.chain.columns[model])))
        return self._fetched(
            f"select {names} from {stored_name(model)} where rowid in (select row from {rows}) "
            "order by all"
        )

    def _raw_row(self, key: str) -> tuple[str, int]:
        """The table and number of the raw row that has a key."""
        raw = [name for name in self.chain.columns if name.startswith(("raw.", "reference."))]
        named = [name for name in raw if key.startswith(f"{name}#")]
        for table in named or [name for name in raw if ROW_KEY in self.chain.columns[name]]:
            found = self._connection.execute(
                f"select rowid from {stored_name(table)} where {row_key(self.chain, table)} = ?", [key]
            ).fetchall()
            if found:
                return table, int(found[0][0])
        raise InputError(
            f"no row has the key {key!r}: it is <load_id>#<row> for a submitted row, "
            "<document_id>#<cell_id> for a printed one, <table>#<its key> for any other"
        )

    def _figure(self, model: str, row: int, column: str | None) -> Figure:
        [said] = self._fetched(f"from {stored_name(model)} where rowid = {row}")
        grain = self.models[model].grain or tuple(said)
        return Figure(model, {c: said[c] for c in grain}, column, said[column] if column else None)

    def _sql_hash(self, model: str) -> str:
        texts = [f"{name}\n{self.models[name].sql}\n" for name in self.chain.below(model)]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()

    def _hashes(self, steps: Sequence[str]) -> dict[str, str | None]:
        said = {f"{t['schema']}.{t['table']}": t["content_hash"] for t in self._manifest.get("tables", ())}
        return {name: said[name] for name in steps if name in said}

    def _loads(
        self, parts: Sequence[Part], tables: Mapping[str, str]
    ) -> dict[str, Mapping[str, str]]:
        """The files of the loads that the support's rows came with."""
        loads = self._manifest.get("inputs", {}).get("loads", ())
        by_id = {load["load_id"]: load["files"] for load in loads}
        by_document: dict[str | None, list[str]] = {}
        for load in loads:
            by_document.setdefault(load["document_id"], []).append(load["load_id"])
        found: set[str] = set()
        for one in parts:
            columns = self.chain.columns[one.table]
            column = next((c for c in ("load_id", "document_id") if c in columns), None)
            if column is None or not one.table.startswith("raw."):
                continue
            rows = one.condition or f"rowid in (select row from {tables[one.table]})"
            for (value,) in self._connection.execute(
                f"select distinct {column} from {stored_name(one.table)} where {rows}"
            ).fetchall():
                found |= {value} if column == "load_id" else set(by_document.get(value, ()))
        return {load: by_id[load] for load in sorted(found) if load in by_id}

    # -- what is asked -------------------------------------------------------------------------

    def _needed(self, model: str, column: str | None) -> frozenset[str]:
        columns = self.chain.columns[model]
        if column is None:
            return frozenset(columns)
        if column not in columns:
            raise InputError(
                f"{model} has no column {column!r}; it has {', '.join(columns)}"
            )
        return frozenset({column, *self.models[model].grain})

    def _row(self, model: str, key: Mapping[str, Any]) -> int:
        """The number of the row that has a key."""
        columns = self.chain.columns[model]
        unknown = [name for name in key if name not in columns]
        if unknown:
            raise InputError(
                f"{model} has no column {', '.join(map(repr, unknown))}; it has {', '.join(columns)}"
            )
        conditions = [
            f"{quoted(c)} is null" if value is None else f"cast({quoted(c)} as varchar) = ?"
            for c, value in key.items()
        ]
        values = [_text(value) for value in key.values() if value is not None]
        grain = self.models[model].grain or tuple(columns)
        names = ", ".join(map(quoted, grain))
        rows = self._connection.execute(
            f"select rowid, {names} from {stored_name(model)} "
            f"where {' and '.join(conditions) or 'true'} order by all limit 11",
            values,
        ).fetchall()
        if len(rows) == 1:
            return int(rows[0][0])
        if not rows:
            raise InputError(
                f"{model} has no row with that key; its key is {', '.join(grain)}: look it up with "
                f"`klynge query \"from {model}\"`"
            )
        lines = [
            "  " + " ".join(f"{c}={'' if v is None else v}" for c, v in zip(grain, row[1:], strict=True))
            for row in rows[:10]
        ]
        more = "\n  …" if len(rows) > 10 else ""
        raise InputError("the key fits several rows; say which:\n" + "\n".join(lines) + more)


def _spill() -> Path:
    return Path(tempfile.gettempdir()) / f"klynge-trace-{os.getpid()}"


def _wide(flags: Sequence[tuple[str, str]]) -> Status:
    return "global" if any(kind == "global" for kind, _ in flags) else "coarse"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chain(connection: duckdb.DuckDBPyConnection, models: CompiledModels) -> Chain:
    columns: dict[str, dict[str, str]] = {}
    for schema, table, name, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by schema_name, table_name, column_index",
        [RELEASE],
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[name] = kind
    sizes = {
        f"{schema}.{table}": rows
        for schema, table, rows in connection.execute(
            "select schema_name, table_name, estimated_size from duckdb_tables() "
            "where database_name = ?",
            [RELEASE],
        ).fetchall()
    }
    return Chain(models, columns, sizes)
