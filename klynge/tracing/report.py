"""A traced figure of a release, with the result of the trace and facts from the release.

The text, JSON, CSV and HTML renderings read a :class:`Report`. Its parts extend the classes of
:mod:`klynge.lineage.result`: a figure gets labels, a step gets checks, and a proof gets hashes.
"""

from dataclasses import dataclass
from typing import Any

from klynge.lineage.result import Considered, Figure, Proof, TraceStep
from klynge.messages import Message, counted, message
from klynge.quality import CheckResult
from klynge.tracing.gaps import describe_gaps

#: What each status of a proof means.
MEANING = {
    "proved": message("rebuilding from these source rows alone gives the same value"),
    "guarded": message(
        "rebuilding from these source rows gives the same value if each model keeps only the rows "
        "that this figure depends on"
    ),
    "coarse": message(
        "these source rows give the same value, but there are more of them than needed; the reason "
        "is below"
    ),
    "global": message("the figure depends on every row of a table; the reason is below"),
    "failed": message(
        "rebuilding from these source rows gives another value: do not rely on this trace"
    ),
    "unproved": message(
        "the inputs of the release were altered since it was built: nothing is proved"
    ),
}
#: Each status as a word for a reader.
STATUS_WORDS = {
    "proved": message("PROVED"),
    "guarded": message("GUARDED"),
    "coarse": message("COARSE"),
    "global": message("GLOBAL"),
    "failed": message("FAILED"),
    "unproved": message("UNPROVED"),
}
#: Maps some kinds of clauses to a word for a reader. The names of the other kinds are SQL keywords.
KINDS_OF_CLAUSES = {
    "absent": message("absent"),
    "group": message("group"),
    "whole": message("whole"),
    "window": message("window"),
    "witness": message("witness"),
}
#: The statuses that a reader can rely on.
GOOD = ("proved", "guarded", "coarse", "global")


@dataclass(frozen=True)
class LabelledFigure(Figure):
    """A cell of a mart with the labels of its column."""

    #: the value without trailing zeros
    text: str
    unit: str | None
    label_da: str
    label_en: str
    description: str
    #: the names in the row, such as the organisation's name and the indicator's name
    about: list[str]
    #: file, line and text of the printed cell that is the row's source; None if there is none
    printed: dict[str, Any] | None
    #: the columns of the row that say how complete it is; None if its table has no such columns
    completeness: dict[str, Any] | None = None
    #: the parts of the key as name and value in words, without the basis
    key_in_words: tuple[tuple[str, str], ...] = ()
    #: the basis of the row, and its name; None for a table without a basis
    basis: str | None = None
    basis_name: str | None = None
    #: the completeness of the row in words; None for a table that does not say it
    completeness_name: str | None = None
    #: how many findings of the audit name the printed figure
    findings: int = 0
    #: the description in Danish; None without a Danish text
    description_da: str | None = None


@dataclass(frozen=True)
class CertifiedProof(Proof):
    """A proof with the hashes of everything on which it depends; they are from the manifest.

    ``status`` is a key of :data:`MEANING`.
    """

    #: rows that do not support the figure, but that a clause considered when it was computed
    considered: tuple[Considered, ...]
    #: path of a model's SQL in the release -> SHA-256
    sql: dict[str, str]
    #: table -> content hash
    tables: dict[str, str]
    #: file -> SHA-256
    files: dict[str, str]


@dataclass(frozen=True)
class CheckedStep(TraceStep):
    """A step with its description, its file in the release, and its checks."""

    #: ``mart``, ``core``, ``step`` for staging and intermediate, ``raw`` or ``reference``
    kind: str
    description: str
    #: the path of its compiled SQL in the release; None for a source table
    file: str | None
    #: the results of the gate and of dbt's tests in the run that built the release
    checks: list[CheckResult]
    #: the first supporting rows of the step; empty unless the caller asked for rows
    shown: list[dict[str, Any]]
    #: the description in Danish; None without a Danish text
    description_da: str | None = None


@dataclass(frozen=True)
class Source:
    """Supporting rows of one table that were loaded from one file.

    ``about`` describes the file by the document's card or the load's ledger entry. ``places`` are
    the first supporting rows. A printed row has ``source_row_key``, ``line`` and ``printed_text``.
    A submitted row has ``source_row_key`` and ``row``, which is its number in the file. It also has
    ``line`` if the archived file could be read again. A reference row has all columns of its table.
    """

    #: ``print``, ``submission``, ``reference``, or ``ledger`` for the warehouse's own records
    kind: str
    table: str
    file: str
    sha256: str | None
    rows: int
    about: dict[str, Any]
    places: list[dict[str, Any]]


@dataclass(frozen=True)
class Report:
    """A traced figure: its value, its proof, the steps to its source rows, and the source rows."""

    figure: LabelledFigure
    proof: CertifiedProof
    release: dict[str, Any]
    steps: list[CheckedStep]
    sources: list[Source]

    @property
    def source_rows(self) -> int:
        """The number of supporting rows of source tables."""
        return sum(source.rows for source in self.sources)

    @property
    def is_good(self) -> bool:
        """Whether a reader can rely on the trace."""
        return self.proof.status in GOOD

    @property
    def gaps(self) -> list[Message]:
        """Describe what the figure lacks, such as reporters, years and refused rows."""
        loads = [(one.about, one.file) for one in self.sources if one.kind == "submission"]
        return describe_gaps(self.figure.completeness, loads)

    @property
    def verdict(self) -> Message:
        """Name the status of the proof for a reader, and say so if the figure lacks something."""
        status = STATUS_WORDS[self.proof.status]
        return message("{status}, BUT INCOMPLETE", status=status) if self.gaps else status

    @property
    def meaning(self) -> Message:
        """Explain the status of the proof, and give the number of source rows."""
        rows = counted("{count:,} source row", "{count:,} source rows", self.source_rows)
        if self.proof.status == "proved":
            return counted(
                "rebuilding from this {count:,} source row alone gives the same value",
                "rebuilding from these {count:,} source rows alone gives the same value",
                self.source_rows,
            )
        return message("{meaning} ({rows})", meaning=MEANING[self.proof.status], rows=rows)

    @property
    def main_sources(self) -> list[Source]:
        """The documents and submissions of the figure's basis.

        The models also read other files, for example to find out which periods have been reported.
        """
        files = [one for one in self.sources if one.kind in ("print", "submission")]
        return [one for one in files if _basis_of(one) == self.figure.basis] or files

    @property
    def other_sources(self) -> list[Source]:
        """All other sources."""
        main = self.main_sources
        return [one for one in self.sources if one not in main]

    @property
    def restricted_tables(self) -> set[str]:
        """The tables of the trace that only the restricted edition has."""
        return set(self.release["restricted"]) & {step.table for step in self.steps}

    def stored_reads(self, step: CheckedStep) -> list[tuple[CheckedStep, list[str]]]:
        """Return the stored tables that a step reads, each with the views between them."""
        by_name = {one.table: one for one in self.steps}
        found: dict[str, tuple[CheckedStep, list[str]]] = {}

        def visit(names: list[str], through: list[str]) -> None:
            for name in names:
                one = by_name[name]
                if one.rows is None:
                    visit(one.reads, [*through, name])
                else:
                    known = found.setdefault(name, (one, []))[1]
                    known += [view for view in through if view not in known]

        visit(step.reads, [])
        return list(found.values())


def _basis_of(source: Source) -> str:
    return "published" if source.kind == "print" else str(source.about["basis"])
