"""The descriptions of a release's tables: labels, units and texts, from ``sql/models.json``.

Reading them needs none of the packages that build a release.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from klynge.errors import InputError
from klynge.home import read_json
from klynge.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: The file of a release that describes its models.
_MODELS = "sql/models.json"


@dataclass(frozen=True)
class ColumnDescription:
    """The description of a column. A text that is not declared is empty.

    ``description`` is in English, ``description_da`` in Danish. ``sum`` says whether the values may
    be summed: ``yes``, ``no`` or a rule. It is None if it is not declared.
    """

    label_da: str = ""
    label_en: str = ""
    unit: str = ""
    description: str = ""
    sum: str | None = None
    description_da: str = ""

    def text(self, language: Literal["da", "en"] | None) -> str:
        """Return the description in Danish if ``language`` is ``da``, otherwise in English.

        A description without a Danish text is returned in English.
        """
        return (self.description_da if language == "da" else "") or self.description


@dataclass(frozen=True)
class TableDescription:
    """The description of a table. ``name`` is ``schema.table``; ``grain`` has the key columns.

    ``description`` is in English. ``description_da`` is empty for a table without a Danish text.
    """

    name: str
    description: str = ""
    description_da: str = ""
    label_da: str = ""
    label_en: str = ""
    grain: tuple[str, ...] = ()
    columns: Mapping[str, ColumnDescription] = field(default_factory=dict)

    def text(self, language: Literal["da", "en"] | None) -> str:
        """Return the description in Danish if ``language`` is ``da``, otherwise in English.

        A description without a Danish text is returned in English.
        """
        return (self.description_da if language == "da" else "") or self.description

    def headings(self, names: Sequence[str], language: Literal["da", "en"] | None) -> list[str]:
        """Return a heading for each column: its label, or its name if it has no label.

        If ``language`` is None, all headings are names. If several columns have the same label, the
        name of the column follows the label. Raises :class:`InputError` for an unknown language.
        """
        if language is None:
            return list(names)
        if language not in ("da", "en"):
            raise InputError(message("labels={given!r}: use da or en", given=language))
        columns = [self.columns.get(name, ColumnDescription()) for name in names]
        labels = [getattr(column, f"label_{language}") or "" for column in columns]
        count = Counter(labels)
        return [
            name if not label else label if count[label] == 1 else f"{label} ({name})"
            for name, label in zip(names, labels, strict=True)
        ]


def read_descriptions(folder: Path) -> dict[str, TableDescription]:
    """Read the description of each table (``schema.table``) from the folder of a release.

    The descriptions of the latest releases are kept, as long as their files stay unchanged.
    """
    path = folder / _MODELS
    if not path.exists():
        return {}
    state = path.stat()
    return dict(_read(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=8)
def _read(path: Path, _changed_ns: int, _size: int) -> Mapping[str, TableDescription]:
    tables = map(_describe_table, read_json(path)["models"])
    return {table.name: table for table in tables}


def _describe_table(model: Mapping[str, Any]) -> TableDescription:
    columns = {
        name: ColumnDescription(
            **{
                key: column.get(key) or ""
                for key in ("label_da", "label_en", "unit", "description", "description_da")
            },
            sum=column.get("sum"),
        )
        for name, column in model["columns"].items()
    }
    return TableDescription(
        name=f"{model['schema']}.{model['table']}",
        description=model["description"],
        description_da=model.get("description_da") or "",
        label_da=model.get("label_da") or "",
        label_en=model.get("label_en") or "",
        grain=tuple(model["grain"]),
        columns=columns,
    )
