"""Find Chromium, or install Debian's package of it: ``python -m tests.dashboard.browser.chromium``.

Playwright's own browser is not used: its download is not in a package registry.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium():
    """Return the path of the browser, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def main():
    """Install the package if the browser is missing and this user may install packages."""
    if find_chromium():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        sys.stdout.write("Chromium is missing: install Debian's package chromium as root\n")
        return
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "--quiet", *arguments], check=True)  # noqa: S607


if __name__ == "__main__":
    main()
