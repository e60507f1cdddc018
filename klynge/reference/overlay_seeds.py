"""The seeds that an overlay may change, and how its rows change the shipped rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from klynge.messages import Message, message

#: These columns name the place where a row is printed.
PRINTED_PLACE = ("document_id", "line_number")
#: A copy of a printed row need not have the same values in these columns.
_REMARKS = frozenset({*PRINTED_PLACE, "note"})


@dataclass(frozen=True)
class OverlaySeed:
    """A seed that an overlay may change.

    ``key`` has the columns that identify a row. ``group`` has the columns that identify the shipped
    rows that a row replaces, such as all spans of one reporter. ``replaceable`` tells whether
    shipped rows may be replaced. If not, rows can only be added. ``optional`` has the key columns
    that may be empty. ``closed`` has the columns that may only have a shipped value, because the
    program or a figure treats these values differently. ``title`` says in a list what a row is.
    """

    name: str
    title: Message
    key: tuple[str, ...]
    group: tuple[str, ...]
    replaceable: bool = False
    optional: frozenset[str] = frozenset()
    closed: tuple[str, ...] = ()

    def key_of(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """The values of the key columns."""
        return tuple(row.get(column, "") for column in self.key)

    def group_of(self, row: Mapping[str, str]) -> tuple[str, ...]:
        """The values of the group columns."""
        return tuple(row.get(column, "") for column in self.group)


def _declare(  # noqa: PLR0913 - each field of the declaration has its own name
    name: str,
    title: Message,
    *key: str,
    group: tuple[str, ...] | None = None,
    replaceable: bool = False,
    optional: tuple[str, ...] = (),
    closed: tuple[str, ...] = (),
) -> OverlaySeed:
    return OverlaySeed(name, title, key, group or key, replaceable, frozenset(optional), closed)


#: Maps a seed to its declaration, in the order in which a secretariat needs the seeds.
OVERLAY_SEEDS: Mapping[str, OverlaySeed] = {
    seed.name: seed
    for seed in (
        _declare(
            "reporters",
            message("a reporter, and a span of time that it reports on"),
            "reporter_id",
            "reports_from",
            group=("reporter_id",),
            replaceable=True,
            optional=("reports_from",),
        ),
        _declare(
            "reporting_periods",
            message("a year or call, with its due date and its closing date"),
            "period_id",
            replaceable=True,
        ),
        _declare(
            "due_submissions",
            message("a dataset that is expected from a reporter or from a kind of reporter"),
            "dataset",
            "reporter_kind",
            "reporter_id",
            "period_id",
            replaceable=True,
            optional=("reporter_kind", "reporter_id", "period_id"),
        ),
        _declare(
            "evaluation_periods",
            message("a year of a period that is evaluated"),
            "period_id",
            "year",
            group=("period_id",),
        ),
        _declare("calls", message("a call for applications"), "call_id"),
        _declare("grant_types", message("a type of grant"), "grant_type_id"),
        _declare("call_grant_types", message("the pot of a call"), "call_id", "grant_type_id"),
        _declare(
            "call_parameters",
            message("a parameter of how a call is scored and shared out"),
            "call_id",
            "parameter",
            replaceable=True,
        ),
        _declare("criteria", message("a criterion of a call"), "criterion_id"),
        _declare("criterion_weights", message("the weight of a criterion"), "criterion_id"),
        _declare(
            "requirements",
            message("a requirement of a call"),
            "requirement_id",
            closed=("kind", "scope"),
        ),
        _declare("allocation_scenarios", message("a rule that shares out the pots"), "scenario_id"),
        _declare("areas", message("an area of business and technology"), "area_id"),
        _declare(
            "area_designations",
            message("who held an area, or applied for it, in a call"),
            "area_id",
            "call_id",
            "organisation_id",
            optional=("organisation_id",),
            closed=("class", "outcome"),
        ),
        _declare("organisations", message("an organisation"), "organisation_id", closed=("kind",)),
        _declare(
            "organisation_aliases",
            message("another spelling of an organisation's name"),
            "organisation_id",
            "alias",
        ),
        _declare("funders", message("a funder"), "funder_id", closed=("kind",)),
        _declare(
            "industries",
            message("a division of industries, with its label"),
            "industry_division",
            "industry_code_version",
        ),
    )
}


def repeats(row: Mapping[str, str], shipped: Mapping[str, str]) -> bool:
    """Whether a row has the same values as a shipped row.

    If the shipped row is printed, its place in the document and its note may differ.
    """
    passed_over = _REMARKS if shipped.get("document_id") else frozenset()
    return all(row[column] == shipped[column] for column in row if column not in passed_over)
