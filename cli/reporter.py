"""The command of a reporter, ``klynge-validate``: check files, and write templates.

It needs no checkout, no home and no release. ``make reporter-wheel`` packs it with the contracts
and the reference data into one wheel. It speaks Danish unless ``--language en`` is given.
"""

import os
import sys

import typer

from cli import template, validate
from cli.language import LanguageGroup
from cli.output import errors, replace_unencodable_characters
from klynge.errors import KlyngeError
from klynge.messages import READER_VARIABLE, VARIABLE, Language, Reader

app = typer.Typer(
    cls=LanguageGroup,
    help="Check files before they are reported, and write templates.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("validate")(validate.validate)
app.command("template")(template.template)


def main() -> None:
    """Run a command; a mistake that the reporter can correct gives one message."""
    os.environ.setdefault(VARIABLE, Language.da)
    os.environ[READER_VARIABLE] = Reader.reporter
    replace_unencodable_characters()
    try:
        app()
    except KlyngeError as error:
        errors.print(error.message, style="red")
        sys.exit(error.exit_code)
