"""``klynge dashboard``: show the releases of a home as web pages."""

import logging
import socket
import threading
import webbrowser
from typing import Annotated

import typer

from cli.output import console
from klynge.errors import InputError
from klynge.messages import message

#: The usual address: only this machine can reach it.
HOST, PORT = "127.0.0.1", 8765
#: Seconds until a browser that opens the pages finds the server ready.
_READY_SECONDS = 1.0


def dashboard(
    host: Annotated[
        str, typer.Option(help="The address to listen on. Only this machine reaches 127.0.0.1.")
    ] = HOST,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the server; 0 means any free port.")
    ] = PORT,
    is_opened: Annotated[
        bool, typer.Option("--open", help="Open the first page in the browser of this machine.")
    ] = False,
) -> None:
    """Show the releases as web pages, until you press Ctrl+C."""
    # the web server and its libraries take long to import
    import uvicorn  # noqa: PLC0415

    from dashboard.app import create_app  # noqa: PLC0415
    from dashboard.settings import read_settings  # noqa: PLC0415

    application = create_app(read_settings())
    with _listen(host, port) as listener:
        address = f"http://{_in_address(host)}:{listener.getsockname()[1]}/"
        console.print(
            message("The pages are on {address}; Ctrl+C stops them.", address=address),
            soft_wrap=True,
        )
        if is_opened:
            threading.Timer(_READY_SECONDS, webbrowser.open, [address]).start()
        config = uvicorn.Config(
            application,
            log_level=logging.WARNING,
            server_header=False,
            # the reader's address must be the real one: roles depend on it
            proxy_headers=False,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises :class:`InputError` if the address is not this machine's, or if the port is taken.
    """
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except OSError as error:
        raise InputError(
            message(
                "the server cannot listen on {host}, port {port} ({error}): choose another --port "
                "or --host",
                host=host,
                port=str(port),
                error=error.strerror or str(error),
            )
        ) from None


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
