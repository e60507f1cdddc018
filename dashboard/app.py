"""The web application: it finds the page of an address, and answers with HTML."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard.databases import Databases, identify
from dashboard.downloads import PREFIX, make_file, view_of_page
from dashboard.errors import HANDLERS
from dashboard.kept_pages import KeptPages
from dashboard.pages import OF_THE_RELEASE_ALONE, OF_THIS_MINUTE, PAGES
from dashboard.protection import ProtectedPages
from dashboard.rendering import render_page
from dashboard.sections import Page
from dashboard.settings import Settings
from dashboard.view import ENGLISH, open_view

_STATIC = Path(__file__).with_name("static")


def create_app(settings: Settings) -> Starlette:
    """Make the application that shows the releases of a home."""
    databases = Databases()
    kept = KeptPages()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        databases.close()

    def show(build: Callable[..., Page | Response]) -> Callable[[Request], Response]:
        """Answer requests with a page or a file. Starlette runs the function in a thread."""

        def answer(request: Request) -> Response:
            with open_view(request, settings, databases) as view:

                def make() -> Response:
                    built = build(view, **request.path_params)
                    return built if isinstance(built, Response) else render_page(view, built)

                if build not in OF_THE_RELEASE_ALONE | OF_THIS_MINUTE:
                    return make()
                minute = int(time.monotonic() // 60) if build in OF_THIS_MINUTE else 0
                view.release.require_database()
                file = identify(view.release.analysts_database)
                address = f"{request.url.path}?{request.url.query}"
                return kept.answer((file, minute, address, view.role.name), make)

        return answer

    def send(build: Callable[..., Page | Response]) -> Callable[[Request], Response]:
        """Answer requests with a table or a chart of a page as a file."""

        def answer(request: Request) -> Response:
            with open_view(request, settings, databases) as asked:
                view = view_of_page(asked)
                built = build(view, **request.path_params)
                return built if isinstance(built, Response) else make_file(view, asked, built)

        return answer

    routes = [
        Route(f"{prefix}{kind}{path}", answer(build), methods=["GET"])
        for path, build in PAGES.items()
        for prefix in ("", ENGLISH)
        for kind, answer in (("", show), (PREFIX, send))
    ]
    return Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=_STATIC))],
        lifespan=lifespan,
        middleware=[
            Middleware(ProtectedPages),
            Middleware(TrustedHostMiddleware, allowed_hosts=[*settings.hosts]),
            Middleware(GZipMiddleware, compresslevel=5),
        ],
        exception_handlers=HANDLERS,
    )
