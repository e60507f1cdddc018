"""The pages: each module builds one page, or a page and the pages below it."""

from collections.abc import Callable, Mapping

from dashboard.pages import overview
from dashboard.sections import Page

#: Path -> the function that builds the page from a view and the parts of the path.
PAGES: Mapping[str, Callable[..., Page]] = {
    "/": overview.build,
}
