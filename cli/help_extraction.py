"""Collects the help of all commands for the catalogue of messages; `make messages` runs it."""

from collections.abc import Iterator
from typing import Any

import typer

from cli.language import commands, help_texts
from cli.main import app


def extract_help(*_: Any, **__: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """The help texts of all commands, as an extraction method of Babel."""
    root = typer.main.get_command(app)
    for text in dict.fromkeys(text for one in commands(root) for text in help_texts(one)):
        yield 0, "message", text, []
