"""The origin card of a document, ``origin.yml``. It describes the document and its tables.

The role of a document or a table states its subject. Models find figures by role. A later document
of the same kind therefore needs no change of a model. For example, the performance account of any
year has the role ``performance_account``. The roles are terms of the seed ``vocabularies``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from klynge.errors import InputError
from klynge.seed_files import read_utf8, summarise

#: Field of a card -> its type.
_CARD_FIELDS = {
    "document_id": str,
    "role": str,
    "title": str,
    "publisher": str,
    "published": str,
    "isbn": (str, type(None)),
    "language": str,
    "file_name": str,
    "sha256": str,
    "lines": int,
    "covers": str,
    "tables": list,
}
#: Optional fields. ``series_id`` names the series of comparable figures that the tables continue.
#: ``headline_cell_id`` names the cell that introduces the document to a reader.
_OPTIONAL_CARD_FIELDS = {"series_id": str, "headline_cell_id": str}
_TABLE_FIELDS = {"table_id": str, "title": str, "kind": str, "first_line": int, "last_line": int}
#: A table has a role only if a model looks for the table by its role.
_OPTIONAL_TABLE_FIELDS = {"role": str}


@dataclass(frozen=True)
class Table:
    """A table, figure, list or passage of prose that contains cells."""

    table_id: str
    title: str
    kind: str
    first_line: int
    last_line: int
    role: str | None = None


@dataclass(frozen=True)
class Origin:
    """Describes a document, and identifies the exact file that was transcribed."""

    document_id: str
    role: str
    title: str
    publisher: str
    published: str
    isbn: str | None
    language: str
    file_name: str
    sha256: str
    lines: int
    covers: str
    tables: tuple[Table, ...]
    series_id: str | None = None
    headline_cell_id: str | None = None


@dataclass(frozen=True)
class Roles:
    """The roles that a card may name."""

    of_documents: Collection[str]
    of_tables: Collection[str]


def read_origin_card(path: Path, folder_name: str, roles: Roles) -> Origin:
    """Read and check a card. Raises :class:`InputError` with every problem of the card."""
    try:
        card = yaml.safe_load(read_utf8(path))
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not YAML: {error}") from None
    problems = (
        [*_field_problems(card, _CARD_FIELDS, _OPTIONAL_CARD_FIELDS)]
        or [
            f"tables[{i}]: {problem}"
            for i, table in enumerate(card["tables"])
            for problem in _field_problems(table, _TABLE_FIELDS, _OPTIONAL_TABLE_FIELDS)
        ]
        or [*_content_problems(card, folder_name), *_role_problems(card, roles)]
    )
    if problems:
        raise InputError(summarise(path, problems))
    return Origin(**{**card, "tables": tuple(Table(**table) for table in card["tables"])})


def _field_problems(
    card: object, required: dict[str, Any], optional: dict[str, Any]
) -> Iterable[str]:
    if not isinstance(card, dict):
        yield f"a mapping with the fields {', '.join(required)} is expected"
        return
    fields = {**required, **optional}
    yield from (f"the field {name} is missing" for name in required if name not in card)
    yield from (
        f"the field {name} is unknown: correct its spelling" for name in card.keys() - fields
    )
    for name, kind in fields.items():
        if name in card and (not isinstance(card[name], kind) or isinstance(card[name], bool)):
            yield f"the field {name} is {card[name]!r}: quote it, or correct its type"


def _content_problems(card: dict[str, Any], folder_name: str) -> Iterable[str]:
    if card["document_id"] != folder_name:
        yield f"document_id {card['document_id']!r} must be the folder's name, {folder_name!r}"
    if len(card["sha256"]) != 64 or set(card["sha256"]) - set("0123456789abcdef"):
        yield "sha256 must be 64 hexadecimal digits in lower case"
    try:
        date.fromisoformat((card["published"] + "-01-01")[:10])
    except ValueError:
        yield f"published {card['published']!r} must be a year, year-month or date, such as 2024-12"
    ids = [table["table_id"] for table in card["tables"]]
    yield from (f"table {i!r} is declared twice" for i in {i for i in ids if ids.count(i) > 1})
    for table in card["tables"]:
        if not 1 <= table["first_line"] <= table["last_line"] <= card["lines"]:
            yield f"table {table['table_id']!r}: its lines must lie within 1-{card['lines']}"


def _role_problems(card: dict[str, Any], roles: Roles) -> Iterable[str]:
    known = ", ".join(sorted(roles.of_documents))
    if card["role"] not in roles.of_documents:
        yield f"unknown role {card['role']!r}: use one of {known}, or add it to {_VOCABULARIES}"
    named = [table["role"] for table in card["tables"] if "role" in table]
    for role in sorted(set(named)):
        if role not in roles.of_tables:
            known = ", ".join(sorted(roles.of_tables))
            yield f"unknown table role {role!r}: use one of {known}, or add it to {_VOCABULARIES}"


_VOCABULARIES = "reference/vocabularies.csv"
