"""Make pandas frames: convert the numbers of an answer, and describe the frame's content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import pyarrow as pa

from klynge.errors import InputError
from klynge.messages import message
from klynge.releases.bases import SAMPLE, bases_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from klynge.releases.descriptions import TableDescription

#: The pandas types of whole numbers and booleans that may be missing.
_NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    **dict.fromkeys((pa.int32(), pa.int64()), pd.Int64Dtype()),
}


def make_frame(rows: pa.Table, numbers: Literal["decimal", "float"]) -> pd.DataFrame:
    """The rows as a frame.

    Decimals stay exact, or become floats, which charts and ``to_csv(decimal=",")`` need. Raises
    :class:`InputError` if ``numbers`` has any other value.
    """
    if numbers == "decimal":
        exact: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype)
        return exact
    if numbers != "float":
        raise InputError(message("numbers={given!r}: use decimal or float", given=numbers))
    schema = pa.schema([(f.name, _as_float(f.type)) for f in rows.schema])
    columns = rows.cast(schema)
    floats: pd.DataFrame = columns.to_pandas(types_mapper=_NULLABLE.get, date_as_object=False)
    return floats


def describe_frame(
    manifest: Mapping[str, Any],
    rows: pa.Table,
    headings: Sequence[str],
    description: TableDescription,
    language: Literal["da", "en"] | None = None,
) -> dict[str, Any]:
    """Return metadata for ``frame.attrs``; ``manifest`` is that of the frame's release.

    - ``release_id`` and ``created_at`` are those of the release.
    - ``table``, ``description`` and ``grain`` describe the table.
    - ``basis`` has the bases of the rows. ``contains_sample`` says whether a row is invented, and
      ``release_contains_sample`` whether the release has invented rows.
    - ``names``, ``labels`` (in both languages), ``units``, ``sums`` (how the values may be summed)
      and ``descriptions`` have one entry for each heading.
    - Descriptions are in English, or with the language ``da`` in Danish.
    """
    bases = bases_of(rows)
    columns = {
        heading: (name, description.columns[name])
        for heading, name in zip(headings, rows.column_names, strict=True)
        if name in description.columns
    }
    return {
        "release_id": manifest["release_id"],
        "created_at": manifest["created_at"],
        "table": description.name,
        "description": description.text(language),
        "grain": list(description.grain),
        "basis": bases,
        "contains_sample": SAMPLE in bases,
        "release_contains_sample": manifest["basis"]["contains_sample"],
        "names": {heading: name for heading, (name, _) in columns.items()},
        "labels": {
            heading: {"da": column.label_da, "en": column.label_en}
            for heading, (_, column) in columns.items()
        },
        "units": {heading: column.unit for heading, (_, column) in columns.items() if column.unit},
        "sums": {heading: column.sum for heading, (_, column) in columns.items() if column.sum},
        "descriptions": {
            heading: column.text(language) for heading, (_, column) in columns.items()
        },
    }


def _as_float(kind: pa.DataType) -> pa.DataType:
    return pa.float64() if pa.types.is_decimal(kind) else kind
