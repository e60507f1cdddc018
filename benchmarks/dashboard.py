"""Time the web pages of the current release while 20 readers click at once.

A reader opens a page, looks at it for a second, and opens the next one. Each page is asked for as a
browser asks: compressed, over a connection that stays open.
"""

import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx2 as httpx

from dashboard.navigation import NAVIGATION

READERS = 20
#: Seconds that all readers click, and that a reader looks at a page.
SECONDS, LOOKING = 30, 1.0
#: Limits: milliseconds of the slowest twentieth, bytes and requests of a page, memory in MB.
LIMIT_MS, LIMIT_BYTES, LIMIT_REQUESTS, LIMIT_MB = 300, 350_000, 15, 300
#: The pages of the menu, and the page of an organisation.
PAGES = (*(path for path, _ in NAVIGATION), "/klynger/clean")
_PARTS = re.compile(rb'(?:href|src)="(/static/[^"]+)"')


def main() -> None:
    """Print the times and sizes; end with an error if a limit is passed."""
    port = _free_port()
    server = subprocess.Popen(
        [Path(sys.executable).with_name("klynge"), "dashboard", "--port", str(port)]
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_for(base)
        pages = _measure_pages(base)
        times = _click(base, pages)
        memory = _memory_mb(server.pid)
    finally:
        server.terminate()
        server.wait()
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{len(times)} pages for {READERS} readers: median {statistics.median(times):.0f} ms, "
        f"p95 {p95:.0f} ms, longest {max(times):.0f} ms; {memory:.0f} MB"
    )
    assert p95 <= LIMIT_MS, f"{p95:.0f} ms"  # noqa: S101
    assert memory <= LIMIT_MB, f"{memory:.0f} MB"  # noqa: S101


def _measure_pages(base: str) -> list[str]:
    """Print first time, size and requests of each page, and return the pages that there are."""
    found = []
    with httpx.Client(base_url=base, timeout=60) as client:
        for page in PAGES:
            started = time.perf_counter()
            response = client.get(page)
            elapsed = 1000 * (time.perf_counter() - started)
            if response.status_code != 200:
                print(f"{page}: {response.status_code}, left out")
                continue
            parts = {one.decode() for one in _PARTS.findall(response.content)}
            size = _sent(response) + sum(_sent(client.get(part)) for part in parts)
            print(
                f"{page}: first {elapsed:.0f} ms, {len(response.content) / 1000:.0f} kB of HTML, "
                f"{size / 1000:.0f} kB sent in {1 + len(parts)} requests"
            )
            # the fonts that the style names come on top
            assert size + FONTS <= LIMIT_BYTES, page  # noqa: S101
            assert 1 + len(parts) + 3 <= LIMIT_REQUESTS, page  # noqa: S101
            found.append(page)
    return found


#: The bytes of the fonts.
FONTS = sum(
    path.stat().st_size
    for path in (Path(__file__).parents[1] / "dashboard" / "static" / "fonts").glob("*.woff2")
)


def _sent(response: httpx.Response) -> int:
    """Return the bytes that came over the connection, which are fewer than those of the content."""
    return int(response.headers.get("content-length", len(response.content)))


def _click(base: str, pages: list[str]) -> list[float]:
    """Return the milliseconds of each page while all readers click."""
    times: list[float] = []
    until = time.perf_counter() + SECONDS

    def read(seed: int) -> None:
        choice = random.Random(seed)  # noqa: S311 - any order of pages will do
        with httpx.Client(base_url=base, timeout=60) as client:
            time.sleep(choice.random() * LOOKING)
            while time.perf_counter() < until:
                started = time.perf_counter()
                response = client.get(choice.choice(pages))
                times.append(1000 * (time.perf_counter() - started))
                assert response.status_code == 200, response.url  # noqa: S101
                time.sleep(LOOKING)

    readers = [threading.Thread(target=read, args=(seed,)) for seed in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return times


def _free_port() -> int:
    with closing(socket.socket()) as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def _wait_for(base: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{base}/static/icon.svg")
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server did not start")


def _memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise SystemExit("the memory of the server is not known")


if __name__ == "__main__":
    main()
