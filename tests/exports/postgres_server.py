"""Run a PostgreSQL server for tests, in a temporary folder and only on 127.0.0.1."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Debian keeps the programs of the server in this folder.
_DEBIAN = Path("/usr/lib/postgresql")
NOBODY = 65534


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, or None if no server is installed."""
    folders = sorted(_DEBIAN.glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@contextmanager
def run_server() -> Iterator[str]:
    """Run a server until the ``with`` block ends; give the address of a database."""
    programs = find_programs()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # other users cannot read pytest's folders, and the server refuses to run as the superuser
    folder = Path(tempfile.mkdtemp(prefix="klynge-postgres-"))
    prefix: list[str] = []
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    def call(program: str, *arguments: str) -> None:
        subprocess.run(
            [*prefix, str(programs / program), "-D", str(folder / "data"), *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    try:
        call("initdb", "-U", "klynge", "-A", "trust", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://klynge@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
