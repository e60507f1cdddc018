"""``klynge dashboard``: show the releases of a home as web pages."""

import logging
from typing import Annotated

import typer

from cli.output import console
from klynge.messages import message

#: The usual address: only this machine can reach it.
HOST, PORT = "127.0.0.1", 8765


def dashboard(
    host: Annotated[
        str,
        typer.Option(help="The address to listen on."),
    ] = HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the server.")] = PORT,
) -> None:
    """Show the releases as web pages, until you press Ctrl+C."""
    # the web server and its libraries take long to import
    import uvicorn  # noqa: PLC0415

    from dashboard.app import create_app  # noqa: PLC0415
    from dashboard.settings import read_settings  # noqa: PLC0415

    application = create_app(read_settings())
    console.print(message("open http://{host}:{port}/ in a browser", host=host, port=str(port)))
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_level=logging.WARNING,
        server_header=False,
        # the reader's address must be the real one: roles depend on it
        proxy_headers=False,
    )
