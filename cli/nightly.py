"""``klynge nightly``: run the scheduled job now."""

import time
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cli.output import console, show_facts, show_table
from cli.status import show_refused_rows, show_reported
from klynge import progress
from klynge.errors import InputError
from klynge.garbage_collection import collect_rarely
from klynge.home import Home
from klynge.messages import counted, current_language, message, shown
from klynge.releases.reading import Release, open_release
from klynge.status.reading import read_status


class Ticker:
    """Prints each finished step with its time; a spinner shows the progress within a step."""

    def __init__(self) -> None:
        self._began = self._last = time.monotonic()
        self._spinner = console.status(shown(message("starting")))

    def __enter__(self) -> "Ticker":
        self._spinner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._spinner.stop()

    def milestone(self, text: str) -> None:
        now = time.monotonic()
        said = message(
            "{began:6.1f} s  (+{last:.1f})  {text}",
            began=now - self._began,
            last=now - self._last,
            text=text,
        )
        console.print(said)
        self._last = now

    def detail(self, text: str) -> None:
        self._spinner.update(shown(text))


def nightly(
    with_sample: Annotated[
        bool,
        typer.Option(
            "--with-sample", help="Also use the calibrated sample (invented submissions)."
        ),
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
        collect_rarely()
        from orchestration.nightly import run_nightly  # noqa: PLC0415 - Dagster, dbt and GX: seconds

        progress.milestone(message("Dagster, dbt and Great Expectations imported"))
        run = run_nightly(home, with_sample=with_sample, as_of=known_at)
    release = open_release(run.release_id, home)
    _describe(release)
    if not release.as_of:
        _show_what_is_missing(home)
    console.print()
    console.print(message("Next: klynge query {query}", query='"from evaluation.mart_funding_mix"'))


def _show_what_is_missing(home: Home) -> None:
    """Print who has not reported, which rows were refused, and which loads are held."""
    found = read_status(home)
    console.print()
    show_reported(found)
    show_refused_rows(found)
    for problem in found.problems:
        show_facts((message("problem"), problem), style="red")


def _parse_time(text: str) -> datetime:
    """Read a time in the past; a time without an offset is in Copenhagen time."""
    try:
        time_ = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            message("{text!r} is not a time: write it as 2026-03-01T12:00", text=text)
        ) from None
    time_ = time_ if time_.tzinfo else time_.replace(tzinfo=ZoneInfo("Europe/Copenhagen"))
    if time_ > datetime.now(UTC):
        raise InputError(message("{text} is in the future: give a time in the past", text=text))
    return time_


def _describe(release: Release) -> None:
    """Print where the release is, what it holds, and its documents' headline figures."""
    manifest = release.manifest
    marts = [t for t in manifest["tables"] if t["kind"] == "mart"]
    core = [t for t in manifest["tables"] if t["kind"] == "core"]
    figures = next(t["rows"] for t in core if t["table"] == "fct_published_figures")
    console.print()
    place = message(
        "Release {release_id} in {folder}",
        release_id=release.release_id,
        folder=str(release.path),
    )
    console.print(place, soft_wrap=True)
    if release.as_of:
        known = message(
            "shows what was known at {time}; the current release stays current",
            time=release.as_of,
        )
        console.print(known, soft_wrap=True)
    documents = len(manifest["inputs"]["documents"])
    content = message(
        "holds {figures} from {documents}, {core}, {marts}; {checks}",
        figures=counted(
            "{count:,} printed figure or label", "{count:,} printed figures and labels", figures
        ),
        documents=counted("{count:,} document", "{count:,} documents", documents),
        core=counted("{count:,} core table", "{count:,} core tables", len(core)),
        marts=counted("{count:,} mart", "{count:,} marts", len(marts)),
        checks=counted(
            "{count:,} check passed", "{count:,} checks passed", manifest["gate"]["checks"]
        ),
    )
    console.print(content, soft_wrap=True)
    # releases of earlier versions do not give a reason
    if reason := manifest["code"].get("commit_unknown_because"):
        note = message("note: the commit of the code is unknown: {reason}", reason=reason)
        console.print(note, soft_wrap=True)
    console.print(message("rests on {rows}", rows=release.rests_on), soft_wrap=True)
    console.print()
    label = f"label_{current_language()}"
    answer = release.arrow(
        f"select i.{label} as figure, f.period_id as period, f.value, u.{label} as unit, "
        "d.file_name as document, f.line_number as line, f.printed_text as printed "
        "from core.fct_published_figures f "
        "join core.dim_document d on f.figure_id = d.headline_figure_id "
        "join core.dim_indicator i using (indicator_id) join core.dim_unit u on f.unit = u.unit "
        "order by f.period_id"
    )
    columns = [column.to_pylist() for column in answer.columns]
    names = (
        message("figure"),
        message("period"),
        message("value"),
        message("unit"),
        message("document"),
        message("line"),
        message("printed"),
    )
    show_table(names, list(zip(*columns, strict=True)))
