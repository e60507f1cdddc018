"""What is told of a traced figure, the same in every form: text, JSON, CSV and a page."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from klynge.releases.reading import Release
from klynge.tracing.figure_lookup import Asked
from klynge.tracing.sources import Source, Supporting
from klynge.tracing.steps import Step, stored_reads

#: What each status of a certificate means, for a person.
MEANING = {
    "proved": "built again from these rows alone, by the release's own SQL, it is the same",
    "guarded": (
        "built again from these rows alone it is the same where each model is kept to the rows "
        "asked of it; their values were computed, not supplied"
    ),
    "coarse": "these rows are enough, and more than are needed: a step could not be taken apart",
    "global": "it rests on every row of a table, and a step says why",
    "failed": "built again from these rows it is not the same: the trace is not to be relied on",
    "unproved": "what the release was made from is no longer as it was: nothing is proved",
}
#: The statuses that a reader can rely on.
GOOD = ("proved", "guarded", "coarse", "global")


@dataclass(frozen=True)
class ShownFigure:
    """A cell of a mart, with what its column is called."""

    table: str
    column: str
    key: dict[str, Any]
    value: Any
    #: the value as a person writes it
    text: str
    unit: str | None
    label_da: str
    label_en: str
    description: str
    #: what the row calls what it is about, such as its organisation and indicator
    about: list[str]
    #: the printed cell that the row comes from: file, line and text, where it names one
    printed: dict[str, Any] | None


@dataclass(frozen=True)
class Considered:
    """A clause by which rows that are no part of the support could have changed a figure.

    ``rows`` says how many, by raw and reference table.
    """

    kind: str
    model: str
    clause: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Proof:
    """How sure a trace is, and what it rests on.

    ``status`` is one of :data:`MEANING`. ``considered`` tells of rows that are no part of the
    support and could have changed the figure by being there or not, by model and clause. The hashes
    are those that the release's manifest has.
    """

    status: str
    reasons: list[str]
    considered: list["Considered"]
    #: the SHA-256 of each model's SQL, the content hash of each table, the SHA-256 of each file
    sql: dict[str, str]
    tables: dict[str, str]
    files: dict[str, str]


@dataclass(frozen=True)
class Report:
    """A traced figure: what it is, how sure, through which steps, from which rows."""

    figure: ShownFigure
    proof: Proof
    release: dict[str, Any]
    steps: list[Step]
    sources: list[Source]

    @property
    def raw_rows(self) -> int:
        """How many rows of raw and reference tables it rests on."""
        return sum(source.rows for source in self.sources)

    @property
    def shows_persons(self) -> bool:
        """Whether any step is kept for the restricted edition."""
        return bool(set(self.release["restricted"]) & {step.table for step in self.steps})


def figure(supporting: Supporting, asked: Asked) -> ShownFigure:
    """A figure with its labels and its unit, as its model declares them."""
    said = asked.model.columns[asked.column]
    return ShownFigure(
        table=asked.model.name,
        column=asked.column,
        key=asked.key,
        value=asked.value,
        text=plain(asked.value),
        unit=_unit(supporting, asked),
        label_da=said.label_da or asked.column,
        label_en=said.label_en or asked.column,
        description=said.description,
        about=_names(supporting, asked),
        printed=_printed(supporting, asked),
    )


def about(release: Release, *, rebuilt: bool) -> dict[str, Any]:
    """Which release a trace belongs to, and what made it."""
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
        "database_rebuilt": rebuilt,
    }


def as_json(content: Any) -> str:
    """Indented JSON; decimals and dates stand as text."""
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def report_json(report: Report) -> str:
    """The whole report as JSON."""
    return as_json(asdict(report))


def report_csv(report: Report) -> str:
    """The support as CSV: one line per supporting row of raw and reference tables."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SUPPORT)
    writer.writerows([row.get(name) for name in _SUPPORT] for row in _support(report))
    return text.getvalue()


def report_html(report: Report) -> str:
    """One page that holds everything and fetches nothing."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    by_name = {step.table: step for step in report.steps}
    return environment.get_template("page.j2").render(
        report=report,
        meaning=MEANING[report.proof.status],
        good=report.proof.status in GOOD,
        reads={step.table: stored_reads(by_name, step) for step in report.steps},
        views=[step for step in report.steps if step.rows is None],
    )


def plain(value: Any) -> str:
    """A value as a person writes it: no trailing zeros, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


_SUPPORT = (
    "table",
    "source_row_key",
    "file",
    "sha256",
    "line",
    "printed_text",
    "row",
    "load_id",
    "reporter",
    "period",
    "received_at",
    "accepted_by",
    "columns",
)


def _support(report: Report) -> Iterator[Mapping[str, Any]]:
    for source in report.sources:
        known = {"table": source.table, "file": source.file, "sha256": source.sha256}
        for place in source.places:
            if source.kind in ("print", "submission"):
                yield {**known, **source.about, **place}
            else:
                yield {**known, "columns": json.dumps(place, ensure_ascii=False, default=str)}


def _names(supporting: Supporting, asked: Asked) -> list[str]:
    """The names and English labels that stand in a figure's row."""
    columns = [c for c in asked.model.columns if c.endswith(("_label_en", "_name"))]
    if not columns:
        return []
    names = ", ".join(f'"{name}"' for name in columns)
    [row] = supporting.connection.execute(
        f'select {names} from "{supporting.database}"."{asked.model.schema}"'
        f'."{asked.model.table}" where rowid = {asked.row}'
    ).fetchall()
    return [str(value) for value in row if value is not None]


def _printed(supporting: Supporting, asked: Asked) -> dict[str, Any] | None:
    """Where the figure that a row names as its source is printed."""
    if "figure_id" not in asked.model.columns:
        return None
    database, model = supporting.database, asked.model
    found = supporting.connection.execute(
        f"select f.figure_id, d.file_name, f.line_number, f.printed_text "
        f'from "{database}"."{model.schema}"."{model.table}" t '
        f'join "{database}".core.fct_published_figures f on t.figure_id = f.figure_id '
        f'join "{database}".core.dim_document d on f.document_id = d.document_id '
        f"where t.rowid = {asked.row}"
    ).fetchall()
    names = ("figure_id", "file", "line", "printed_text")
    return dict(zip(names, found[0], strict=True)) if found else None


def _unit(supporting: Supporting, asked: Asked) -> str | None:
    """The unit of a figure: its column's, or what the row says where the description names that."""
    said = asked.model.columns[asked.column]
    unit = said.unit
    words = said.description.replace(".", " ").replace(",", " ").replace(";", " ").split()
    if unit is None and isinstance(asked.value, int | Decimal):
        named = [name for name in asked.model.columns if name.endswith("unit") and name in words]
        if named and asked.column not in named:
            [(unit,)] = supporting.connection.execute(
                f'select "{named[0]}" from "{supporting.database}"."{asked.model.schema}"'
                f'."{asked.model.table}" where rowid = {asked.row}'
            ).fetchall()
    if unit is None:
        return None
    found = supporting.connection.execute(
        f'select label_en from "{supporting.database}".core.dim_unit where unit = $unit',
        {"unit": unit},
    ).fetchall()
    return str(found[0][0]) if found else unit
