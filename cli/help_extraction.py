"""Collects the help of all commands for the catalogue of messages; `make messages` runs it."""

from collections.abc import Iterator
from typing import Any

import typer

from cli import main, reporter
from cli.language import commands, help_texts


def extract_help(*_: Any, **__: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """The help texts of all commands, as an extraction method of Babel."""
    roots = [typer.main.get_command(one) for one in (main.make_app(), reporter.app)]
    every = [command for root in roots for command in commands(root)]
    for text in dict.fromkeys(text for one in every for text in help_texts(one)):
        yield 0, "message", text, []
