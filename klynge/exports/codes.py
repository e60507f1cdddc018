"""Find the names of the codes in an answer, in the dimensions of its release."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from klynge.exports.answers import Answer, public_tables
from klynge.messages import Language
from klynge.releases.descriptions import read_descriptions
from klynge.releases.queries import relation
from klynge.releases.reading import Release
from klynge.warehouse.schemas import STAR


@dataclass(frozen=True)
class CodeList:
    """A dimension, and its columns with the codes and with their names in one language."""

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
    lists = find_code_lists(answer.release, Language.da)

    def read(sql: str) -> Iterable[tuple[int, str, str]]:
        with answer.release.connect() as connection:
            return connection.execute(sql).fetchall()

    names = read_names({lists[name] for _, name, _ in columns if name in lists}, read)
    for heading, name, values in columns:
        labels = names[lists[name]] if name in lists else {}
        for code in sorted(values & labels.keys()):
            if labels[code] != code:
                yield heading, code, labels[code]


def find_code_lists(release: Release, language: Language) -> dict[str, CodeList]:
    """Find the code list of each column.

    A dimension ``t`` names the codes of the columns ``t`` and ``t_id``. If a dimension has the
    columns ``c`` and ``c_da``, they are a code list as well; an example is ``period_kind``.
    """
    found = {}
    described = read_descriptions(release.path)
    for whole in public_tables(release):
        schema, _, dimension = whole.partition(".")
        if schema != STAR or whole not in described:
            continue
        columns = described[whole].columns
        key = f"{dimension}_id"
        if key in columns and f"name_{language}" in columns:
            found[key] = found[dimension] = CodeList(whole, key, f"name_{language}")
        for column in columns:
            if f"{column}_{language}" in columns:
                found[column] = CodeList(whole, column, f"{column}_{language}")
    return found


def read_names(
    lists: Iterable[CodeList], read: Callable[[str], Iterable[tuple[int, str, str]]]
) -> dict[CodeList, dict[str, str]]:
    """Read the name of each code, by list. ``read`` runs one query for all lists."""
    numbered = dict(enumerate(lists))
    found: dict[CodeList, dict[str, str]] = {one: {} for one in numbered.values()}
    if not found:
        return found
    selects = [
        f"select distinct {number} as list, {one.code} as code, {one.name} as name "
        f"from {relation(one.table)} where {one.code} is not null and {one.name} is not null"
        for number, one in numbered.items()
    ]
    for number, code, name in read(" union all ".join(selects)):
        found[numbered[number]][code] = name
    return found
