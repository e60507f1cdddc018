"""What a trace says: parts, steps, hashes, and the rows on demand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klynge.errors import InputError
from klynge.lineage.proof.status import admitted
from klynge.lineage.release_database import Asked, ReleaseDatabase
from klynge.lineage.result import (
    Certificate,
    Considered,
    Figure,
    RowSet,
    Status,
    Step,
    Trace,
)
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.row_lineage import disjunction
from klynge.lineage.rows.row_sets import part, row_key


@dataclass(frozen=True)
class Answer:
    """A figure that was traced: raw parts, and the table of (tag, row) of each stored table."""

    opened: ReleaseDatabase
    asked: Asked
    parts: tuple[RowSet, ...]
    tables: Mapping[str, str]

    def trace(self, status: Status, reasons: tuple[str, ...]) -> Trace:
        """The whole of it."""
        steps = self._steps()
        return Trace(
            self._figure(),
            self.parts,
            steps,
            Certificate(status, reasons, self._sql(), self._hashes(steps), self._loads()),
            self.rows,
            self.where,
            self.considered,
        )

    def rows(self, table: str, most: int | None = None) -> list[dict[str, Any]]:
        """The figure's rows of a raw table or of a model that is a table."""
        opened = self.opened
        key = "" if table in opened.models else f"{row_key(opened.chain, table)} as row_key, "
        limit = "" if most is None else f" limit {int(most)}"
        return opened.fetched(
            f"select {key}* from {stored_name(table)} where {self.where(table)} "
            f"order by rowid{limit}"
        )

    def where(self, table: str) -> str:
        """SQL that selects the figure's rows of a table; there must be some."""
        condition = self._condition(table)
        if condition is None:
            there = ", ".join(sorted({*self.tables, *(one.table for one in self.parts)}))
            raise InputError(f"the trace has no rows of {table!r}; it has rows of {there}")
        return condition

    def considered(self) -> tuple[Considered, ...]:
        """What decided by not being there."""
        found = [one for one in admitted(self.opened, self.asked) if one.decider is not None]
        answers = []
        for decider, table in sorted({(one.decider, one.table) for one in found}):
            some = [one.condition for one in found if (one.decider, one.table) == (decider, table)]
            condition, supporting = disjunction(some), self._condition(table) or "false"
            rows = f"({condition}) and not coalesce(({supporting}), false)"
            left = part(self.opened.scratch, self.opened.chain, table, rows, condition)
            if left.rows and decider is not None:
                answers.append(Considered(decider.kind, decider.model, decider.clause, left))
        return tuple(answers)

    def _condition(self, table: str) -> str | None:
        """SQL that selects the figure's rows of a table, if it has any."""
        if table in self.tables:
            return self.opened.scratch.among(self.tables[table])
        return next((one.condition for one in self.parts if one.table == table), None)

    def _figure(self) -> Figure:
        asked = self.asked
        said = self.opened.row(asked.model, asked.row)
        key = {name: said[name] for name in self.opened.grain(asked.model)}
        return Figure(asked.model, key, asked.column, said[asked.column] if asked.column else None)

    def _steps(self) -> tuple[Step, ...]:
        chain, models = self.opened.chain, self.opened.models
        below = chain.below(self.asked.model)
        reached = {one.table for one in self.parts} | set(self.tables) | {self.asked.model}
        for name in below:
            if (not chain.is_stored(name) or not self.tables) and models[name].reads & reached:
                reached.add(name)
        return tuple(
            Step(
                name,
                models[name].sql,
                tuple(sorted(models[name].reads & reached)),
                self._count(name),
            )
            for name in reversed(below)
            if name in reached
        )

    def _count(self, model: str) -> int | None:
        if model not in self.tables:
            return None
        return self.opened.scratch.number(f"select count(*) from {self.tables[model]}")

    def _sql(self) -> str:
        models = self.opened.models
        below = self.opened.chain.below(self.asked.model)
        texts = [f"{name}\n{models[name].sql}\n" for name in below]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()

    def _hashes(self, steps: Sequence[Step]) -> dict[str, str | None]:
        tables = self.opened.manifest.get("tables", ())
        said = {f"{one['schema']}.{one['table']}": one["content_hash"] for one in tables}
        return {step.model: said[step.model] for step in steps if step.model in said}

    def _loads(self) -> dict[str, Mapping[str, str]]:
        """The files of the loads that the support's rows came with."""
        loads = self.opened.manifest.get("inputs", {}).get("loads", ())
        files = {load["load_id"]: load["files"] for load in loads}
        by_document: dict[str | None, set[str]] = {}
        for load in loads:
            by_document.setdefault(load["document_id"], set()).add(load["load_id"])
        found: set[str] = set()
        for one in self.parts:
            columns = self.opened.chain.columns[one.table]
            if "load_id" in columns:
                found |= self._values(one.table, "load_id")
            elif "document_id" in columns and one.table.startswith("raw."):
                documents = self._values(one.table, "document_id")
                found |= {load for one in documents for load in by_document.get(one, ())}
        return {load: files[load] for load in sorted(found) if load in files}

    def _values(self, table: str, column: str) -> set[str]:
        query = f"select distinct {column} from {stored_name(table)} where {self._condition(table)}"
        return {value for (value,) in self.opened.connection.execute(query).fetchall()}
