"""The sentences of ``klynge status``: what is so, what is missing or wrong, and what to do.

Only the sentences that other commands share are elsewhere: about the figures that exist
(:mod:`klynge.releases.coverage`), about refused rows (:mod:`klynge.intake.refused`), and about a
load that no longer counts (:mod:`klynge.releases.continuity`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from klynge import runs
from klynge.danish_time import danish_day
from klynge.intake.dataset_names import describe_slot, name_dataset
from klynge.intake.erasure_list import ErasureEntry
from klynge.intake.inbox import Refusal
from klynge.intake.objections import describe_objection
from klynge.intake.refused import describe_refused
from klynge.intake.set_aside import describe_record
from klynge.messages import Message, counted, joined, listed, message
from klynge.overlay.acceptance import OverlayRefusal
from klynge.raw_zone import SET_ASIDE, Load
from klynge.releases.coverage import describe_coverage
from klynge.releases.reading import Release
from klynge.runs import Run
from klynge.status.state import FAULTY, REPORTERS_BEHIND, Status
from klynge.words import STATES

#: The name of a line, and its text.
Line = tuple[Message, str]


def release_faults(age: timedelta | None, stale_after: timedelta) -> Iterator[str]:
    """The faults of the current release; ``age`` is None if there is none."""
    if age is None:
        yield message("nothing is published yet: run `klynge nightly`")
    elif age > stale_after:
        yield message(
            "the current release is {age} old: a nightly run is missing", age=describe_age(age)
        )


def run_faults(run: Run | None, *, may_run: bool) -> Iterator[str]:
    """The faults of the last run; ``may_run``: whether it may still be running."""
    if run is None:
        return
    if run.outcome in (runs.REFUSED, runs.FAILED):
        reason = run.reason or message("no reason is recorded")
        if not isinstance(reason, Message):
            reason = reason.splitlines()[0][:200]
        if run.failed_step:
            yield message(
                "the last run ({run_id}) was stopped at {step}: {reason}",
                run_id=run.run_id,
                step=run.failed_step,
                reason=reason,
            )
        else:
            yield message(
                "the last run ({run_id}) was stopped before its first step: {reason}",
                run_id=run.run_id,
                reason=reason,
            )
    elif run.outcome == runs.STARTED and not may_run:
        yield message(
            "the last run ({run_id}) was interrupted; the next run removes its unfinished files",
            run_id=run.run_id,
        )


def overlay_fault(refusal: OverlayRefusal) -> str:
    """The fault of reference data that were refused."""
    return message(
        "the files in the folder reference/ are refused, and the reference data that were "
        "accepted last stay in use: {reason}",
        reason=refusal.reason,
    )


def database_fault() -> str:
    """The fault of a release without a database."""
    return message(
        "the current release has no database, because some of its rows were erased and it could "
        "not be built without them: run `klynge nightly`"
    )


def brought_back_fault(load: Load, entry: ErasureEntry) -> str:
    """The fault of a load whose erased rows an older backup brought back."""
    return message(
        "load {load_id} ({slot}) has rows again that {role} erased on {day}: {reason}; an older "
        "backup was restored, and the next nightly run erases these rows again",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        role=entry.role,
        day=danish_day(datetime.fromisoformat(entry.erased_at)),
        reason=entry.reason,
    )


def outdated_fault(release: Release) -> str:
    """The fault of a release that still has erased rows."""
    return message(
        "release {release_id} still has erased rows; the next nightly run removes its database",
        release_id=release.release_id,
    )


def set_aside_fault(load: Load) -> str:
    """The fault of a load that the last nightly run left out."""
    return message(
        "load {load_id} ({slot}) is set aside, and the release is published without it: {reason}; "
        "`klynge loads show {load_id}` says what to do",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        reason=describe_record(load.about[SET_ASIDE]),
    )


def refused_file(refusal: Refusal) -> Message:
    """Say that a file in the inbox was refused. Nobody has corrected it since."""
    return message("{file} is refused: {reason}", file=refusal.place, reason=refusal.reason)


def held_load(load: Load) -> Message:
    """The problem of a load that waits for a decision: its objections, and how to decide."""
    beginning = message(
        "load {load_id} ({slot}) is held and waits for a decision:",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
    )
    decide = message(
        "to decide: `klynge loads accept {load_id} --role ROLE --reason TEXT`, or `klynge loads "
        "reject` with the same options",
        load_id=load.load_id,
    )
    return listed(beginning, [*map(describe_objection, load.about["objections"]), decide])


def release_lines(found: Status) -> Iterator[Line]:
    """The current release: its age, its content and its checks."""
    if not found.release or not found.manifest or found.age is None:
        yield message("release"), message("none")
        return
    yield (
        message("release"),
        message(
            "{release_id}, {age} old",
            release_id=found.release.release_id,
            age=describe_age(found.age),
        ),
    )
    yield message("basis"), found.release.rests_on
    yield (
        message("holds"),
        counted("{count:,} table", "{count:,} tables", len(found.manifest["tables"])),
    )
    yield (
        message("gate"),
        counted(
            "{count:,} check passed",
            "{count:,} checks passed",
            found.manifest["gate"]["checks"],
        ),
    )
    # releases of earlier versions have no accepted losses
    for loss in found.manifest.get("accepted_losses", ()):
        yield (
            message("loss"),
            message(
                "fewer rows than in the release before ({check}), accepted by {role}: {reason}",
                check=loss["check_id"],
                role=loss["role"],
                reason=loss["reason"],
            ),
        )
    if found.release.has_database and (coverage := describe_coverage(found.release)):
        yield message("figures"), coverage


def run_lines(found: Status) -> Iterator[Line]:
    """The last run, and the process that writes right now."""
    if last := found.last_run:
        yield (
            message("last run"),
            message(
                "{outcome}, {time}, {run_id}",
                outcome=last.outcome_word,
                time=datetime.fromisoformat(last.started_at),
                run_id=last.run_id,
            ),
        )
    if found.writer:
        yield message("running"), found.writer


def reported_lines(found: Status) -> Iterator[Line]:
    """Each period in which a due submission of a cluster organisation is missing."""
    behind = {one.period for one in found.reported if one.reported < one.due}
    for period in sorted(behind):
        of_period = [one for one in found.reported if one.period == period]
        if not any(one.reported for one in of_period):
            said = message("{period}: no cluster organisation has reported", period=period)
        else:
            counts = [
                message(
                    "{dataset} {reported} of {due}",
                    dataset=name_dataset(one.dataset),
                    reported=one.reported,
                    due=one.due,
                )
                for one in of_period
            ]
            said = message(
                "{period}: cluster organisations that have reported: {counts}",
                period=period,
                counts=counts,
            )
        yield message("reported"), said


def missing_lines(some: Status, *, each: bool) -> Iterator[Line]:
    """The number of missing submissions of each period; ``each``: a list of them follows."""
    in_all, absent = (Counter(one.period for one in many) for many in (some.due, some.missing))
    for period, count in absent.items():
        said = counted(
            "{period}: {missing:,} of {count:,} submission{hint}",
            "{period}: {missing:,} of {count:,} submissions{hint}",
            in_all[period],
            period=period,
            missing=count,
            hint=_hint(each=each),
        )
        yield message("missing"), said
    if each and not some.missing and not some.due:
        yield message("missing"), message("none; no submission is past its due date")
    elif each and not some.missing:
        said = counted(
            "none; the {count:,} submission past its due date was sent",
            "none of the {count:,} submissions past their due date; each of them was sent",
            len(some.due),
        )
        yield message("missing"), said


def erased_lines(some: Status, *, each: bool) -> Iterator[Line]:
    """The number of erased submissions of each period; ``each``: a list of them follows."""
    for period, count in Counter(one.period for one in some.erased).items():
        said = counted(
            "{period}: {count:,} submission was sent and is erased: it does not count{hint}",
            "{period}: {count:,} submissions were sent and are erased: they do not count{hint}",
            count,
            period=period,
            hint=_hint(each=each),
        )
        yield STATES["erased"], said


def _hint(*, each: bool) -> str:
    return "" if each else message(" (--missing lists them)")


def refused_rows_lines(some: Status) -> Iterator[Line]:
    """Each load with refused rows that no correction has replaced."""
    for one in some.refused_rows:
        said = message(
            "{slot}, load {load_id}: {refused}",
            slot=describe_slot(one.load.slot),
            load_id=one.load.load_id,
            refused=describe_refused(one.refused),
        )
        yield message("incomplete"), said


def change_lines(found: Status) -> Iterator[Line]:
    """The loads that no longer count, or newly count, since the last nightly run."""
    for loss in found.outdated:
        said = message(
            "the current release still has rows of this load: {loss}", loss=loss.sentence
        )
        yield message("outdated"), said
    for load in found.unpublished:
        said = message(
            "load {load_id} ({slot}) counts, and the current release is without it",
            load_id=load.load_id,
            slot=describe_slot(load.slot),
        )
        yield message("new load"), said


def unreadable_line(path: Path) -> Line:
    """A part of the home that this user may not read."""
    said = message("{path}: permission denied; run this as its owner", path=str(path))
    return message("not read"), said


def filter_line() -> Line:
    """Which lines the choice of a period or a reporter limits."""
    said = message(
        "only the lines 'missing', 'erased', 'incomplete', and 'problem' about a held load or a "
        "refused file are limited to the period and the reporter; all other lines are about "
        "everything"
    )
    return message("note"), said


def settled_line(settled: Iterable[Refusal]) -> Line:
    """The refused files that were corrected or decided since, and only take up space."""
    places = [refusal.place for refusal in settled]
    said = counted(
        "{count} refused file was corrected or decided since, and can be deleted: {places}",
        "{count} refused files were corrected or decided since, and can be deleted: {places}",
        len(places),
        places=places,
    )
    return message("inbox"), said


def things_to_do(some: Status) -> Iterator[Message]:
    """What the secretariat should do, the most urgent first; one sentence for each kind."""
    if some.held:
        yield counted(
            "decide on {count} held load: `klynge loads show {load_id}` shows it",
            "decide on {count} held loads: `klynge loads show {load_id}` shows the first",
            len(some.held),
            load_id=some.held[0].load_id,
        )
    if some.refused:
        yield counted(
            "correct or delete {count} refused file in the inbox",
            "correct or delete {count} refused files in the inbox",
            len(some.refused),
        )
    if some.refused_rows:
        yield counted(
            "ask for a correction of {count} file: `klynge rejects {load_id} --out FILE.xlsx` "
            "writes its refused rows for the reporter",
            "ask for corrections of {count} files: `klynge rejects {load_id} --out FILE.xlsx` "
            "writes the refused rows of the first for its reporter",
            len(some.refused_rows),
            load_id=some.refused_rows[0].load.load_id,
        )
    if some.missing:
        yield counted(
            "remind {count} reporter: {missing} submissions past their due date are missing",
            "remind {count} reporters: {missing} submissions past their due date are missing",
            len({one.reporter for one in some.missing}),
            missing=len(some.missing),
        )
    if some.outdated or some.unpublished:
        yield message(
            "run `klynge nightly`, or wait for the next nightly run: it publishes the loads that "
            "count"
        )


def verdict(found: Status) -> Message:
    """The last line: the state in one sentence."""
    limit = message(", as far as this user may read") if found.unreadable else ""
    if found.state == FAULTY:
        return counted(
            "needs action: {count} problem{limit}",
            "needs action: {count} problems{limit}",
            len(found.problems),
            limit=limit,
        )
    if found.state == REPORTERS_BEHIND:
        behind = counted(
            "reporters behind: {missing:,} of {count:,} submission past its due date is missing",
            "reporters behind: {missing:,} of {count:,} submissions past their due date are "
            "missing",
            len(found.due),
            missing=len(found.missing),
        )
        refused = counted(
            "{count} file with refused rows waits for a correction",
            "{count} files with refused rows wait for a correction",
            len(found.refused_rows),
        )
        parts = [behind, *([refused] if found.refused_rows else [])]
        rest = message("the warehouse has no other problem{limit}", limit=limit)
        return joined([*parts, rest])
    if found.outdated:
        return message(
            "healthy, but the current release holds rows that no longer count{limit}", limit=limit
        )
    return message("healthy{limit}", limit=limit)


def describe_age(age: timedelta) -> Message:
    """An age in a suitable unit: "3 days", "5 h", "12 min"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return message("{minutes} min", minutes=minutes)
    if minutes < 72 * 60:
        return message("{hours} h", hours=minutes // 60)
    return counted("{count} day", "{count} days", minutes // (24 * 60))
