"""Ask a person before a command does something that cannot be undone."""

import sys
from typing import Annotated

import typer

from cli.output import console
from klynge.messages import message, shown

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before the command acts.")]
#: Answers that mean yes and no, in either language of the command; Enter alone means no.
_YES, _NO = {"j", "ja", "y", "yes"}, {"n", "nej", "no", ""}


def must_ask(*, yes: bool) -> bool:
    """Whether the command must ask, because it runs at a terminal and without ``--yes``."""
    return not yes and sys.stdin.isatty()


def ask(question: str) -> None:
    """Ask a question until the answer is yes or no; if it is no, end with exit code 1.

    The end of the input and Ctrl-C mean no.
    """
    while True:
        try:
            answer = input(shown(message("{question} [y/N]: ", question=question)))
        except (EOFError, KeyboardInterrupt):
            console.print()
            answer = ""
        said = answer.strip().casefold()
        if said in _YES:
            return
        if said in _NO:
            console.print(message("nothing is done: you answered no"))
            raise typer.Exit(1)
        console.print(message("answer y for yes or n for no"))
