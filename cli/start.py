"""The start of ``klynge``: says what to install if only the reading of releases is installed."""

import sys


def main() -> None:
    """Run the command; without its packages, say in one sentence how to get them."""
    try:
        from cli.main import main as run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.exit(
            f"error: the command klynge needs the package {error.name}, which is not installed: "
            "pip install 'klyngedata[build]'; reading a release in Python works without it"
        )
    run()
