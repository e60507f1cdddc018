"""Submissions, with the slot of a file, its permitted reporters, and the loads that count.

A slot is one dataset of one reporter for one period. A full correction replaces the slot. A partial
correction replaces single rows, which the contract's key identifies. The correction number decides
which file is later; the order of arrival does not matter.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import pyarrow.parquet as pq

from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.calendar import DueRule, Period, Reporter, Reporting, Span
from klynge.intake.contracts import Contract
from klynge.intake.spelling import plain_name
from klynge.messages import Message, for_reader, message, one_of
from klynge.raw_zone import DATA, Load, folder
from klynge.words import PERIOD_KINDS, REPORTER_KINDS

#: The reporter of the sample; it may send any dataset.
SAMPLE = "sample"

T = TypeVar("T")

_NAME = re.compile(
    r"(?P<about>.+?)(_v(?P<version>\d+(\.\d+)*))?(_c(?P<number>\d+)(?P<partial>_partial)?)?"
)


@dataclass(frozen=True)
class Submission:
    """The slot and the correction number of a file, from its name or its sender.

    ``contract_version`` is the version that the sender states, or None.
    """

    reporter: str
    dataset: str
    period: str
    correction_no: int = 0
    partial: bool = False
    contract_version: str | None = None

    @property
    def slot(self) -> tuple[str, str, str]:
        """Reporter, dataset and period."""
        return self.reporter, self.dataset, self.period


def submission_named(stem: str, reporter: str, contracts: Mapping[str, Contract]) -> Submission:
    """Return the submission that a file name (without suffix) describes.

    A dataset is named by its name or its Danish label; case, blanks and hyphens make no difference,
    as in ``Aktiviteter 2024``. Raises :class:`InputError` for an incomplete name.
    """
    found = _NAME.fullmatch(plain_name(stem))
    about = found["about"] if found else ""
    names = {plain_name(c.label_da): c.dataset for c in contracts.values()}
    names |= {plain_name(name): name for name in contracts}
    named = [name for name in names if f"{about}_".startswith(f"{name}_")]
    if found is None or not named:
        raise InputError(
            message(
                "{name!r} begins with the name of no dataset: name it <dataset>_<period>.csv, a "
                "correction <dataset>_<period>_c1.csv, one of single rows "
                "<dataset>_<period>_c1_partial.csv; datasets are {datasets}",
                name=stem,
                datasets=sorted(contracts),
            )
        )
    name = max(named, key=len)
    period = about.removeprefix(name).removeprefix("_")
    if not period or re.fullmatch(r"\d{2}", period):
        year = f"20{period}" if period else "2026"
        raise InputError(
            message(
                "{name!r} names no year of four digits: name the file {proposed}, if that is the "
                "year reported on",
                name=stem,
                proposed=f"{names[name]}_{year}",
            )
        )
    return Submission(
        reporter=reporter,
        dataset=names[name],
        period=period,
        correction_no=int(found["number"] or 0),
        partial=found["partial"] is not None,
        contract_version=found["version"],
    )


def likely_submission(place: Path, contracts: Mapping[str, Contract]) -> Submission | None:
    """What a refused file is, by its name in the folder of its reporter; None if nothing tells.

    A year of two digits is read as a year of this century.
    """
    stem = re.sub(r"[\s_-](\d{2})(?=$|_c\d)", r"_20\1", place.stem)
    try:
        return submission_named(stem, place.parent.name, contracts)
    except InputError:
        return None


def require_allowed(
    submission: Submission, contracts: Mapping[str, Contract], reporting: Reporting
) -> Contract:
    """The contract of a submission.

    Raises :class:`InputError` for an unknown dataset, reporter or period, if the reporter may not
    send the dataset, and if it does not report on the period.
    """
    contract = _known(message("dataset"), submission.dataset, contracts)
    reporter = find_reporter(submission.reporter, reporting)
    if reporter.kind not in {*contract.reporters, SAMPLE}:
        raise InputError(
            message(
                "{reporter} ({kind}) may not send {dataset}: it comes from {kinds}",
                reporter=reporter.reporter_id,
                kind=_kind(reporter.kind),
                dataset=contract.dataset,
                kinds=one_of([_kind(kind) for kind in sorted(contract.reporters)]),
            )
        )
    fitting = {k: p for k, p in reporting.periods.items() if p.kind == contract.period_kind}
    kind = message(
        "{kind} of {dataset}",
        kind=PERIOD_KINDS.get(contract.period_kind, contract.period_kind),
        dataset=contract.dataset,
    )
    _require_its_time(reporter, _known(kind, submission.period, fitting))
    if submission.correction_no < 0 or (submission.partial and not submission.correction_no):
        raise InputError(
            message(
                "a correction has a number from 1 on, and only a correction can be partial: give "
                "--correction N, or send the whole file"
            )
        )
    written_to = submission.contract_version or contract.version
    if version_order(written_to) > version_order(contract.version):
        raise InputError(
            message(
                "the file is written to version {written_to} of {dataset}, here version {known} is "
                "known: update the warehouse, or send it by that version",
                written_to=written_to,
                dataset=contract.dataset,
                known=contract.version,
            )
        )
    return contract


def _require_its_time(reporter: Reporter, period: Period) -> None:
    """Raise :class:`InputError` if no span of the reporter has a day of the period."""
    if reporter.reports_on(period):
        return
    later = [span for span in reporter.spans if span.overlaps(Span(period.span.last_day, None))]
    ended = [s.last_day for s in reporter.spans if s.last_day and s not in later]
    if ended:
        state = message("its time as a reporter ended on {day}", day=max(ended))
    else:
        first = min(span.first_day or date.min for span in later)
        state = message("its time as a reporter begins on {day}", day=first)
    ask = message("ask the secretariat to change the reporter's time")
    change = message("change the reporter's time (reports_from and reports_to in reporters.csv)")
    raise InputError(
        message(
            "{reporter} does not report on {period}: {state}; correct the period if it is wrong, "
            "or {remedy}",
            reporter=reporter.reporter_id,
            period=period.period_id,
            state=state,
            remedy=for_reader(reporter=ask, secretariat=change),
        )
    )


def find_period(period_id: str, reporting: Reporting) -> Period:
    """The period with this id; raises :class:`InputError` if there is none."""
    return _known(message("period"), period_id, reporting.periods)


def find_reporter(reporter_id: str, reporting: Reporting) -> Reporter:
    """The reporter with this id; raises :class:`InputError` if there is none."""
    return _known(message("reporter"), reporter_id, reporting.reporters)


def require_open(period: Period, received: date) -> None:
    """Raise :class:`InputError` if the period is closed."""
    if period.closes_on is not None and received > period.closes_on:
        ask = message("ask the secretariat to reopen it")
        reopen = message(
            "reopen it with `klynge periods reopen {period}` to receive the file",
            period=period.period_id,
        )
        raise InputError(
            message(
                "{period} was closed on {day}: {remedy}",
                period=period.period_id,
                day=period.closes_on,
                remedy=for_reader(reporter=ask, secretariat=reopen),
            )
        )


def require_free(submission: Submission, ledger: Collection[Load]) -> None:
    """Raise :class:`InputError` if another file already has the correction number."""
    taken = {load.correction_no for load in ledger if load.slot == submission.slot}
    if submission.correction_no in taken:
        number = submission.correction_no
        what = message("correction {number}", number=number) if number else message("a file")
        raise InputError(
            message(
                "{reporter} has sent {what} of {dataset} for {period} already, with another "
                "content: give this one the next number, {next}",
                reporter=submission.reporter,
                what=what,
                dataset=submission.dataset,
                period=submission.period,
                next=next_number(submission, ledger),
            )
        )


def next_number(submission: Submission, ledger: Iterable[Load]) -> int:
    """Return the next correction number: one more than the highest number in the slot, or 0."""
    sent = (load.correction_no for load in ledger if load.slot == submission.slot)
    return max(sent, default=-1) + 1


def which_loads_count(ledger: Iterable[Load]) -> list[Load]:
    """The loads that a build uses; ``ledger`` is in order of arrival.

    In a reporter's slot these are the accepted full load with the highest correction number, and
    the accepted partial loads with higher numbers, which replace or add single rows. A partial load
    does not count until there is an accepted full load with a lower number. A load that is
    withdrawn or set aside does not count. For documents and the sample, the last load counts,
    because the checkout makes these loads itself.
    An erased load has no rows, but it still replaces earlier loads.
    """
    accepted = [x for x in ledger if x.accepted and not (x.withdrawn or x.is_set_aside)]
    own = [load for load in accepted if load.basis != "reported"]
    last = {(load.slot, load.about.get("document_id")): load for load in own}
    reported = [load for load in accepted if load.basis == "reported"]
    reported.sort(key=lambda load: (load.slot, load.correction_no))
    counting = list(last.values())
    for _, slot in groupby(reported, key=lambda load: load.slot):
        counting += _from_last_full(list(slot))
    return counting


def waits_for_whole_file(load: Load, ledger: Iterable[Load]) -> bool:
    """Whether a load is a partial correction in a slot in which no whole file counts."""
    is_open = load.partial and load.state in ("loaded", "held", "set_aside")
    return is_open and all(other.slot != load.slot for other in which_loads_count(ledger))


def _from_last_full(in_order: list[Load]) -> list[Load]:
    full = [place for place, load in enumerate(in_order) if not load.partial]
    return in_order[full[-1] :] if full else []


@dataclass(frozen=True)
class ExpectedSubmission:
    """A submission that somebody should send; ``is_due`` after the day ``due_on``.

    ``organisation_id`` is the organisation that the reporter reports on, or None for an agency.
    ``due_on`` is None if the calendar sets no date; such a submission is never due.
    """

    dataset: str
    period: str
    reporter: str
    organisation_id: str | None
    due_on: date | None
    is_due: bool

    @property
    def slot(self) -> tuple[str, str, str]:
        """Reporter, dataset and period."""
        return self.reporter, self.dataset, self.period


def expected_submissions(
    contracts: Mapping[str, Contract], reporting: Reporting, today: date
) -> list[ExpectedSubmission]:
    """All submissions that the calendar expects, due or not yet, by period and reporter."""
    return [
        expected
        for period in reporting.periods.values()
        for reporter in reporting.reporters.values()
        if reporter.reports_on(period)
        for contract in contracts.values()
        if contract.period_kind == period.kind
        and (expected := _expected(contract, reporter, period, reporting.due, today))
    ]


def _expected(
    contract: Contract,
    reporter: Reporter,
    period: Period,
    rules: Iterable[DueRule],
    today: date,
) -> ExpectedSubmission | None:
    fitting = [r for r in rules if r.dataset == contract.dataset and r.covers(reporter, period)]
    rule = max(fitting, key=lambda r: r.precedence, default=None)
    if rule is None or not rule.is_expected:
        return None
    due_on = rule.due_on or period.due_on
    return ExpectedSubmission(
        contract.dataset,
        period.period_id,
        reporter.reporter_id,
        reporter.organisation_id,
        due_on,
        is_due=due_on is not None and due_on < today,
    )


def missing_submissions(
    expected: Iterable[ExpectedSubmission],
    ledger: Iterable[Load],
    covered: Collection[tuple[str, str, str]] = (),
) -> list[ExpectedSubmission]:
    """Return the submissions past their due date that are unsent, rejected or withdrawn.

    Held and erased submissions are not missing, because they were sent;
    :func:`erased_submissions` finds the erased ones. A partial correction is not
    a submission: it waits for the whole file. ``covered`` are the slots that
    :func:`covered_slots` found.
    """
    return [one for one in unsent_submissions(expected, ledger, covered) if one.is_due]


def erased_submissions(
    expected: Iterable[ExpectedSubmission],
    ledger: Collection[Load],
    covered: Collection[tuple[str, str, str]] = (),
) -> list[ExpectedSubmission]:
    """Return the submissions that were sent and then erased, so that none of their rows counts.

    ``covered`` are the slots that :func:`covered_slots` found.
    """
    erased = {load.slot for load in which_loads_count(ledger) if load.erased}
    present = slots_with_rows(ledger)
    return [x for x in expected if x.slot in erased and x.slot not in {*present, *covered}]


def slots_with_rows(ledger: Iterable[Load]) -> set[tuple[str, str, str]]:
    """Return the slots in which a load counts and its rows are not erased."""
    return {load.slot for load in which_loads_count(ledger) if not load.erased}


def unsent_submissions(
    expected: Iterable[ExpectedSubmission],
    ledger: Iterable[Load],
    covered: Collection[tuple[str, str, str]] = (),
) -> list[ExpectedSubmission]:
    """Return the submissions, due or not, that are unsent, rejected or withdrawn."""
    sent = {
        load.slot
        for load in ledger
        if load.state not in ("rejected", "withdrawn") and not load.partial
    }
    return [one for one in expected if one.slot not in sent and one.slot not in covered]


def covered_slots(
    home: Home,
    expected: Iterable[ExpectedSubmission],
    ledger: Iterable[Load],
    contracts: Mapping[str, Contract],
) -> set[tuple[str, str, str]]:
    """Return the slots of organisations that a load of another reporter covers, such as an agency.

    Only loads that count are considered. The rows of a load name the organisations that it covers.
    """
    by_subject = {
        (one.dataset, one.period, one.organisation_id): one
        for one in expected
        if one.organisation_id
    }
    own = {one.reporter for one in by_subject.values()}
    datasets = {dataset for dataset, _, _ in by_subject}
    covered = set()
    for load in which_loads_count(ledger):
        if load.basis != "reported" or load.dataset not in datasets or load.reporter in own:
            continue
        for subject in set() if load.erased else _subjects(home, load, contracts[load.dataset]):
            if one := by_subject.get((load.dataset, load.period, subject)):
                covered.add(one.slot)
    return covered


def version_order(version: str) -> tuple[int, ...]:
    """A contract version as a sort key."""
    return tuple(int(part) for part in version.split("."))


def _kind(name: str) -> str:
    """The word for a kind of reporter."""
    return REPORTER_KINDS.get(name, name)


def _known(kind: Message, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = (
            message("did you mean {names}?", names=near)
            if near
            else message("there are {names}", names=sorted(known))
        )
        raise InputError(
            message("there is no {kind} {name!r}: {hint}", kind=kind, name=name, hint=hint)
        )
    return known[name]


def require_unrivalled(
    home: Home, contracts: Mapping[str, Contract], before: Iterable[Load], after: Iterable[Load]
) -> None:
    """Raise :class:`InputError` if two loads of different reporters would count for one subject.

    ``before`` is the ledger as it is; ``after`` is the ledger after the decision. If loads of two
    reporters counted for the same subjects, a fact would have the rows of these subjects twice.
    Such a decision is possible only after one of the reporters has sent a correction without these
    rows.
    """
    counted = {load.load_id for load in which_loads_count(before)}
    counting = [load for load in which_loads_count(after) if not load.erased]
    for load in (x for x in counting if x.load_id not in counted and x.basis == "reported"):
        about = _subjects(home, load, contracts[load.dataset])
        for other in (x for x in counting if _are_rivals(x, load)):
            if both := about & _subjects(home, other, contracts[load.dataset]):
                raise InputError(
                    message(
                        "load {load_id} reports on {subjects} for {period}, and so does load "
                        "{other_id} of {other}: only one of them can count; reject or withdraw "
                        "one, or have {other} send a correction without these rows first",
                        load_id=load.load_id,
                        subjects=sorted(both),
                        period=load.period,
                        other_id=other.load_id,
                        other=other.reporter,
                    )
                )


def _are_rivals(one: Load, other: Load) -> bool:
    """Whether two loads report the same dataset for the same period, from two reporters."""
    alike = (one.dataset, one.period, one.basis) == (other.dataset, other.period, other.basis)
    return alike and one.reporter != other.reporter


def _subjects(home: Home, load: Load, contract: Contract) -> set[str]:
    rows = folder(home, load.dataset, load.load_id) / DATA
    return set(pq.read_table(rows, columns=[contract.subject]).column(0).unique().to_pylist())
