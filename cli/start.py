"""Start ``klynge``, or say what to install if a package that it needs is missing."""

import sys


def main() -> None:
    """Run the command; if a package is missing, say in one sentence how to install it."""
    try:
        from cli.main import main as run  # noqa: PLC0415
    except ModuleNotFoundError as error:
        sys.exit(
            f"error: the command klynge needs the package {error.name}, which is not installed: "
            "pip install 'klyngedata[build]'; reading a release in Python works without it"
        )
    run()
