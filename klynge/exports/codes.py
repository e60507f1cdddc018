"""The Danish names of the codes in an answer, from the dimensions of its release."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from klynge.exports.answers import Answer, public_tables
from klynge.releases.descriptions import read_descriptions
from klynge.releases.queries import relation

#: The schema of the dimensions.
_SCHEMA = "bi"


@dataclass(frozen=True)
class _CodeList:
    """The columns of a dimension with codes and their Danish names."""

    table: str
    code: str
    name: str


def named_codes(answer: Answer) -> Iterator[tuple[str, str, str]]:
    """Heading, code and Danish name for each code in the rows that the release has a name for.

    A code that is its own name, such as the period 2021-2023, is left out.
    """
    lists = _code_lists(answer)
    for heading, column, values in zip(
        answer.headings, answer.rows.column_names, answer.rows.columns, strict=True
    ):
        if column in lists and pa.types.is_string(values.type):
            names = _read_names(answer, lists[column])
            for code in sorted(set(values.to_pylist()) & names.keys()):
                if names[code] != code:
                    yield heading, code, names[code]


def _code_lists(answer: Answer) -> dict[str, _CodeList]:
    """Name of a column -> the code list of its values.

    A dimension ``t`` names the codes of the columns ``t`` and ``t_id``. A column ``c`` of a
    dimension with a column ``c_da`` is a code list as well, such as ``period_kind``.
    """
    found = {}
    described = read_descriptions(answer.release.path)
    for whole in public_tables(answer.release):
        schema, _, dimension = whole.partition(".")
        if schema != _SCHEMA or whole not in described:
            continue
        columns = described[whole].columns
        key = f"{dimension}_id"
        if key in columns and "name_da" in columns:
            found[key] = found[dimension] = _CodeList(whole, key, "name_da")
        for column in columns:
            if f"{column}_da" in columns:
                found[column] = _CodeList(whole, column, f"{column}_da")
    return found


def _read_names(answer: Answer, codes: _CodeList) -> dict[str, str]:
    """Code -> its Danish name."""
    rows = answer.release.arrow(
        f"select distinct {codes.code} as code, {codes.name} as label "
        f"from {relation(codes.table)} where {codes.code} is not null and {codes.name} is not null"
    )
    return dict(zip(rows["code"].to_pylist(), rows["label"].to_pylist(), strict=True))
