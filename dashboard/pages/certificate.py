"""The certificate of a traced number as a file: JSON, CSV or one page of HTML."""

from collections.abc import Callable

from starlette.responses import Response

from dashboard.background import Running
from dashboard.disclosure import without_rows
from dashboard.figures import find_row, find_table, require_column
from dashboard.page_errors import PageError
from dashboard.pages import number
from dashboard.traces import FigureTrace
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import Language, message, one_of
from klynge.tracing.renderings import report_csv, report_html, report_json
from klynge.tracing.report import Report

#: Format -> the media type, and the function that writes the certificate in a language.
_FORMATS: dict[str, tuple[str, Callable[[Report, Language], str]]] = {
    "json": ("application/json", lambda report, _: report_json(report)),
    "csv": ("text/csv", lambda report, _: report_csv(report)),
    "html": ("text/html", report_html),
}


def build(view: View, mart: str, column: str) -> Response:
    """Return the file.

    Raises :class:`InputError` for an unknown figure or format, and :class:`PageError` if the trace
    takes very long.
    """
    form = view.parameter("format", "json")
    if form not in _FORMATS:
        raise InputError(
            message("format={given}: use {known}", given=form, known=one_of([*_FORMATS]))
        )
    table = find_table(view.connection, view.release, mart)
    require_column(table, column)
    row = find_row(view.connection, table, number.read_key(view))
    answer = FigureTrace(view.home, view.release, table.name, row.key, column).ask_whole()
    if isinstance(answer, Running):
        raise PageError(
            503,
            message("The certificate is being computed"),
            message("The number rests on many rows, so its trace takes long."),
            message("Load this address again in a minute. The work goes on in the meantime."),
        )
    report = answer if view.role.sees_restricted else without_rows(answer)
    media_type, write = _FORMATS[form]
    name = f"{table.name.partition('.')[2]}-{column}-{view.release.release_id}.{form}"
    return Response(
        write(report, view.language),
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
