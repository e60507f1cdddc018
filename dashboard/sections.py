"""The parts of a page. A page says what to show; the templates decide how it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup


@dataclass(frozen=True)
class Cell:
    """A cell of a table: ``text`` is shown, ``value`` is what the release has.

    ``href`` is where the cell leads; every number leads to its own page. ``note`` is a short remark
    beside the text, such as why there is no number.
    """

    text: str
    value: Any = None
    href: str | None = None
    is_number: bool = False
    note: str | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table; ``name`` is its name in the release, ``heading`` is shown."""

    name: str
    heading: str
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A table: each row has a cell for each column."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Section:
    """A part of a page with its own heading: a chart, the table behind it, and notes.

    ``source`` names the table of the release, and ``basis`` says where its figures come from.
    """

    id: str
    title: str
    lead: str = ""
    table: Table | None = None
    chart: Markup | None = None
    notes: Sequence[str] = ()
    source: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Choice:
    """A filter of a page: a list from which the reader chooses one value."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Page:
    """A page. ``template`` shows it, and may use ``extra``; the usual one shows the sections."""

    title: str
    lead: str
    sections: Sequence[Section]
    choices: Sequence[Choice] = ()
    template: str = "page.html"
    extra: Mapping[str, Any] = field(default_factory=dict)
