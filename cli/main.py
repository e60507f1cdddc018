"""The ``klynge`` command: where its sub-commands come together and how errors end it.

Exit codes: 0 done; 1 a check said no and nothing was published; 2 wrong use or unreadable input;
3 the machine failed. Heavy imports stand inside the commands that need them, so that ``query``,
``status`` and ``releases`` answer at once.
"""

import sys

import typer

from cli import documents, nightly, query, releases, status
from cli.output import errors
from klynge.errors import KlyngeError, MachineError
from klynge.home import machine_errors

app = typer.Typer(
    help="Klyngedata: the data warehouse of the Danish cluster programme.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("nightly")(nightly.nightly)
app.command("query")(query.query)
app.command("status")(status.status)
app.command("verify-documents")(documents.verify_documents)
app.add_typer(releases.app, name="releases")


def main() -> None:
    """Run a command; a mistake the user can mend is one message, never a traceback."""
    try:
        with machine_errors("the disk"):
            app()
    except KlyngeError as error:
        errors.print(f"error: {error}", style="red")
        sys.exit(error.exit_code)
    except OSError as error:
        errors.print(f"error: {error}", style="red")
        sys.exit(MachineError.exit_code)
