"""Check the reference data, before anything is built from them.

dbt would also find a wrong key or number, but only later. These checks give one message with file,
row and remedy. If two seeds have a column with the same name, both columns have the same kind of
content.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from klynge.errors import InputError
from klynge.messages import message
from klynge.reference.calendar_checks import find_calendar_problems
from klynge.reference.call_checks import PARAMETER_RANGES, Range, find_call_problems
from klynge.reference.problems import Problem, describe_problems
from klynge.reference.seeds import DAYS, Reference, SeedRow

#: Maps a column to the seed that declares its values, and to the name of the column in this seed.
KEYS = {
    "organisation_id": ("organisations", "organisation_id"),
    "related_organisation_id": ("organisations", "organisation_id"),
    "area_id": ("areas", "area_id"),
    "call_id": ("calls", "call_id"),
    "grant_type_id": ("grant_types", "grant_type_id"),
    "funder_id": ("funders", "funder_id"),
    "criterion_id": ("criteria", "criterion_id"),
    "indicator_id": ("indicators", "indicator_id"),
    "whole_indicator_id": ("indicators", "indicator_id"),
    "list_indicator_id": ("indicators", "indicator_id"),
    "breakdown": ("breakdowns", "breakdown"),
    "whole_breakdown": ("breakdowns", "breakdown"),
    "list_breakdown": ("breakdowns", "breakdown"),
    "whole": ("breakdowns", "breakdown"),
    "part": ("breakdowns", "breakdown"),
    "rule_id": ("reconciliation_rules", "rule_id"),
    "scenario_id": ("allocation_scenarios", "scenario_id"),
    "unit": ("units", "unit"),
    "from_activity_type_id": ("activity_types", "activity_type_id"),
    "to_activity_type_id": ("activity_types", "activity_type_id"),
    "reporter_id": ("reporters", "reporter_id"),
}
#: Columns that name a document.
_DOCUMENTS = ("document_id", "left_document_id", "right_document_id", "list_document_id")
#: Columns with the ids of printed figures. Blanks separate the ids.
_FIGURES = ("left_figure_ids", "right_figure_ids")

_WHOLE = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
#: The allowed texts, or the allowed numbers.
Answers = tuple[str, ...] | Range

#: Maps a column to the pattern of its values. The mapping has no columns of keys or text. All
#: values may be empty.
SHAPES = {
    "line_number": _WHOLE,
    "left_line": _WHOLE,
    "right_line": _WHOLE,
    "first_year": _WHOLE,
    "last_year": _WHOLE,
    "target_year": _WHOLE,
    "kr_factor": _WHOLE,
    "weight_percent_printed": _DECIMAL,
    "amount_kr": _DECIMAL,
    "applied_amount_kr": _DECIMAL,
    "score": _DECIMAL,
}
#: Parameter of a call -> its allowed values.
CALL_PARAMETERS: dict[str, Answers] = {
    "score_decimals": ("0", "1", "2", "3", "4"),
    "criterion_decimals": ("0", "1", "2", "3", "4"),
    "minimum_unit": ("application", "organisation"),
    "when_one_grant_fails": ("all_fall", "only_that_one"),
    "competition": ("best_mean_in_area", "none"),
    **PARAMETER_RANGES,
}
#: Column of an allocation scenario -> its allowed values.
SCENARIO: dict[str, Answers] = {
    "rule": (
        "proportional",
        "proportional_above_minimum",
        "equal_share_capped",
        "score_share_capped",
    ),
    "scope": ("grant_type", "call"),
    "is_call_rule": ("true", "false"),
}


def check_reference(
    reference: Reference,
    documents: Iterable[str] | None = None,
    figures: Iterable[str] | None = None,
) -> None:
    """Raise :class:`InputError` if reference data have an unknown key or an invalid value.

    ``documents`` are the ids of documents that rows may name. ``figures`` are the ids of printed
    figures that rows may name. If one of the two is None, its columns are not checked.
    """
    if problems := list(find_problems(reference, documents, figures)):
        raise InputError(describe_problems(problems))


def find_problems(
    reference: Reference,
    documents: Iterable[str] | None = None,
    figures: Iterable[str] | None = None,
) -> Iterator[Problem]:
    """Find the problems of the reference data, by seed and row; see :func:`check_reference`."""
    tables = {name: reference.located_rows(name) for name in reference.names}
    allowed = {column: _declared(reference, tables, *home) for column, home in KEYS.items()}
    homes = {column: f"reference/{seed}.csv" for column, (seed, _) in KEYS.items()}
    if documents is not None:
        for column in _DOCUMENTS:
            allowed[column], homes[column] = set(documents), "documents/"
    if figures is not None:
        printed = set(figures)
        for column in _FIGURES:
            allowed[column], homes[column] = printed, "documents/*/cells.csv"
    for name, rows in tables.items():
        for row in rows:
            for problem in (*_problems(row.values, allowed, homes), *_answers(name, row.values)):
                yield Problem(row.file, row.number, problem)
        for problem in _missing_answers(name, rows):
            yield Problem(rows[-1].file, None, problem)
    yield from find_call_problems(tables)
    yield from find_calendar_problems(tables)


def _declared(
    reference: Reference, tables: dict[str, list[SeedRow]], seed: str, key: str
) -> set[str]:
    path = reference.shipped / f"{seed}.csv"
    if seed not in tables:
        raise InputError(
            message("{path} is missing: put the file back, or correct its name", path=str(path))
        )
    if tables[seed] and key not in tables[seed][0].values:
        raise InputError(
            message(
                "{path}, row 1: the header has no column {column}; add it",
                path=str(path),
                column=key,
            )
        )
    return {row.values[key] for row in tables[seed]}


def _problems(
    row: dict[str, str], allowed: dict[str, set[str]], homes: dict[str, str]
) -> Iterable[str]:
    for column, value in row.items():
        for named in value.split() if column in _FIGURES else [value]:
            if named and column in allowed and named not in allowed[column]:
                yield message(
                    "unknown {column} {value!r}; correct it, or add it to {file}",
                    column=column,
                    value=named,
                    file=homes[column],
                )
        if value and column in SHAPES and not SHAPES[column].fullmatch(value):
            yield message(
                "{column} {value!r} is not a number; write digits, with a point before decimals",
                column=column,
                value=value,
            )
        if value and column in DAYS and not _is_day(value):
            yield message(
                "{column} {value!r} is not a day; write it like 2026-03-01",
                column=column,
                value=value,
            )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _answers(seed: str, row: dict[str, str]) -> Iterable[str]:
    """Find the problems of a row that configures a call."""
    if seed == "call_parameters":
        name = row["parameter"]
        if name in CALL_PARAMETERS:
            yield from _answer(name, row["value"], CALL_PARAMETERS[name])
        else:
            yield message(
                "unknown parameter {name!r}; give one of {allowed}",
                name=name,
                allowed=list(CALL_PARAMETERS),
            )
    elif seed == "allocation_scenarios":
        for name, allowed in SCENARIO.items():
            yield from _answer(name, row[name], allowed)


def _answer(name: str, value: str, allowed: Answers) -> Iterable[str]:
    if isinstance(allowed, Range):
        if not allowed.holds(value):
            yield allowed.refusal(name, value)
    elif value not in allowed:
        yield message(
            "{name} {value!r} is not understood; give one of {allowed}",
            name=name,
            value=value,
            allowed=allowed,
        )


def _missing_answers(seed: str, rows: list[SeedRow]) -> Iterable[str]:
    """Find calls without some of their parameters, or without exactly one scenario as rule."""
    of_call: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        of_call.setdefault(row.values.get("call_id", ""), []).append(row.values)
    for call, its_rows in of_call.items():
        if seed == "call_parameters":
            given = {row["parameter"] for row in its_rows}
            if missing := [name for name in CALL_PARAMETERS if name not in given]:
                yield message(
                    "{call} has no {parameters}; add a row for each", call=call, parameters=missing
                )
        elif seed == "allocation_scenarios" and (own := _own_rules(its_rows)) != 1:
            yield message(
                "{call} has {own} rows where is_call_rule is true; there must be one",
                call=call,
                own=own,
            )


def _own_rules(scenarios: Iterable[dict[str, str]]) -> int:
    return sum(row["is_call_rule"] == "true" for row in scenarios)
