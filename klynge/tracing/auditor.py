"""Answer questions about the figures of a release, by traces with labels, sources and checks."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from klynge import progress
from klynge.errors import InputError, KlyngeError
from klynge.home import Home
from klynge.lineage import Coverage, Forward, LineageError, Trace, Tracer, Verdict
from klynge.lineage.release_database import ReleaseDatabase, open_database
from klynge.messages import Message, listed, message
from klynge.releases.inputs import find_changed_inputs
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, RESTRICTED, Release
from klynge.releases.rebuilding import traceable_database
from klynge.tracing.explanations import as_message
from klynge.tracing.figure_labels import label_figure
from klynge.tracing.figure_lookup import FigureKey, FigureRow, find_figure, published_model
from klynge.tracing.input_checks import changed_inputs_of, file_hashes
from klynge.tracing.report import CertifiedProof, CheckedStep, Report, Source
from klynge.tracing.sources import SupportingRows, find_sources
from klynge.tracing.steps import checked_steps
from klynge.tracing.submitted_files import FileReader, with_refused_lines
from klynge.warehouse.compiled_models import mart_names

#: The table of printed cells, and three of its columns: the key, a cell's number and a cell's text.
_CELLS, _CELL_ID, _NUMBER, _LABEL = (
    "core.fct_published_figures",
    "figure_id",
    "value",
    "printed_text",
)


class NothingProvedError(KlyngeError):
    """Inputs of a release are missing or altered, so no figure can be proved (exit code 1)."""

    exit_code = 1


@dataclass(frozen=True)
class Auditor:
    """Answers questions about the figures of one release."""

    home: Home
    release: Release
    tracer: Tracer
    database: ReleaseDatabase
    #: whether the database was rebuilt for this trace, because retention had removed it
    is_rebuilt: bool

    def report(
        self,
        mart: str,
        key: FigureKey,
        column: str | None,
        *,
        places: int | None = None,
        shown_rows: int | None = 0,
    ) -> Report:
        """Trace one figure.

        ``places`` is the number of rows that are listed for each file. ``shown_rows`` is the number
        of rows that are shown in full for each table. None means all rows. Raises
        :class:`InputError` if no figure matches, or if several figures match; the message lists the
        existing values or rows.
        """
        model = published_model(self.database.models, mart)
        figure = find_figure(self.database.connection, model, key, column)
        return self._report(figure, places, shown_rows)

    def report_cell(
        self, figure_id: str, *, places: int | None = None, shown_rows: int | None = 0
    ) -> Report:
        """Trace the number of a printed cell, or its text if the cell is a label."""
        connection = self.database.connection
        model, key = self.database.models[_CELLS], {_CELL_ID: figure_id}
        figure = find_figure(connection, model, key, _NUMBER)
        if figure.value is None:
            figure = find_figure(connection, model, key, _LABEL)
        return self._report(figure, places, shown_rows)

    def forward(self, row_key: str) -> Forward:
        """Find the rows of marts that depend on one source row; see :meth:`Tracer.forward`."""
        with _as_input_error():
            return self.tracer.forward(row_key)

    def coverage(self, datasets: Iterable[str] = ()) -> list[Coverage]:
        """Count the rows of each dataset that reach a figure; see :meth:`Tracer.coverage`."""
        with _as_input_error():
            return self.tracer.coverage(datasets)

    def verify(
        self, mart: str | None, *, sample: int | None = None, seed: int = 0
    ) -> Iterator[Verdict]:
        """Prove the figures of one mart, or of all marts if ``mart`` is None.

        If ``sample`` is given, only this number of random rows of each mart is proved.

        Raises :class:`NothingProvedError` if an input of the release is missing or altered.
        """
        if found := find_changed_inputs(self.home, self.release):
            raise NothingProvedError(
                listed(
                    message(
                        "nothing is proved about release {release_id}: its inputs were altered "
                        "since it was built; put them back",
                        release_id=self.release.release_id,
                    ),
                    found,
                )
            )
        every = self.tracer.marts
        marts = every if mart is None else [published_model(self.database.models, mart).name]
        for name in marts:
            progress.detail(message("verifying {mart}", mart=name))
            verdict = self.tracer.verify(name, sample=sample, seed=seed)
            examples = tuple((k, status, as_message(why)) for k, status, why in verdict.examples)
            yield replace(verdict, examples=examples)

    def _report(self, figure: FigureRow, places: int | None, shown_rows: int | None) -> Report:
        cell = self.database.cell_at(figure.model.name, figure.row, figure.column)
        trace = self.tracer.trace_cell(cell)
        connection, models = self.database.connection, self.database.models
        supporting = SupportingRows(
            connection, {table: trace.where(table) for table in trace.stored_tables}
        )
        files = FileReader(self.home, self.release, supporting, figure.key)
        found = with_refused_lines(self.home, find_sources(supporting, self.release, places))
        sources = files.add_lines(found)
        steps = checked_steps(trace, supporting, self.release, models, shown_rows)
        changed = changed_inputs_of(self.home, self.release, supporting, sources)
        return Report(
            figure=label_figure(connection, figure),
            proof=self._proof(trace, steps, sources, changed),
            release=_about_release(self.release, is_rebuilt=self.is_rebuilt),
            steps=steps,
            sources=sources,
        )

    def _proof(
        self, trace: Trace, steps: list[CheckedStep], sources: list[Source], changed: list[Message]
    ) -> CertifiedProof:
        manifest = self.release.manifest
        hashes = {f"{t['schema']}.{t['table']}": t["content_hash"] for t in manifest["tables"]}
        tables = {step.table: hashes.get(step.table) for step in steps}
        return CertifiedProof(
            status="unproved" if changed else trace.proof.status,
            reasons=[*changed, *map(as_message, trace.proof.reasons)],
            considered=trace.considered(),
            sql={step.table: manifest["files"][step.file] for step in steps if step.file},
            tables={table: text for table, text in tables.items() if text is not None},
            files=file_hashes(self.release, sources),
        )


@contextmanager
def auditor(home: Home, release: Release) -> Iterator[Auditor]:
    """Open an auditor of a release; if retention removed the database, it is rebuilt.

    Raises the errors of :func:`~klynge.releases.rebuilding.traceable_database` if the rebuild
    fails, and :class:`InputError` if the restricted edition cannot be read.
    """
    models = read_models(release)
    with _database(home, release) as (path, is_rebuilt):
        database = open_database(path, models, mart_names(models))
        with Tracer(database) as tracer:
            yield Auditor(home, release, tracer, database, is_rebuilt)


@contextmanager
def _database(home: Home, release: Release) -> Iterator[tuple[Path, bool]]:
    """Return the database with all tables, and whether it was rebuilt for this trace."""
    if not release.has_database:
        with traceable_database(home, release) as found:
            yield found.database, found.rebuilt
        return
    # only its owner can read the folder of the restricted edition
    restricted = release.path / RESTRICTED / DATABASE
    if release.submitted and not os.access(restricted, os.R_OK):
        raise InputError(
            message(
                "tracing needs the restricted edition of release {release_id}, which has every "
                "row; only the analysts' edition can be read here: ask the release's owner",
                release_id=release.release_id,
            )
        )
    yield release.whole_database, False


@contextmanager
def _as_input_error() -> Iterator[None]:
    try:
        yield
    except LineageError as error:
        raise InputError(as_message(error.args[0])) from error


def _about_release(release: Release, *, is_rebuilt: bool) -> dict[str, Any]:
    """Return the facts about the release that a report shows, such as its id and its engines."""
    manifest = release.manifest
    return {
        "release_id": release.release_id,
        "created_at": manifest["created_at"],
        "as_of": manifest["as_of"],
        "commit": manifest["code"]["commit"],
        "clean": manifest["code"]["clean"],
        "code_sha256": manifest["code"]["sha256"],
        "engines": manifest["code"]["engines"],
        "contains_sample": manifest["basis"]["contains_sample"],
        "restricted": manifest["restricted"],
        "database_rebuilt": is_rebuilt,
    }
