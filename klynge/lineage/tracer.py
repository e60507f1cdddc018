"""Tracing figures of one release."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from klynge.errors import InputError
from klynge.lineage.answer import Answer
from klynge.lineage.coverage import covered
from klynge.lineage.models import CompiledModels
from klynge.lineage.proof.status import admitted, conditions, proved, wide
from klynge.lineage.relational.model_graph import gc_paused
from klynge.lineage.release_database import Asked, ReleaseDatabase, opened
from klynge.lineage.result import (
    Coverage,
    Destination,
    Forward,
    Status,
    Trace,
    Verdict,
)
from klynge.lineage.rows.forward_lineage import ForwardSearch
from klynge.lineage.rows.restriction import TooManyRowsError
from klynge.lineage.rows.row_lineage import SupportSearch
from klynge.lineage.rows.row_sets import part
from klynge.lineage.verification import checked, rows_of

#: A figure that rests on more rows than this in one table is answered by condition, as global.
MOST_ROWS = 2_000_000


class Tracer:
    """Traces figures of a release; nothing is written to it. A context manager."""

    def __init__(self, release: ReleaseDatabase, most_rows: int = MOST_ROWS) -> None:
        """Trace in a connection of one's own; see :meth:`reading`."""
        self._release = release
        self._most_rows = most_rows

    @classmethod
    def reading(
        cls,
        database: Path,
        models: CompiledModels,
        marts: Collection[str],
        manifest: Mapping[str, Any] | None = None,
    ) -> Self:
        """The tracer of a database file that holds everything; ``marts`` are its end results."""
        return cls(opened(database, models, marts, manifest))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the release go."""
        self._release.connection.close()

    @cached_property
    def marts(self) -> tuple[str, ...]:
        """The marts of the release, ``schema.table``."""
        return tuple(name for name in self._release.models if name in self._release.marts)

    def trace(self, mart: str, key: Mapping[str, Any], column: str | None = None) -> Trace:
        """What one cell of a mart (or one row, without a column) rests on, with proof.

        ``key`` has as many of the mart's columns as it takes to find one row; None is null.
        Raises :class:`InputError` for an unknown mart or column, and where no row or several have
        the key.
        """
        asked = self._release.asked(mart, key, column)
        self._release.scratch.drop()
        return self._traced(asked)

    def verify(self, mart: str, sample: int | None = None, seed: int = 0) -> Verdict:
        """Replay every cell of a mart, or those of ``sample`` random rows, each on its own support.

        All cells of a row share a trace. What a replay of many at once does not prove is traced
        alone.
        """
        release = self._release
        model = release.models.named(mart).name
        release.scratch.drop()
        rows = rows_of(release, model)
        if sample is not None and sample < len(rows):
            rows = sorted(random.Random(seed).sample(rows, sample))  # noqa: S311 - no secret
        statuses: Counter[Status] = Counter()
        examples: dict[tuple[Status, str], Mapping[str, Any]] = {}
        for one in checked(release, model, rows):
            status: Status = wide(one.flags) or "proved"
            reasons = tuple(reason for _, reason in one.flags)
            if one.wrong is not None:
                certificate = self._traced(release.cell(model, one.row)).certificate
                status, reasons = certificate.status, certificate.reasons
            statuses[status] += 1
            if status != "proved":
                examples.setdefault((status, "; ".join(reasons)), release.key(model, one.row))
        return Verdict(
            model,
            len(rows),
            len(rows) * len(release.chain.columns[model]),
            dict(statuses),
            tuple((key, status, reason) for (status, reason), key in examples.items()),
        )

    def some_figures(
        self, mart: str, number: int, rng: random.Random
    ) -> list[tuple[dict[str, Any], str]]:
        """Random cells of a mart as (key, column); no more than it has rows."""
        release = self._release
        model = release.models.named(mart).name
        rows = rows_of(release, model)
        named = list(release.chain.columns[model])
        # of a mart that is all key, a column of the key
        columns = [c for c in named if c not in release.models[model].grain] or named
        chosen = rng.sample(rows, min(number, len(rows)))
        return [(release.key(model, row), rng.choice(columns)) for row in chosen]

    def forward(self, key: str) -> Forward:
        """Where the raw or reference row with a key went: rows of marts, and what left it out.

        ``key`` is a ``source_row_key``, or a ``row_key`` as :meth:`Trace.rows` has it. Raises
        :class:`InputError` for a key that no row has.
        """
        release = self._release
        release.scratch.drop()
        table, number = release.raw_row(key)
        rows = release.scratch.table(
            "followed", f"select cast(0 as bigint) as tag, cast({number} as bigint) as row"
        )
        flow = ForwardSearch(release.scratch, release.chain).follow(
            table, rows, frozenset(self.marts)
        )
        destinations = [
            Destination(mart, one)
            for mart in self.marts
            if mart in flow.tables
            for one in release.keys(mart, flow.tables[mart])
        ]
        left_out = tuple(sorted(flow.left_out.get(0, ())))
        return Forward(table, key, release.row(table, number), tuple(destinations), left_out)

    def coverage(self, tables: Iterable[str] = ()) -> list[Coverage]:
        """For each raw table, or those named: rows that reach a figure, what leaves others out.

        A table is named with or without ``raw.``. Raises :class:`InputError` for one there is not.
        """
        known = sorted(name for name in self._release.chain.columns if name.startswith("raw."))
        asked = [name if name.startswith("raw.") else f"raw.{name}" for name in tables]
        for name in asked:
            if name not in known:
                raise InputError(f"there is no dataset {name!r}; there are {', '.join(known)}")
        self._release.scratch.drop()
        return list(covered(self._release, asked or known, self.marts))

    def _traced(self, asked: Asked) -> Trace:
        # at the end once is better than after each model that is read
        with gc_paused():
            return self._followed(asked)

    def _followed(self, asked: Asked) -> Trace:
        release = self._release
        scratch, chain = release.scratch, release.chain
        row = f"select 0 as tag, cast({asked.row} as bigint) as row"
        demanded = scratch.table("figure", row)
        supporter = SupportSearch(scratch, chain, self._most_rows)
        try:
            support = supporter.support({asked.model: (demanded, asked.needed)})
        except TooManyRowsError:
            return self._by_condition(asked)
        status, reasons = proved(release, asked, demanded, support, supporter)
        parts = tuple(
            part(scratch, chain, table, scratch.among(rows, support.where[table]))
            for table, rows in sorted(support.tables.items())
            if table not in release.models
        )
        return Answer(release, asked, parts, support.tables).trace(status, reasons)

    def _by_condition(self, asked: Asked) -> Trace:
        """The trace of a figure that rests on too many rows to follow each."""
        release = self._release
        release.scratch.drop()
        found = [
            part(release.scratch, release.chain, table, condition, condition)
            for table, condition in sorted(conditions(admitted(release, asked)).items())
        ]
        parts = tuple(one for one in found if one.rows)
        reason = f"more than {self._most_rows:,} rows of one table: all that the key admits"
        return Answer(release, asked, parts, {}).trace("global", (reason,))
