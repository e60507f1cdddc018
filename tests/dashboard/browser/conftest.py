"""A browser, and a server that shows the release with the sample."""

import os
import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from dashboard.app import create_app
from dashboard.settings import Settings
from tests.dashboard.browser.chromium import find_chromium

#: All pages instead of a few.
ALL_PAGES = os.environ.get("KLYNGE_TEST_PAGES") == "all"


@contextmanager
def serve(application):
    """Serve an application on a free port of this machine, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def site(sampled):
    with serve(create_app(Settings(home=sampled))) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: run `make install-browser`"
    )
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium is missing: run `make install-browser`")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


class Visitor:
    """A tab of the browser that writes down what goes wrong and which addresses it asks for."""

    def __init__(self, tab, site):
        self.tab, self.site = tab, site
        self.wrong, self.requests = [], []
        tab.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else 0)
        tab.on("pageerror", lambda error: self.wrong.append(str(error)))
        tab.on("request", lambda request: self.requests.append(request.url))

    def open(self, path):
        """Open a page of the site; the page must be there, and ask for nothing elsewhere."""
        response = self.tab.goto(f"{self.site}{path}")
        assert response.ok, (path, response.status)
        self.check()
        return self.tab

    def check(self):
        """Nothing went wrong, and no request left the site."""
        assert not self.wrong, self.wrong
        foreign = [url for url in self.requests if not url.startswith((self.site, "data:"))]
        assert not foreign


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def any_visitor(request, chromium, site):
    """A visitor with JavaScript, and one without."""
    with chromium.new_context(java_script_enabled=request.param, accept_downloads=True) as context:
        yield Visitor(context.new_page(), site)


@pytest.fixture
def visitor(chromium, site):
    with chromium.new_context(accept_downloads=True) as context:
        yield Visitor(context.new_page(), site)
