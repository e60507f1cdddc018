"""Ask for pages without a server, as a reader at this machine."""

from typing import Any

from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.settings import Settings
from klynge.home import Home

#: The address by which a reader at this machine calls the server.
ADDRESS = "http://127.0.0.1"


def open_client(home: Home, role: str = "auditor", **options: Any) -> TestClient:
    """Return a client of the pages of a home; ``options`` are those of ``TestClient``."""
    application = create_app(Settings(home=home, local_role=role))
    return TestClient(application, ADDRESS, client=("127.0.0.1", 50_000), **options)
