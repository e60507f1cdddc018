"""``klynge nightly``: run the scheduled job now."""

import time
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.output import console, show_table
from klynge import progress
from klynge.errors import InputError
from klynge.home import Home
from klynge.releases.reading import Release, open_release


class Ticker:
    """Prints each finished step with its time; a spinner shows the progress within a step."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._spinner = console.status("starting")

    def __enter__(self) -> "Ticker":
        self._spinner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._spinner.stop()

    def milestone(self, message: str) -> None:
        now = time.monotonic()
        console.print(f"{now - self._began:6.1f} s  (+{now - self._last:.1f})  {message}")
        self._last = now

    def detail(self, message: str) -> None:
        self._spinner.update(message)


def nightly(
    with_sample: Annotated[
        bool, typer.Option("--with-sample", help="Also use the calibrated sample.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Build from the loads known at this time, such as 2026-03-01T12:00 (Copenhagen "
            "time); the current release stays current."
        ),
    ] = None,
) -> None:
    """Load, build, check and publish: run the job that the schedule runs at 02:00."""
    known_at = None if as_of is None else _parse_time(as_of)
    home = Home.from_environment()
    # if another run holds the lock, say so before the slow imports
    with home.locked():
        pass
    with Ticker() as ticker, progress.watched(ticker):
        from orchestration.nightly import run_nightly  # noqa: PLC0415 - Dagster, dbt and GX: seconds

        progress.milestone("Dagster, dbt and Great Expectations imported")
        run = run_nightly(home, with_sample=with_sample, as_of=known_at)
    _describe(open_release(run.release_id, home))


def _parse_time(text: str) -> datetime:
    """A time in the past; without an offset it is Copenhagen time."""
    try:
        time_ = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is not a time: write it as 2026-03-01T12:00") from None
    time_ = time_ if time_.tzinfo else time_.replace(tzinfo=ZoneInfo("Europe/Copenhagen"))
    if time_ > datetime.now(UTC):
        raise InputError(f"{text} is in the future: give a time in the past")
    return time_


def _describe(release: Release) -> None:
    """Print where the release is, what it holds, and its documents' headline figures."""
    manifest = release.manifest
    marts = [t for t in manifest["tables"] if t["kind"] == "mart"]
    core = [t for t in manifest["tables"] if t["kind"] == "core"]
    figures = next(t["rows"] for t in core if t["table"] == "fct_published_figures")
    console.print(f"\nRelease {release.release_id} in {release.path}", soft_wrap=True)
    if release.as_of:
        console.print(f"shows what was known at {release.as_of}; the current release stays current")
    console.print(
        f"holds {figures:,} printed figures and labels from "
        f"{len(manifest['inputs']['documents'])} documents, {len(core)} core tables, "
        f"{len(marts)} marts; {manifest['gate']['checks']} checks passed"
    )
    # releases of earlier versions have no reason
    if reason := manifest["code"].get("commit_unknown_because"):
        console.print(f"note: the commit of the code is unknown: {reason}", soft_wrap=True)
    console.print(f"rests on {release.rests_on}\n")
    answer = release.arrow(
        "select i.label_en as figure, f.period_id as period, f.value, u.label_en as unit, "
        "d.file_name as document, f.line_number as line, f.printed_text as printed "
        "from core.fct_published_figures f "
        "join core.dim_document d on f.figure_id = d.headline_figure_id "
        "join core.dim_indicator i using (indicator_id) join core.dim_unit u on f.unit = u.unit "
        "order by f.period_id"
    )
    columns = [column.to_pylist() for column in answer.columns]
    show_table(answer.column_names, list(zip(*columns, strict=True)))
    console.print('\nAsk on: klynge query "from evaluation.mart_funding_mix limit 5"')
