"""Tracing figures of a release, and putting together what is to be told of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from klynge import progress
from klynge.errors import InputError, KlyngeError
from klynge.home import Home
from klynge.lineage.release_database import ReleaseDatabase, opened
from klynge.lineage.result import Trace, Verdict
from klynge.lineage.rows.restriction import RELEASE
from klynge.lineage.tracer import Tracer
from klynge.releases.inputs import find_changed_inputs
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, RESTRICTED, Release
from klynge.releases.rebuilding import traceable_database
from klynge.tracing import input_checks
from klynge.tracing.figure_lookup import Asked, Key, ask, published
from klynge.tracing.report import Considered, Proof, Report, about, figure
from klynge.tracing.sources import Supporting, sources
from klynge.tracing.steps import steps
from klynge.warehouse.compiled_models import mart_names

#: The printed cells, with the column that names one, and those that hold a number or a label.
FIGURES, FIGURE, NUMBER, LABEL = "core.fct_published_figures", "figure_id", "value", "printed_text"


class NothingProvedError(KlyngeError):
    """What figures rest on is missing or altered (exit code 1)."""

    exit_code = 1


@dataclass(frozen=True)
class Auditor:
    """Answers about the figures of one release."""

    home: Home
    release: Release
    tracer: Tracer
    #: the release as the tracer holds it
    opened: ReleaseDatabase
    #: whether the database was made again for this
    rebuilt: bool

    def report(
        self,
        mart: str,
        key: Key,
        column: str | None,
        *,
        places: int | None = None,
        shown_rows: int | None = 0,
    ) -> Report:
        """All that there is to tell of one figure.

        ``places`` is how many rows of each file are told, ``shown_rows`` how many rows of each
        table are shown in full; None is for all. Raises :class:`InputError` that says what there
        is instead where no figure, or more than one, is meant.
        """
        model = published(self.opened.models, mart)
        asked = ask(self.opened.connection, RELEASE, model, key, column)
        return self._told(asked, places, shown_rows)

    def printed(
        self, figure_id: str, *, places: int | None = None, shown_rows: int | None = 0
    ) -> Report:
        """The same of a printed cell: its number, or its words where it is a label."""
        model, key = self.opened.models[FIGURES], {FIGURE: figure_id}
        asked = ask(self.opened.connection, RELEASE, model, key, NUMBER)
        if asked.value is None:
            asked = ask(self.opened.connection, RELEASE, model, key, LABEL)
        return self._told(asked, places, shown_rows)

    def verify(
        self, mart: str | None, *, sample: int | None = None, seed: int = 0
    ) -> Iterator[Verdict]:
        """Prove every figure of a mart, or of all; or those of ``sample`` random rows of each.

        Raises :class:`NothingProvedError` where what the release was made from is no longer as it
        was.
        """
        if found := find_changed_inputs(self.home, self.release):
            raise NothingProvedError(
                "\n  ".join(
                    [
                        f"nothing is proved of release {self.release.release_id}: what it was made "
                        "from is no longer as it was; put it back",
                        *found,
                    ]
                )
            )
        marts = self.tracer.marts if mart is None else [published(self.opened.models, mart).name]
        for name in marts:
            progress.detail(f"verifying {name}")
            yield self.tracer.verify(name, sample=sample, seed=seed)

    def _told(self, asked: Asked, places: int | None, shown_rows: int | None) -> Report:
        trace = self.tracer.trace(asked.model.name, asked.key, asked.column)
        tables = [step.model for step in trace.steps if step.rows is not None]
        tables += [part.table for part in trace.support]
        supporting = Supporting(
            self.opened.connection, RELEASE, {table: trace.where(table) for table in tables}
        )
        found = sources(supporting, self.release, places)
        way = steps(
            supporting, self.release, self.opened.models, asked.model.name, shown_rows=shown_rows
        )
        changed = input_checks.changed(self.home, self.release, supporting, found)
        sql = {step.table: step.file for step in way if step.file}
        digests = self.release.manifest["files"]
        proof = Proof(
            status="unproved" if changed else trace.certificate.status,
            reasons=[*changed, *trace.certificate.reasons],
            considered=_considered(trace),
            sql={table: digests[file] for table, file in sql.items()},
            tables=_content_hashes(trace),
            files=input_checks.files(self.release, found),
        )
        return Report(
            figure=figure(supporting, asked),
            proof=proof,
            release=about(self.release, rebuilt=self.rebuilt),
            steps=way,
            sources=found,
        )


@contextmanager
def auditor(home: Home, release: Release) -> Iterator[Auditor]:
    """Answers about a release, however old; its database is made again where it is gone.

    Raises what :func:`~klynge.releases.rebuilding.traceable_database` raises where that fails, and
    :class:`InputError` where the edition that holds everything cannot be read.
    """
    models = read_models(release)
    with _database(home, release) as (database, rebuilt):
        whole = opened(database, models, mart_names(models), release.manifest)
        with Tracer(whole) as tracer:
            yield Auditor(home, release, tracer, whole, rebuilt)


@contextmanager
def _database(home: Home, release: Release) -> Iterator[tuple[Path, bool]]:
    """The database that holds everything, and whether it was made again for this."""
    if not release.has_database:
        with traceable_database(home, release) as found:
            yield found.database, found.rebuilt
        return
    # the edition is in a folder that its owner alone may look into
    restricted = release.path / RESTRICTED / DATABASE
    if release.submitted and not os.access(restricted, os.R_OK):
        raise InputError(
            f"tracing needs the restricted edition of release {release.release_id}, which holds "
            "every row: only the analysts' edition can be read here; ask the release's owner"
        )
    yield release.whole_database, False


def _content_hashes(trace: Trace) -> dict[str, str]:
    return {table: said for table, said in trace.certificate.tables.items() if said is not None}


def _considered(trace: Trace) -> list[Considered]:
    """What was considered, clause by clause."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for one in trace.considered():
        clause = (one.kind, one.model, one.clause.replace('"', ""))
        found.setdefault(clause, {})[one.part.table] = one.part.rows
    return [Considered(*clause, rows) for clause, rows in found.items()]
