"""Render a report as JSON, CSV or HTML; ``cli/`` renders the text for a terminal."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from klynge.messages import Language, counted, current_language, label, local_time, message, shown
from klynge.pages import page_environment
from klynge.tracing.facts import describe_about, describe_release, describe_value
from klynge.tracing.report import KINDS_OF_CLAUSES, Report
from klynge.tracing.summary import (
    describe_caveats,
    describe_computation,
    describe_figure,
    describe_other_sources,
    describe_places,
    describe_proof,
)

#: The version of the JSON format. A program can ignore entries that it does not know.
FORMAT_VERSION = 1

_CSV_COLUMNS = (
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
    "rows_refused_in_file",
)


def format_value(value: Any) -> str:
    """Write a value as text, without trailing zeros, in ISO format for dates, ``""`` for NULL."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def format_key(key: Mapping[str, Any]) -> str:
    """Write a key as users type it, such as ``organisation_id=made year=2021``."""
    return " ".join(f"{name}={format_value(value)}" for name, value in key.items())


def json_text(content: Any) -> str:
    """Indented JSON; decimals and dates are texts."""
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)


def csv_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated rows below a header of column names."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def report_json(report: Report) -> str:
    """Write the whole report as JSON."""
    content = asdict(report)
    content["proof"]["considered"] = [
        {"kind": one.kind, "model": one.model, "clause": one.clause, "rows": one.rows}
        for one in report.proof.considered
    ]
    figure = content["figure"]
    figure["key_in_words"] = [list(map(_in_both, pair)) for pair in report.figure.key_in_words]
    for name in ("basis_name", "completeness_name"):
        figure[name] = figure[name] and _in_both(figure[name])
    gaps = [str(one) for one in report.gaps]
    return json_text({"version": FORMAT_VERSION, "gaps": gaps, **content})


def report_csv(report: Report) -> str:
    """Write one CSV line for each supporting row of raw and reference tables."""
    rows = ([row.get(name) for name in _CSV_COLUMNS] for row in _supporting_rows(report))
    return csv_text(_CSV_COLUMNS, rows)


def report_html(report: Report, language: Language | None = None) -> str:
    """Write one page that loads no other file; by default in the language of the command."""
    language = language or current_language()
    environment = page_environment(
        Path(__file__).parent, finalize=lambda value: shown(value, language)
    )
    environment.filters |= {"format_value": format_value, "facts": describe_about}
    environment.globals |= {
        "counted": counted,
        "describe_places": describe_places,
        "describe_release": describe_release,
        "local_time": local_time,
        "message": message,
    }
    figure = report.figure
    return environment.get_template("page.j2").render(
        report=report,
        language=language,
        figure_name=label(figure.label_en, figure.label_da),
        figure_value=describe_value(figure),
        facts_of_figure=describe_figure(report),
        meaning_for_reader=describe_proof(report),
        caveats=describe_caveats(report),
        computation=describe_computation(report),
        other_sources=describe_other_sources(report),
        kinds=KINDS_OF_CLAUSES,
        reads={step.table: report.stored_reads(step) for step in report.steps},
        views=[step for step in report.steps if step.rows is None],
    )


def _in_both(text: str) -> dict[str, str]:
    """Give a text in each language, for a program."""
    return {one.value: shown(text, one) for one in Language}


def _supporting_rows(report: Report) -> Iterator[Mapping[str, Any]]:
    for source in report.sources:
        known = {"table": source.table, "file": source.file, "sha256": source.sha256}
        for place in source.places:
            if source.kind in ("print", "submission"):
                refused = source.about.get("rows_rejected")
                yield {**known, **source.about, **place, "rows_refused_in_file": refused}
            else:
                yield {**known, "columns": json.dumps(place, ensure_ascii=False, default=str)}
