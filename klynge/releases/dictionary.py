"""The data dictionary of a release: every published table and column, in Danish and English.

It is one page that needs no network, and a CSV file for spreadsheets and programs.
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from klynge.lineage.models import CompiledModels, Model
from klynge.messages import Language
from klynge.pages import page_environment
from klynge.releases.reading import DICTIONARY, DICTIONARY_DELIMITER
from klynge.releases.table_texts import describe_sum
from klynge.words import SCHEMAS, UNITS

#: The page, in ``docs/`` of a release.
PAGE = "dictionary.html"
#: The columns of the CSV file, in order. Each row describes one column of a table.
HEADER = (
    "table",
    "table_label_da",
    "table_label_en",
    "table_description_da",
    "table_description",
    "grain",
    "edition",
    "column",
    "label_da",
    "label_en",
    "description_da",
    "description",
    "type",
    "unit",
    "sum",
    "search_words",
)
_SEARCH_WORDS = Path(__file__).with_name("search_words.csv")


@dataclass(frozen=True)
class ColumnEntry:
    """A column of the dictionary. ``sum`` says how the values may be summed, if it is declared.

    ``description_da`` is empty for a column without a Danish text.
    """

    name: str
    label_da: str
    label_en: str
    description_da: str
    description: str
    type: str
    unit: str | None
    sum: str | None
    #: other words for the column; the other words for the table are not repeated
    search_words: Sequence[str]


@dataclass(frozen=True)
class TableEntry:
    """A table of the dictionary. ``name`` is ``schema.table``; ``grain`` has the key columns.

    ``description_da`` is empty for tables that have an English description only.
    """

    name: str
    label_da: str
    label_en: str
    description_da: str
    description: str
    grain: Sequence[str]
    edition: str
    search_words: Sequence[str]
    columns: Sequence[ColumnEntry]

    @property
    def schema(self) -> str:
        """The schema of the table."""
        return self.name.partition(".")[0]


def write_dictionary(
    folder: Path, models: CompiledModels, tables: Iterable[Mapping[str, Any]], release_id: str
) -> None:
    """Write the page and the CSV file into a folder.

    ``tables`` are the published tables as the manifest of a release describes them.
    """
    entries = list_entries(models, tables)
    (folder / PAGE).write_text(_page(entries, release_id), encoding="utf-8")
    with (folder / DICTIONARY).open("w", encoding="utf-8-sig", newline="") as file:
        # a Danish Excel opens a file with this byte order mark and this delimiter as a table
        writer = csv.writer(file, delimiter=DICTIONARY_DELIMITER)
        writer.writerow(HEADER)
        writer.writerows(_csv_rows(entries))


def list_entries(models: CompiledModels, tables: Iterable[Mapping[str, Any]]) -> list[TableEntry]:
    """The entries of the published tables, in the order of :data:`~klynge.words.SCHEMAS`."""
    schemas = list(SCHEMAS)
    named = {f"{table['schema']}.{table['table']}": table["edition"] for table in tables}
    entries = [_entry(models[name], edition) for name, edition in named.items() if name in models]
    return sorted(entries, key=lambda entry: (schemas.index(entry.schema), entry.name))


def _entry(model: Model, edition: str) -> TableEntry:
    of_table = find_search_words(model.table, model.label_da, model.label_en)
    return TableEntry(
        name=model.name,
        label_da=model.label_da or "",
        label_en=model.label_en or "",
        description_da=model.description_da or "",
        description=model.description,
        grain=model.grain,
        edition=edition,
        search_words=of_table,
        columns=[
            ColumnEntry(
                name=name,
                label_da=column.label_da or "",
                label_en=column.label_en or "",
                description_da=column.description_da or "",
                description=column.description,
                type=column.type or "",
                unit=column.unit,
                sum=column.sum,
                search_words=[
                    word
                    for word in find_search_words(name, column.label_da, column.label_en)
                    if word not in of_table
                ],
            )
            for name, column in model.columns.items()
        ],
    )


def find_search_words(*names: str | None) -> list[str]:
    """Other words that people use for a table or column, in a fixed order.

    A row of ``search_words.csv`` applies if a word in ``names`` begins with its ``matches``. A word
    consists of letters and digits. Every other character, even an underscore, separates words.
    """
    text = " ".join(name for name in names if name).lower()
    found = [
        word
        for start, words in _search_words().items()
        if re.search(rf"(?<![^\W_]){re.escape(start)}", text)
        for word in words
    ]
    return [word for word in dict.fromkeys(found) if word.lower() not in text]


@cache
def _search_words() -> dict[str, list[str]]:
    with _SEARCH_WORDS.open(encoding="utf-8", newline="") as file:
        return {row["matches"]: row["words"].split(", ") for row in csv.DictReader(file)}


def _csv_rows(entries: Iterable[TableEntry]) -> Iterable[tuple[str, ...]]:
    for table in entries:
        for column in table.columns:
            yield (
                table.name,
                table.label_da,
                table.label_en,
                table.description_da,
                table.description,
                ", ".join(table.grain),
                table.edition,
                column.name,
                column.label_da,
                column.label_en,
                column.description_da,
                column.description,
                column.type,
                column.unit or "",
                column.sum or "",
                ", ".join(dict.fromkeys([*table.search_words, *column.search_words])),
            )


def _page(entries: Sequence[TableEntry], release_id: str) -> str:
    environment = page_environment(Path(__file__).parent)
    return environment.get_template("dictionary.j2").render(
        release_id=release_id,
        file=DICTIONARY,
        schemas={
            schema: [entry for entry in entries if entry.schema == schema]
            for schema in dict.fromkeys(entry.schema for entry in entries)
        },
        tables=len(entries),
        columns=sum(len(entry.columns) for entry in entries),
        schema_text=lambda schema, language: SCHEMAS[schema].text(Language(language)),
        unit_text=lambda unit, language: _unit(unit, Language(language)),
        sum_text=lambda code, language: describe_sum(code).text(Language(language)),
    )


def _unit(code: str, language: Language) -> str:
    return UNITS[code].text(language) if code in UNITS else code
