"""Find the Danish names of the codes in an answer, in the dimensions of its release."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from klynge.exports.answers import Answer, public_tables
from klynge.releases.descriptions import read_descriptions
from klynge.releases.queries import relation
from klynge.warehouse.schemas import STAR


@dataclass(frozen=True)
class _CodeList:
    """A dimension, and its columns with the codes and with their Danish names."""

    table: str
    code: str
    name: str


def named_codes(answer: Answer) -> Iterator[tuple[str, str, str]]:
    """Yield heading, code and Danish name for each code in the rows that has a name.

    A code that equals its name, such as the period 2021-2023, is left out.
    """
    columns = [
        (heading, name, set(values.to_pylist()))
        for heading, name, values in zip(
            answer.headings, answer.rows.column_names, answer.rows.columns, strict=True
        )
        if pa.types.is_string(values.type)
    ]
    lists = _code_lists(answer)
    names = _read_names(answer, {lists[name] for _, name, _ in columns if name in lists})
    for heading, name, values in columns:
        labels = names[lists[name]] if name in lists else {}
        for code in sorted(values & labels.keys()):
            if labels[code] != code:
                yield heading, code, labels[code]


def _code_lists(answer: Answer) -> dict[str, _CodeList]:
    """Find the code list of each column.

    A dimension ``t`` names the codes of the columns ``t`` and ``t_id``. If a dimension has the
    columns ``c`` and ``c_da``, they are a code list as well; an example is ``period_kind``.
    """
    found = {}
    described = read_descriptions(answer.release.path)
    for whole in public_tables(answer.release):
        schema, _, dimension = whole.partition(".")
        if schema != STAR or whole not in described:
            continue
        columns = described[whole].columns
        key = f"{dimension}_id"
        if key in columns and "name_da" in columns:
            found[key] = found[dimension] = _CodeList(whole, key, "name_da")
        for column in columns:
            if f"{column}_da" in columns:
                found[column] = _CodeList(whole, column, f"{column}_da")
    return found


def _read_names(answer: Answer, lists: Iterable[_CodeList]) -> dict[_CodeList, dict[str, str]]:
    """Read the Danish name of each code, by list. One query for all lists saves time."""
    numbered = dict(enumerate(lists))
    found: dict[_CodeList, dict[str, str]] = {one: {} for one in numbered.values()}
    if not found:
        return found
    selects = [
        f"select distinct {number} as list, {one.code} as code, {one.name} as name "
        f"from {relation(one.table)} where {one.code} is not null and {one.name} is not null"
        for number, one in numbered.items()
    ]
    for row in answer.release.arrow(" union all ".join(selects)).to_pylist():
        found[numbered[row["list"]]][row["code"]] = row["name"]
    return found
