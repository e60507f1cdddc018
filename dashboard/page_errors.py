"""An error with its own page: what happened, and what the reader can do."""

from klynge.errors import KlyngeError
from klynge.messages import message


class PageError(KlyngeError):
    """A page cannot be shown. ``status`` is the HTTP status of the answer."""

    def __init__(self, status: int, title: str, explanation: str, advice: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.explanation = explanation
        self.advice = advice


def no_release() -> PageError:
    """Return the error of a home in which nothing is published yet."""
    return PageError(
        503,
        message("There is no release yet"),
        message("No release has been published on this server, so there is nothing to show."),
        message("Run `klynge nightly` on the server. Then load this page again."),
    )


def unknown_release(named: str) -> PageError:
    """Return the error of an address that names a release which is not there."""
    return PageError(
        404,
        message("There is no such release"),
        message(
            "The address names the release {name}, and this server does not have it. Either it was "
            "withdrawn, or its name is misspelt.",
            name=named[:80],
        ),
        message("Remove “release=” from the address: then the newest release is shown."),
    )


def release_gone() -> PageError:
    """Return the error of a release that was withdrawn while a page read it."""
    return PageError(
        410,
        message("The release was withdrawn while it was read"),
        message("Its data are no longer on this server."),
        message("Go to the overview: it shows the newest release."),
    )


def older_release() -> PageError:
    """Return the error of a release whose tables an older version of the program made."""
    return PageError(
        404,
        message("This release does not have what the page shows"),
        message(
            "An older version of the program built the release. A table or a column of this page "
            "was added later."
        ),
        message("Show the newest release, or run `klynge nightly` on the server."),
    )
