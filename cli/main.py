"""The ``klynge`` command: its sub-commands, and the exit code of each error.

Exit codes: 0 done; 1 a check failed and nothing was published, or a file is held; 2 wrong use or
unreadable input; 3 the machine failed; 4 the warehouse is well, but submissions are missing (only
``status``). Heavy imports are inside the commands that need them, so that ``query``, ``quality``,
``status``, ``releases`` and ``trace`` answer at once.
"""

import os
import sys

import typer

from cli import (
    allocate,
    documents,
    erase,
    lineage,
    load,
    loads,
    metrics,
    nightly,
    periods,
    persons,
    quality,
    query,
    reference,
    rejects,
    releases,
    sample,
    status,
    template,
    trace,
    validate,
)
from cli.language import LanguageGroup
from cli.output import errors, replace_unencodable_characters
from klynge.errors import KlyngeError, MachineError
from klynge.home import machine_remedy
from klynge.messages import message

app = typer.Typer(
    cls=LanguageGroup,
    help="Klyngedata: the data warehouse of the Danish cluster programme.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("allocate")(allocate.allocate)
app.command("erase")(erase.erase)
app.command("load")(load.load)
app.command("metric")(metrics.metric)
app.command("nightly")(nightly.nightly)
app.command("quality")(quality.quality)
app.command("query")(query.query)
app.command("rejects")(rejects.rejects)
app.command("sample")(sample.sample)
app.command("status")(status.status)
app.command("template")(template.template)
app.command("validate")(validate.validate)
app.command("verify-documents")(documents.verify_documents)
app.add_typer(lineage.app, name="lineage")
app.add_typer(loads.app, name="loads")
app.add_typer(metrics.app, name="metrics")
app.add_typer(periods.app, name="periods")
app.add_typer(reference.app, name="reference")
app.add_typer(persons.app, name="persons")
app.add_typer(releases.app, name="releases")
app.add_typer(trace.app, name="trace")


def main() -> None:
    """Run a command; a mistake that the user can correct gives one message and no traceback."""
    replace_unencodable_characters()
    try:
        app()
    except KlyngeError as error:
        _end(error.message, error.exit_code)
    except OSError as error:
        remedy = machine_remedy(error) or error.strerror or str(error)
        place = error.filename or message("the machine")
        _end(message("{place}: {remedy}", place=place, remedy=remedy), MachineError.exit_code)
    except Exception as error:
        if os.environ.get("KLYNGE_DEBUG"):
            raise
        fault = message(
            "{fault}; this is a fault of the program: KLYNGE_DEBUG=1 shows where",
            fault=f"{type(error).__name__}: {error}",
        )
        _end(fault, 3)


def _end(reason: str, exit_code: int) -> None:
    errors.print(message("error: {reason}", reason=reason), style="red")
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
