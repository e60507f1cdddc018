"""Render a page with its template."""

from functools import partial
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

from dashboard.downloads import file_links
from dashboard.navigation import NAVIGATION
from dashboard.sections import Page
from dashboard.view import View
from klynge.messages import Language, local_time, message, shown
from klynge.pages import page_environment

_TEMPLATES = page_environment(Path(__file__).with_name("templates"))


def render_page(view: View, page: Page) -> HTMLResponse:
    """Render a page in the language of the view."""
    template = _TEMPLATES.get_template(page.template)
    manifest = view.release.manifest
    content = template.render(
        view=view,
        page=page,
        language=view.language.value,
        navigation=[(view.address(path), path, view.text(title)) for path, title in NAVIGATION],
        texts=texts_in(view.language),
        created_at=view.text(local_time(manifest["created_at"])),
        rests_on=view.text(view.release.rests_on),
        section_files=partial(file_links, view),
        contains_sample=manifest["basis"]["contains_sample"],
        **page.extra,
    )
    return HTMLResponse(content)


def render_error(
    language: Language, status: int, title: str, explanation: str, advice: str = ""
) -> HTMLResponse:
    """Render a page that says what happened and what to do next."""
    content = _TEMPLATES.get_template("error.html").render(
        language=language.value,
        texts=texts_in(language),
        title=title,
        explanation=explanation,
        advice=advice,
        home="/en/" if language is Language.en else "/",
    )
    return HTMLResponse(content, status)


def texts_in(language: Language) -> dict[str, Any]:
    """Return the fixed texts of the templates in a language."""
    return {name: str(shown(text, language)) for name, text in _TEXTS.items()}


_TEXTS = {
    "name": message("Klyngedata"),
    "subtitle": message("Figures about the Danish cluster programme"),
    "skip": message("Go to the content"),
    "menu": message("Pages"),
    "release": message("Release"),
    "pinned": message("This page is pinned to a release."),
    "follow": message("Show the newest release"),
    "pin": message("Address of this page in this release"),
    "show": message("Show"),
    "filters": message("Filters"),
    "source": message("Source"),
    "basis": message("Basis"),
    "table": message("Table"),
    "download": message("Download"),
    "nothing": message("No rows match. Choose other filters, or see Quality and loads."),
    "search": message("Search"),
    "search_label": message("Search for organisations, indicators, tables and documents"),
    "sample": message("This release contains sample data, which are invented."),
    "to_start": message("Go to the overview"),
}
