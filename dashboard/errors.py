"""Pages for what went wrong. No page shows a traceback or a path of this machine's files."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.rendering import render_error
from dashboard.view import split_language
from klynge.errors import InputError, KlyngeError
from klynge.messages import message, shown

_LOG = logging.getLogger(__name__)


def show_klynge_error(request: Request, error: Exception) -> Response:
    """Show an error that names its cause, such as an unknown release or a wrong filter."""
    language, _ = split_language(request.url.path)
    status = 404 if isinstance(error, InputError) else 500
    text = error.args[0] if isinstance(error, KlyngeError) and error.args else ""
    title = shown(message("This page cannot be shown"), language)
    return render_error(language, status, str(title), str(shown(text, language)))


def show_http_error(request: Request, error: Exception) -> Response:
    """Show the error of an address that does not exist."""
    language, _ = split_language(request.url.path)
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = shown(message("There is no page with this address"), language)
    advice = shown(message("Check the address, or use the menu or the search."), language)
    return render_error(language, status, str(title), "", str(advice))


def show_unforeseen_error(request: Request, error: Exception) -> Response:
    """Show that a page failed in a way nobody foresaw; the server's log has the details."""
    _LOG.error("the page failed", exc_info=error)
    language, _ = split_language(request.url.path)
    title = shown(message("The page failed in a way nobody foresaw"), language)
    advice = shown(
        message("Try again. If it fails again, tell the owner of the server the time."), language
    )
    return render_error(language, 500, str(title), "", str(advice))
