"""Ask a person before a command does what cannot be undone."""

import sys
from typing import Annotated

import typer

from cli.output import console
from klynge.messages import message, shown

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before the command acts.")]


def must_ask(*, yes: bool) -> bool:
    """Whether the command must ask: a person sits at a terminal and has not given ``--yes``."""
    return not yes and sys.stdin.isatty()


def ask(question: str) -> None:
    """Ask a question, and end the command with exit code 1 unless the answer is yes."""
    if not typer.confirm(shown(question)):
        console.print(message("nothing is done: you answered no"))
        raise typer.Exit(1)
