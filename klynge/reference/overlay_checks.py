"""Check an overlay: its rows must be valid, and they must not change a printed row."""

import re
from collections.abc import Iterable, Iterator, Mapping

from klynge.messages import Message, message
from klynge.reference.overlay_seeds import (
    OVERLAY_SEEDS,
    PRINTED_PLACE,
    OverlaySeed,
    repeats,
)
from klynge.reference.problems import Problem
from klynge.reference.seeds import Reference, SeedRow

_ID = re.compile(r"[a-z0-9][a-z0-9_]*")
#: Key columns with ids. Ids of periods are not among them, because they are written differently.
_IDS = frozenset(
    column
    for declared in OVERLAY_SEEDS.values()
    for column in declared.key
    if column.endswith("_id") and column != "period_id"
)
#: The earlier submissions of a reporter depend on these columns.
_IDENTITY = ("kind", "organisation_id", "basis")


def find_overlay_problems(reference: Reference) -> Iterator[Problem]:
    """Find the problems of each row of the overlay, but not those of the reference data as a whole.

    An overlay must not change a printed row. It can replace shipped rows of the calendar and of
    assumptions. To all other seeds, it can only add rows.
    """
    calls = {row.values["call_id"] for row in reference.shipped_rows("calls")}
    for seed, rows in reference.overlay.items():
        declared = OVERLAY_SEEDS[seed]
        shipped = reference.shipped_rows(seed)
        by_key = {declared.key_of(row.values): row for row in shipped}
        first: dict[tuple[str, ...], SeedRow] = {}
        for row in rows:
            key = declared.key_of(row.values)
            texts = [*_value_texts(row.values), *_key_texts(declared, row.values)]
            if key in first:
                texts.append(
                    message(
                        "{name} is in row {row} too: keep only one of the two rows",
                        name=_name(key),
                        row=first[key].number,
                    )
                )
            elif key in by_key:
                texts += _replacement_texts(declared, row.values, by_key[key])
            else:
                texts += _addition_texts(declared, row.values, shipped, calls)
                texts += _closed_texts(declared, row.values, shipped)
            first.setdefault(key, row)
            yield from (Problem(row.file, row.number, text) for text in texts)


def _value_texts(row: Mapping[str, str]) -> Iterator[Message]:
    """Find values that dbt and DuckDB would read in different ways."""
    for column, value in row.items():
        if not value.isprintable():
            yield message(
                "{column} has a line break or a character that cannot be printed; write it on one "
                "line",
                column=column,
            )
        elif value.lower() == "null":
            yield message("{column} is {value!r}; leave it empty", column=column, value=value)


def _key_texts(declared: OverlaySeed, row: Mapping[str, str]) -> Iterator[Message]:
    for column in declared.key:
        value = row[column]
        if not value and column not in declared.optional:
            yield message("{column} is empty; give each row its {column}", column=column)
        elif value and column in _IDS and not _ID.fullmatch(value):
            yield message(
                "{column} {value!r}: write it with small letters a to z, digits and underscores",
                column=column,
                value=value,
            )


def _closed_texts(
    declared: OverlaySeed, row: Mapping[str, str], shipped: Iterable[SeedRow]
) -> Iterator[Message]:
    """Find unknown values in columns with a closed list of values. An empty field is allowed."""
    for column in declared.closed:
        allowed = sorted({former.values[column] for former in shipped} - {""})
        if row[column] and row[column] not in allowed:
            yield message(
                "{column} {value!r} is not known; give one of {allowed}",
                column=column,
                value=row[column],
                allowed=allowed,
            )


def _replacement_texts(
    declared: OverlaySeed, row: Mapping[str, str], shipped: SeedRow
) -> Iterator[Message]:
    """Find the problems of a row that has the key of a shipped row."""
    former = shipped.values
    if repeats(row, former):
        return
    differing = [c for c in row if row[c] != former[c] and c not in (*PRINTED_PLACE, "note")]
    if former.get("document_id"):
        yield message(
            "{document} prints this row at line {line}, where {values}: an overlay must not "
            "change a printed row; delete the row here",
            document=former["document_id"],
            line=former["line_number"],
            values=_values(former, differing),
        )
    elif not declared.replaceable:
        yield message(
            "the program ships {name}, where {values}: an overlay can only add rows to {seed}; "
            "delete the row, or give it a new id",
            name=_name(declared.key_of(row)),
            values=_values(former, differing),
            seed=declared.name,
        )
    elif declared.name == "reporters":
        yield from _reporter_texts(row, former)


def _addition_texts(
    declared: OverlaySeed, row: Mapping[str, str], shipped: list[SeedRow], calls: set[str]
) -> Iterator[Message]:
    """Find the problems of a row whose key no shipped row has."""
    if any(row.get(column) for column in PRINTED_PLACE):
        yield message(
            "no document prints a row of an overlay: leave document_id and line_number empty, and "
            "name the source of the row in the note"
        )
    for former in (other.values for other in shipped):
        same_group = declared.group_of(former) == declared.group_of(row)
        if declared.name == "reporters" and same_group:
            yield from _reporter_texts(row, former)
            break
        if not declared.replaceable and same_group:
            name = _name(declared.group_of(row))
            yield message("the program ships {name}: delete the row here", name=name)
            break
        if row.get("call_id") in calls and former.get("call_id") == row["call_id"]:
            yield message(
                "the documents describe the call {call}: an overlay cannot add to its {seed}; "
                "delete the row, or give it a call of the overlay",
                call=row["call_id"],
                seed=declared.name,
            )
            break
        if declared.name == "organisation_aliases" and _same_spelling(row, former):
            yield message(
                "{alias!r} is already a spelling of {organisation}; delete the row, or give it "
                "that organisation",
                alias=row["alias"],
                organisation=former["organisation_id"],
            )
            break
    if declared.name == "reporters" and "sample" in (row["kind"], row["basis"], row["reporter_id"]):
        yield message(
            "kind and basis are those of the sample, which belongs to the program; give another "
            "kind and basis"
        )


def _reporter_texts(row: Mapping[str, str], former: Mapping[str, str]) -> Iterator[Message]:
    """Find changes of a reporter's identity.

    A reporter keeps its identity, because earlier submissions were accepted for the reporter.
    """
    differing = [column for column in _IDENTITY if row[column] != former[column]]
    if differing:
        yield message(
            "the program ships {reporter}, where {values}, and these values must stay; change "
            "only its time or its note, or add a reporter with a new id",
            reporter=row["reporter_id"],
            values=_values(former, differing),
        )
    elif former["kind"] == "sample":
        yield message("the reporter of the sample belongs to the program: delete the row")


def _same_spelling(row: Mapping[str, str], former: Mapping[str, str]) -> bool:
    return (
        row["alias"].casefold() == former["alias"].casefold()
        and row["organisation_id"] != former["organisation_id"]
    )


def _values(row: Mapping[str, str], columns: Iterable[str]) -> list[Message]:
    return [
        message("{column} is {value!r}", column=column, value=row[column]) for column in columns
    ]


def _name(key: tuple[str, ...]) -> str:
    return " ".join(filter(None, key))
