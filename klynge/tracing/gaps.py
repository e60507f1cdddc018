"""The gaps of a traced figure, which are refused rows, missing reporters and missing years."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from klynge.intake.refused import LINES_NAMED, describe_more, describe_refused
from klynge.messages import Message, counted, joined, message

#: The columns in which a mart says how complete a row is. Marts about calls have the last two.
COMPLETENESS = (
    "reporters_in",
    "reporters_due",
    "years_in",
    "years_due",
    "rows_refused",
    "completeness",
)
PARTIAL = "partial"


def describe_completeness(row: Mapping[str, Any]) -> Message:
    """Describe the gaps of a mart's row, such as "partial: 3 of 14 reporters, 1 of 3 years".

    ``row`` has the columns :data:`COMPLETENESS`, or those of them that its mart has. The text is
    empty if nothing is missing.
    """
    parts = []
    if row["completeness"] == PARTIAL and "reporters_due" not in row:
        parts.append(message("partial: not all that this figure is computed from has come"))
    elif row["completeness"] == PARTIAL:
        parts.append(message("partial: {counts}", counts=_counts(row)))
    if row["rows_refused"]:
        parts.append(
            counted(
                "{count:,} row of the files behind this figure was refused",
                "{count:,} rows of the files behind this figure were refused",
                row["rows_refused"],
            )
        )
    return joined(parts)


def _counts(row: Mapping[str, Any]) -> list[Message]:
    """Count the reporters and the years that are in; leave out a count that is complete."""
    reporters = counted(
        "{reporters_in} of {count} reporter",
        "{reporters_in} of {count} reporters",
        row["reporters_due"],
        reporters_in=row["reporters_in"],
    )
    years = counted(
        "{years_in} of {count} year",
        "{years_in} of {count} years",
        row["years_due"],
        years_in=row["years_in"],
    )
    lacking = [
        said
        for said, name in ((reporters, "reporters"), (years, "years"))
        if row[f"{name}_in"] < row[f"{name}_due"]
    ]
    return lacking or [reporters, years]


def describe_refused_rows(load: Mapping[str, Any], file: str) -> Message | None:
    """Describe the refused rows in the file of a load; None if there are none.

    ``load`` has load_id, reporter, rows_rejected and, unless it is of an older version, refused.
    """
    refused = load.get("refused") or {"rows": load.get("rows_rejected")}
    if not refused["rows"]:
        return None
    return message(
        "{file} of {reporter}, load {load_id}: {refused}",
        file=file,
        reporter=load["reporter"],
        load_id=load["load_id"],
        refused=describe_refused(refused),
    )


def describe_gaps(
    completeness: Mapping[str, Any] | None, loads: Iterable[tuple[Mapping[str, Any], str]]
) -> list[Message]:
    """Describe each gap of a figure in a message of its own.

    ``completeness`` is the figure's row if its mart has :data:`COMPLETENESS`, or else None.
    ``loads`` are the loads of the figure's source rows, each with the name of its file.
    """
    of_files = [
        joined([said, _describe_scope(load)])
        for load, file in loads
        if (said := describe_refused_rows(load, file))
    ]
    if completeness is None:
        return of_files
    row = dict(completeness)
    if of_files:
        # the messages about the files are more precise
        row["rows_refused"] = 0
    of_row = describe_completeness(row)
    return [of_row, *of_files] if of_row else of_files


def _describe_scope(load: Mapping[str, Any]) -> Message:
    """Say which refused rows of a load's file can belong to the figure, if this is known."""
    whole = message("this is the whole file, not only this figure")
    of_figure = (load.get("refused") or {}).get("of_figure")
    if of_figure is None:
        return whole
    values, count = of_figure["values"], of_figure["rows"]
    if not count and of_figure["is_exact"]:
        none = message(
            "none of these rows is of {values}, so this figure lacks none", values=values
        )
        return joined([whole, none])
    if not count:
        return joined([whole, message("none of these rows is of {values}", values=values)])
    rows = counted(
        "of these rows, {count:,} can be of {values}: line {lines}",
        "of these rows, {count:,} can be of {values}: lines {lines}{more}",
        count,
        values=values,
        lines=of_figure["lines"][:LINES_NAMED],
        more=describe_more(count),
    )
    amounts = [
        message("{amount:,} kr. among them", amount=Decimal(kr))
        for kr in of_figure["amounts"].values()
    ]
    return joined([whole, rows, *amounts])
