"""Pages for what went wrong. No page shows a traceback or a path of this machine's files."""

import logging

import duckdb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from dashboard.page_errors import PageError, older_release, release_gone
from dashboard.protection import HEADERS
from dashboard.rendering import render_error
from dashboard.view import split_language
from klynge.errors import InputError, KlyngeError
from klynge.messages import Language, message, shown

_LOG = logging.getLogger(__name__)


def show_page_error(request: Request, error: Exception) -> Response:
    """Show an error that has its own page."""
    language, _ = split_language(request.url.path)
    assert isinstance(error, PageError)  # noqa: S101 - the application maps the class to this function
    texts = (error.title, error.explanation, error.advice)
    return render_error(language, error.status, *(_text(text, language) for text in texts))


def show_klynge_error(request: Request, error: Exception) -> Response:
    """Show an error that names its cause, such as a filter with an unknown value."""
    language, _ = split_language(request.url.path)
    status = 404 if isinstance(error, InputError) else 503
    text = error.message if isinstance(error, KlyngeError) else ""
    title = message("This page cannot be shown")
    advice = message("Correct the address, or begin at the overview.")
    explanation = _text(text, language)
    return render_error(
        language,
        status,
        _text(title, language),
        explanation[:1].upper() + explanation[1:],
        _text(advice, language),
    )


def show_database_error(request: Request, error: Exception) -> Response:
    """Show that the release is older than the page, or that it was removed while it was read."""
    _LOG.warning("the database refused a page: %s", type(error).__name__)
    is_older = isinstance(error, duckdb.CatalogException | duckdb.BinderException)
    return show_page_error(request, older_release() if is_older else release_gone())


def show_missing_file(request: Request, error: Exception) -> Response:
    """Show that a file of the release was removed while it was read."""
    _LOG.warning("a file of a release is missing: %s", type(error).__name__)
    return show_page_error(request, release_gone())


def show_http_error(request: Request, error: Exception) -> Response:
    """Show the error of an address that does not exist."""
    language, _ = split_language(request.url.path)
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = message("There is no page with this address")
    advice = message("Check the address, or use the menu or the search.")
    if status == 405:
        title = message("The pages can only be read")
        advice = message("Open the address in a browser, without sending anything to it.")
    return render_error(language, status, _text(title, language), "", _text(advice, language))


def show_unforeseen_error(request: Request, error: Exception) -> Response:
    """Show that a page failed in a way nobody foresaw; the server's log has the details."""
    _LOG.error("the page failed", exc_info=error)
    language, _ = split_language(request.url.path)
    title = message("The page failed in a way nobody foresaw")
    advice = message("Try again. If it fails again, tell the owner of the server the time.")
    response = render_error(language, 500, _text(title, language), "", _text(advice, language))
    # this answer does not pass the middleware that adds the headers
    response.headers.update(HEADERS)
    return response


def _text(text: str, language: Language) -> str:
    return str(shown(text, language))


#: The page of each kind of error.
HANDLERS: dict[type[Exception], ExceptionHandler] = {
    PageError: show_page_error,
    KlyngeError: show_klynge_error,
    duckdb.Error: show_database_error,
    FileNotFoundError: show_missing_file,
    HTTPException: show_http_error,
    Exception: show_unforeseen_error,
}
