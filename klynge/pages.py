"""The environment of Jinja in which pages are rendered that load no other file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def page_environment(folder: Path, finalize: Callable[[Any], Any] | None = None) -> Environment:
    """Return the environment for the templates of a folder.

    Values are escaped for HTML, and an unknown name in a template is an error. ``finalize`` turns
    each value into the value to show.
    """
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=finalize,
    )
