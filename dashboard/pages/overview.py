"""The first page: what the release holds, how old it is, its main figures, and what is missing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from dashboard.filters import choose_basis, choose_period, in_period, name_period
from dashboard.mart_sections import MartRows, Texts, name_breakdowns, show_rows
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.home import Home
from klynge.messages import Message, local_time, message
from klynge.releases.reading import Release, list_releases
from klynge.status.reading import read_status
from klynge.status.sentences import describe_age, verdict

OVERVIEW, ACCOUNTS = "evaluation.mart_cluster_overview", "evaluation.mart_accounts_funding"
COVERAGE, TOTALS = "audit.mart_coverage", "allocation.mart_expected_totals"
#: How long a verdict on the warehouse is shown before it is read again.
_KEPT_SECONDS = 60


def build(view: View) -> Page:
    """Return the first page."""
    basis = choose_basis(view, OVERVIEW)
    period = choose_period(view, basis.chosen, OVERVIEW)
    return Page(
        title=view.text(message("The Danish cluster programme in figures")),
        lead=view.text(
            message(
                "Figures that are printed about the programme, and figures that are submitted to "
                "it. Every figure is a link to its sources."
            )
        ),
        choices=(basis, period),
        sections=(
            _headline(view, in_period(view, period, OVERVIEW, basis=basis.chosen)),
            _funding_2014_2018(view),
            _expected(view),
            _release(view),
            _changes(view),
            _missing(view),
        ),
    )


def _headline(view: View, where: dict[str, str]) -> Section:
    """Return the totals of the programme, which each organisation's row repeats."""
    first = view.connection.execute(
        f"select min(organisation_id) from {OVERVIEW} "
        "where basis = $basis and period_id = $period_id",
        where,
    ).fetchone()
    return show_rows(
        view,
        Texts(
            "headline",
            message("The programme in total, {period}", period=name_period(where)),
            notes=(
                message(
                    "A member or a participant of several organisations counts once in these "
                    "totals."
                ),
            ),
        ),
        MartRows(
            OVERVIEW,
            ("indicator_id", "breakdown", "national_total", "national_unit", "completeness"),
            {**where, "organisation_id": first[0] if first else None},
            ("indicator_id",),
        ),
        shape=name_breakdowns,
    )


def _funding_2014_2018(view: View) -> Section:
    return show_rows(
        view,
        Texts(
            "accounts",
            message("Money consumed 2014-2018, all clusters and innovation networks (kr.)"),
            message("These years are counted otherwise than the years from 2021."),
        ),
        MartRows(
            ACCOUNTS,
            ("period_id", "printed_total_kr"),
            {"basis": "published", "funding_source": "companies"},
            ("period_id",),
        ),
    )


def _expected(view: View) -> Section:
    return show_rows(
        view,
        Texts("expected", message("Printed expectations of the call 2025-2028")),
        MartRows(
            TOTALS,
            ("grant_type_id", "indicator_id", "printed_value", "unit"),
            {"basis": "published"},
            ("grant_type_id",),
        ),
        # the remark on missing promises is about the computed value, and this is the printed one
        shape=_without_notes,
    )


def _without_notes(table: Table) -> Table:
    return Table(table.columns, [[replace(cell, note=None) for cell in row] for row in table.rows])


def _release(view: View) -> Section:
    """Return what the release is: when it was made, on what it rests, and its state."""
    manifest = view.release.manifest
    rows = [
        (message("Release"), view.release.release_id),
        (message("Published"), view.text(local_time(manifest["created_at"]))),
        (message("Age"), view.text(describe_age(_age(manifest["created_at"])))),
        (message("Rows"), view.text(view.release.rests_on)),
        (message("Tables"), view.text(message("{count:,}", count=len(manifest["tables"])))),
        (
            message("Checks"),
            view.text(message("{count:,} passed", count=manifest["gate"]["checks"])),
        ),
        (message("Health of the warehouse"), _health(view)),
    ]
    if manifest.get("as_of"):
        rows.append((message("As known at"), view.text(local_time(manifest["as_of"]))))
    return Section(
        id="release",
        title=view.text(message("What this release is")),
        table=Table(
            [
                Column("fact", view.text(message("Fact"))),
                Column("value", view.text(message("Value"))),
            ],
            [[Cell(view.text(name)), Cell(value)] for name, value in rows],
        ),
    )


def _age(created_at: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(created_at)


def _health(view: View) -> str:
    """Return the verdict on the warehouse, which is read once a minute at most."""
    minute = int(time.monotonic() // _KEPT_SECONDS)
    return view.text(_read_verdict(view.home, minute))


@lru_cache(2)
def _read_verdict(home: Home, minute: int) -> Message:  # noqa: ARG001 - part of the key
    return verdict(read_status(home))


def _previous(home: Home, release: Release) -> Release | None:
    """Return the release before this one, by time."""
    earlier = [one for one in list_releases(home) if one.release_id < release.release_id]
    return max(earlier, key=lambda one: one.release_id) if earlier else None


def _changes(view: View) -> Section:
    """Return the marts whose rows differ from those of the release before."""
    title = view.text(message("What changed since the release before"))
    before = _previous(view.home, view.release)
    if before is None:
        return Section(
            id="changes",
            title=title,
            lead=view.text(message("There is no earlier release to compare with.")),
        )
    rows = [*_changed_tables(view, before)]
    lead = message("Compared with release {release_id}.", release_id=before.release_id)
    if not rows:
        same = message(
            "Every mart has the same rows as in release {release_id}.", release_id=before.release_id
        )
        return Section(id="changes", title=title, lead=view.text(same))
    headings = (message("Mart"), message("Rows before"), message("Rows now"))
    return Section(
        id="changes",
        title=title,
        lead=view.text(lead),
        table=Table(
            [
                Column(f"change_{place}", view.text(heading), is_number=place > 0)
                for place, heading in enumerate(headings)
            ],
            rows,
        ),
        notes=[
            view.text(
                message(
                    "A mart is listed if the hash of its content differs. The page of a number "
                    "says how the number changed, and why."
                )
            )
        ],
    )


def _changed_tables(view: View, before: Release) -> Iterator[list[Cell]]:
    old = {(one["schema"], one["table"]): one for one in before.manifest["tables"]}
    for table in view.release.manifest["tables"]:
        earlier = old.get((table["schema"], table["table"]))
        if table["kind"] != "mart" or table["schema"] == "audit":
            continue
        if earlier and earlier["content_hash"] == table["content_hash"]:
            continue
        described = view.release.describe(f"{table['schema']}.{table['table']}")
        label = described.label_da if view.language == "da" else described.label_en
        yield [
            Cell(label or table["table"], table["table"], view.address("/data")),
            _count(view, earlier["rows"] if earlier else 0),
            _count(view, table["rows"]),
        ]


def _count(view: View, rows: int) -> Cell:
    return Cell(view.text(message("{rows:,}", rows=rows)), rows)


def _missing(view: View) -> Section:
    language = view.language.value
    return show_rows(
        view,
        Texts(
            "missing",
            message("What is missing"),
            message("Figures that nobody has reported, or that are printed only as a chart."),
            notes=(message("The list is cut after 25 rows; the page Data has all of it."),),
        ),
        MartRows(
            COVERAGE,
            (f"subject_label_{language}", "period_id", f"sentence_{language}"),
            {"status": ["missing", "printed_as_picture", "withheld"]},
            ("status desc", f"subject_label_{language}", "period_id"),
            limit=25,
        ),
    )
