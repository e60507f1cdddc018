"""A view: what one request asks for, in which language, of which release, and who asks."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import duckdb
from starlette.requests import Request

from dashboard.databases import Databases
from dashboard.identity import Role, role_of
from dashboard.page_errors import no_release, unknown_release
from dashboard.settings import Settings
from klynge.home import Home
from klynge.messages import Language, shown
from klynge.releases.reading import Release, list_releases

#: The parameter that pins a page to a release, and the beginning of the English addresses.
RELEASE, ENGLISH = "release", "/en"


@dataclass(frozen=True)
class View:
    """What a page needs to know of its request.

    ``path`` is the address without language and without parameters. ``parameters`` has every value
    of each parameter, without the release. ``is_pinned`` says that the address names the release;
    any other address shows the newest release at the moment of the request.
    """

    home: Home
    release: Release
    language: Language
    path: str
    parameters: Mapping[str, tuple[str, ...]]
    role: Role
    is_pinned: bool
    databases: Databases
    open_until_the_end: ExitStack

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection to the analysts' edition, which is opened when a page first needs it."""
        return self.open_until_the_end.enter_context(self.databases.connect(self.release))

    def parameter(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return self.parameters.get(name, (default,))[-1]

    def address(self, path: str, /, **parameters: Any) -> str:
        """The address of a page in the same language and, if this page is pinned, of its release.

        A parameter with the value None is left out; a list gives the parameter several times.
        """
        language = ENGLISH if self.language is Language.en else ""
        given = {name: value for name, value in parameters.items() if value is not None}
        if self.is_pinned:
            given.setdefault(RELEASE, self.release.release_id)
        query = urlencode(given, doseq=True)
        return f"{language}{quote(path)}" + (f"?{query}" if query else "")

    @property
    def own_address(self) -> str:
        """The address of this very page."""
        return self.address(self.path, **self.parameters)

    @property
    def pinned_address(self) -> str:
        """The address that shows this page of this release for ever."""
        chosen = {**self.parameters, RELEASE: self.release.release_id}
        return self.address(self.path, **chosen)

    @property
    def newest_address(self) -> str:
        """The address of this page that follows the newest release."""
        return address_in(self.language, self.path, self.parameters)

    @property
    def other_language(self) -> str:
        """The address of this page in the other language."""
        other = Language.da if self.language is Language.en else Language.en
        pinned = {RELEASE: (self.release.release_id,)} if self.is_pinned else {}
        return address_in(other, self.path, {**self.parameters, **pinned})

    def text(self, content: Any) -> str:
        """A message in the language of the page."""
        return str(shown(content, self.language))


def address_in(language: Language, path: str, parameters: Mapping[str, tuple[str, ...]]) -> str:
    """The address of a page in a language."""
    query = urlencode(parameters, doseq=True)
    prefix = ENGLISH if language is Language.en else ""
    return f"{prefix}{quote(path)}" + (f"?{query}" if query else "")


def split_language(path: str) -> tuple[Language, str]:
    """Return the language of an address, and the rest of its path."""
    if path == ENGLISH or path.startswith(f"{ENGLISH}/"):
        return Language.en, path.removeprefix(ENGLISH) or "/"
    return Language.da, path


def newest_release(home: Home) -> Release:
    """Open the newest release. Raises :class:`PageError` if nothing is published yet."""
    current = home.releases / "current"
    if not current.exists():
        raise no_release()
    return Release(current.resolve())


def find_release(home: Home, release_id: str) -> Release:
    """Open a release of the home by its whole id; a path is never an id.

    Raises :class:`PageError` if the home has no such release.
    """
    for release in list_releases(home):
        if release.release_id == release_id:
            return release
    raise unknown_release(release_id)


@contextmanager
def open_view(request: Request, settings: Settings, databases: Databases) -> Iterator[View]:
    """Open the view of a request: the release is chosen once, so a page never mixes two releases.

    Raises :class:`PageError` if nothing is published yet, or if the named release is not there.
    """
    language, path = split_language(request.url.path)
    parameters: dict[str, tuple[str, ...]] = {}
    for name, value in request.query_params.multi_items():
        parameters[name] = (*parameters.get(name, ()), value)
    named = parameters.pop(RELEASE, ())
    release = find_release(settings.home, named[-1]) if named else newest_release(settings.home)
    with ExitStack() as stack:
        yield View(
            home=settings.home,
            release=release,
            language=language,
            path=path,
            parameters=parameters,
            role=role_of(request, settings),
            is_pinned=bool(named),
            databases=databases,
            open_until_the_end=stack,
        )
