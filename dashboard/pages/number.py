"""The page of one number: what it is, how sure it is, and where it comes from."""

import shlex
from dataclasses import replace
from typing import Any

from dashboard.background import Running
from dashboard.disclosure import hides_rows, without_rows
from dashboard.figure_texts import describe_figure, say_nothing
from dashboard.figures import (
    FigureRow,
    UnclearRowError,
    find_row,
    find_table,
    require_column,
)
from dashboard.findings import CERTAINTIES, LISTED, VERDICTS, find_findings, find_printed
from dashboard.formats import format_value
from dashboard.other_releases import describe_causes, find_versions
from dashboard.pages.rows import list_rows
from dashboard.sections import Page
from dashboard.trace_tree import grow_tree
from dashboard.traces import FigureTrace, ReleaseComparison
from dashboard.view import View
from klynge.errors import KlyngeError
from klynge.messages import counted, local_time, message
from klynge.releases.descriptions import read_descriptions
from klynge.tracing.facts import describe_about, describe_release
from klynge.tracing.renderings import format_value as exact_text
from klynge.tracing.report import KINDS_OF_CLAUSES, Report
from klynge.tracing.summary import (
    describe_caveats,
    describe_computation,
    describe_other_sources,
    describe_places,
    describe_proof,
)

#: Parameters of the page that are no part of the figure's key: to leave the trace, and to explain
#: the change since the release before.
STOP, EXPLAIN = "spor", "forklar"
_OWN = (STOP, EXPLAIN, "format")


def build(view: View, mart: str, column: str) -> Page:
    """Build the page of the number in ``column`` of the row that the parameters name.

    Raises :class:`InputError` for an unknown table or column.
    """
    table = find_table(view.connection, view.release, mart)
    require_column(table, column)
    try:
        row = find_row(view.connection, table, read_key(view))
    except UnclearRowError as unclear:
        return list_rows(view, table, column, unclear)
    return _build(view, row, column)


def read_key(view: View) -> dict[str, str]:
    """The key that the parameters of an address name."""
    return {name: values[-1] for name, values in view.parameters.items() if name not in _OWN}


def _build(view: View, row: FigureRow, column: str) -> Page:
    trace = FigureTrace(view.home, view.release, row.table.name, row.key, column)
    report, running, refusal = _ask(view, trace)
    figure = describe_figure(view, row, column)
    printed = find_printed(view, row.values.get("figure_id"))
    figure_ids = _figure_ids(row, report)
    findings = find_findings(view, figure_ids)
    return Page(
        title=figure.label,
        lead=figure.description,
        sections=(),
        template="number.html",
        extra={
            **_functions(),
            "figure": figure,
            "why_nothing": say_nothing(view, row, column),
            "printed": printed,
            "row_address": view.address(f"/tal/{row.table.name}", **row.key),
            "table": row.table.name,
            "column": column,
            "key": row.key,
            "running": running,
            "refusal": refusal,
            "again_address": _own_address(view, row, column),
            "stop_address": _own_address(view, row, column, **{STOP: "stop"}),
            "verdicts": VERDICTS,
            "certainties": CERTAINTIES,
            "command": _command(row, column),
            "certificates": _certificates(view, row, column),
            "findings": findings[:LISTED],
            "more_findings": max(0, len(findings) - LISTED),
            **_versions(view, row, column),
            **_describe_trace(view, report),
        },
    )


def _ask(view: View, trace: FigureTrace) -> tuple[Report | None, Running | None, str]:
    """Return the report, or that it is being computed, or why there is none."""
    if view.parameter(STOP):
        trace.stop()
        return None, None, view.text(message("The trace is not computed, because it was stopped."))
    try:
        answer = trace.ask()
    except KlyngeError as error:
        return None, None, view.text(error.message)
    if isinstance(answer, Running):
        return None, answer, ""
    return answer, None, ""


def _describe_trace(view: View, report: Report | None) -> dict[str, Any]:
    if report is None:
        return {"report": None}
    may_see = view.role.sees_restricted
    shown = report if may_see else without_rows(report)
    described = read_descriptions(view.release.path)
    # the page lists the findings themselves
    without_findings = replace(shown, figure=replace(shown.figure, findings=0))
    return {
        "report": shown,
        "meaning": describe_proof(report),
        "caveats": describe_caveats(without_findings),
        "computation": describe_computation(shown),
        "other_sources": describe_other_sources(shown),
        "tree": grow_tree(shown, described, view.language),
        "about_release": describe_release(shown.release),
        "is_hidden": not may_see and hides_rows(report),
        "is_restricted": may_see and hides_rows(report),
        "kinds": KINDS_OF_CLAUSES,
    }


def _figure_ids(row: FigureRow, report: Report | None) -> list[str]:
    """The printed figures on which the number rests: its own, and those of its trace."""
    own = [value for name, value in row.values.items() if name.endswith("figure_id") and value]
    sources = report.main_sources if report else []
    traced = [
        place["source_row_key"]
        for source in sources
        if source.kind == "print"
        for place in source.places
    ]
    return list(dict.fromkeys([*own, *traced]))


def _versions(view: View, row: FigureRow, column: str) -> dict[str, Any]:
    versions = find_versions(view.home, row.table.name, row.key, column)
    asked = view.parameter(EXPLAIN)
    explained: list[str] = []
    comparing = None
    chosen = next((one for one in versions if one.release.release_id == asked), None)
    if chosen and chosen.changed_since:
        comparison = ReleaseComparison(view.home, chosen.changed_since, chosen.release)
        try:
            answer = comparison.ask()
        except KlyngeError as error:
            explained = [error.message]
        else:
            if isinstance(answer, Running):
                comparing = answer
            else:
                explained = list(describe_causes(answer, row.table.name, row.key, column))
    lines = [
        {
            "release_id": one.release.release_id,
            "created": local_time(one.created_at),
            "value": format_value(one.value, view.language),
            "missing": one.missing,
            "is_this": one.release.release_id == view.release.release_id,
            "has_changed": one.changed_since is not None,
            "address": _own_address(view, row, column, release=one.release.release_id),
            "explain": _own_address(view, row, column, **{EXPLAIN: one.release.release_id}),
            "is_explained": one is chosen,
        }
        for one in versions
    ]
    return {"versions": lines, "explained": explained, "comparing": comparing}


def _own_address(view: View, row: FigureRow, column: str, **parameters: str) -> str:
    return view.address(f"/tal/{row.table.name}/{column}", **{**row.key, **parameters})


def _certificates(view: View, row: FigureRow, column: str) -> dict[str, str]:
    path = f"/bevis/{row.table.name}/{column}"
    return {form: view.address(path, **row.key, format=form) for form in ("json", "csv", "html")}


def _command(row: FigureRow, column: str) -> str:
    """The command that traces the figure in a terminal."""
    key = " ".join(shlex.quote(f"{name}={value}") for name, value in row.key.items())
    return f"klynge trace {row.table.name.partition('.')[2]} {key} --column {column}"


def begin_sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def _functions() -> dict[str, Any]:
    """What the template uses to write texts."""
    return {
        "message": message,
        "counted": counted,
        "local_time": local_time,
        "exact": exact_text,
        "sentence": begin_sentence,
        "describe_about": describe_about,
        "describe_places": describe_places,
    }
