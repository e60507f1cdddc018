"""The ``klynge`` command: its sub-commands, and the exit code of each error.

The exit codes:

- 0: the command succeeded;
- 1: the result is bad: a check failed and nothing was published, a file is held or has rejected
  rows, a figure is not proved, ``persons find`` finds nothing, or ``status`` shows a problem;
- 2: wrong use, or unreadable input;
- 3: the machine failed, or the program has a fault;
- 4: only ``status``: there is no problem, but submissions past their due date are missing, or files
  with refused rows wait for a correction;
- 130: somebody stopped the command.

Only the modules of the sub-command that is called are imported, so that ``query``,
``quality``, ``status``, ``releases`` and ``trace`` answer at once.
"""

import os
import sys
from collections.abc import Iterable
from importlib import import_module

import typer

from cli.language import LanguageGroup, split_language
from cli.output import errors, replace_unencodable_characters
from klynge.errors import KlyngeError, MachineError
from klynge.home import machine_remedy
from klynge.messages import message

#: Sub-command -> module in ``cli`` and the function in it, or the group of sub-commands.
COMMANDS = {
    "allocate": "allocate.allocate",
    "dashboard": "dashboard.dashboard",
    "erase": "erase.erase",
    "export": "export.export",
    "lineage": "lineage.app",
    "load": "load.load",
    "loads": "loads.app",
    "metric": "metrics.metric",
    "metrics": "metrics.app",
    "nightly": "nightly.nightly",
    "periods": "periods.app",
    "persons": "persons.app",
    "quality": "quality.quality",
    "query": "query.query",
    "reference": "reference.app",
    "rejects": "rejects.rejects",
    "releases": "releases.app",
    "sample": "sample.sample",
    "status": "status.status",
    "template": "template.template",
    "trace": "trace.app",
    "validate": "validate.validate",
    "verify-documents": "documents.verify_documents",
}


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Make the command with these sub-commands, and import their modules."""
    app = typer.Typer(
        cls=LanguageGroup,
        help="Klyngedata: the data warehouse of the Danish cluster programme.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    # without a callback, an app with a single command would be that command
    app.callback()(_nothing_before_a_sub_command)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(".")
        found = getattr(import_module(f"cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _nothing_before_a_sub_command() -> None:
    """Do nothing: the sub-command does the work."""


def main() -> None:
    """Run a command; a mistake that the user can correct gives one message and no traceback."""
    replace_unencodable_characters()
    try:
        make_app(_called(sys.argv[1:]))()
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


def _called(arguments: list[str]) -> Iterable[str]:
    """Return the sub-command that is called, or all sub-commands if none is, as for help."""
    rest, _ = split_language(arguments)
    return rest[:1] if rest and rest[0] in COMMANDS else COMMANDS


def _end(reason: str, exit_code: int) -> None:
    errors.print(message("error: {reason}", reason=reason), style="red")
    sys.exit(exit_code)


if __name__ == "__main__":
    main()
