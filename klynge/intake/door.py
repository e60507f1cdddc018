"""The door: receive a file, check it, and enter it into the ledger."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from klynge import checkout, raw_zone
from klynge.danish_time import danish_today
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors, own_alone, require_file
from klynge.intake.calendar import Reporting, read_reporting
from klynge.intake.checking import CheckedFile, check_file, read_registers
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.dataset_names import describe_slot
from klynge.intake.erasure_list import hash_pseudonym, read_erasures
from klynge.intake.formats.text_file import MAX_FILE_BYTES
from klynge.intake.pseudonyms import SAMPLE_KEY, read_key
from klynge.intake.refused import LINES_NAMED, describe_more
from klynge.intake.retention import retain_until
from klynge.intake.row_checks import Registers
from klynge.intake.submissions import (
    SAMPLE,
    Submission,
    next_number,
    require_allowed,
    require_free,
    require_open,
    which_loads_count,
)
from klynge.messages import Message, counted, message, stored
from klynge.raw_zone import DOOR, Load
from klynge.reference.seeds import Reference, read_reference

#: The reason that the ledger keeps for a file that the door accepts without objections.
ACCEPTED_BECAUSE = message("all loaded rows pass the contract and the file-level checks")
#: States of loads whose file may not be sent again for another slot.
_STANDING = ("loaded", "held", "set_aside", "erased")
#: State of a load that no longer counts -> the note with the reason.
_LAST_NOTES = {
    "erased": raw_zone.ERASURE,
    "withdrawn": raw_zone.WITHDRAWAL,
    "rejected": raw_zone.DECISION,
}
#: A function that compares a checked file with earlier loads of the same basis that count. It
#: returns the objections.
Judge = Callable[[CheckedFile, Submission, list[Load]], list[str]]


def no_objection(_checked: CheckedFile, _submission: Submission, _earlier: list[Load]) -> list[str]:
    """A judge that accepts every file."""
    return []


class StillWrittenError(InputError):
    """The file changed while it was read, because somebody is still writing it."""


class DecidedFileError(InputError):
    """The file is that of a load that was rejected, withdrawn or erased, as ``load_id`` says."""

    def __init__(self, reason: Message, load_id: str) -> None:
        super().__init__(reason)
        self.load_id = load_id


@dataclass(frozen=True)
class Door:
    """The door of a home. The caller holds the lock of the home."""

    home: Home
    contracts: Mapping[str, Contract]
    reporting: Reporting
    registers: Registers
    judge: Judge

    @classmethod
    def of(
        cls, home: Home, judge: Judge = no_objection, reference: Reference | None = None
    ) -> "Door":
        """Open the door of a home, with the checkout's contracts and the home's reference data.

        A caller that has already read the home's reference data gives them as ``reference``.
        """
        contracts = read_contracts(checkout.CONTRACTS)
        reference = read_reference(home) if reference is None else reference
        return cls(
            home,
            contracts,
            read_reporting(reference),
            read_registers(reference, contracts.values()),
            judge,
        )

    def receive(self, file: Path, submission: Submission) -> Load:
        """Archive a file, check it, and enter it into the ledger, loaded or held.

        If the same file was received before, its existing load is returned. Raises
        :class:`InputError` if the file is refused, or if its load was erased, withdrawn or
        rejected; nothing of the file is kept. If the process is killed, the ledger has either the
        whole load or nothing.
        """
        contract = require_allowed(submission, self.contracts, self.reporting)
        with _private_copy(self.home, file) as (copy, digest):
            identifier = raw_zone.load_id(
                {
                    "dataset": submission.dataset,
                    "reporter": submission.reporter,
                    "period": submission.period,
                    "correction_no": submission.correction_no,
                    "partial": submission.partial,
                    "file": digest,
                }
            )
            if raw_zone.folder(self.home, submission.dataset, identifier).exists():
                return self._known(submission, identifier)
            load, rows, rejected = self._checked(copy, digest, submission, contract, identifier)
            with machine_errors(str(self.home.archive)):
                copy.replace(self.home.archive / digest)
            raw_zone.write_load(self.home, load, rows, rejected)
        return load

    def _known(self, submission: Submission, identifier: str) -> Load:
        load = raw_zone.read_load(self.home, submission.dataset, identifier)
        if note := _LAST_NOTES.get(load.state):
            raise DecidedFileError(
                message(
                    "this file was load {load_id}, which was {state}: {reason}; if its rows are to "
                    "count after all, send it as a correction with the next number, {next}",
                    load_id=identifier,
                    state=load.state_word,
                    reason=load.about[note]["reason"],
                    next=next_number(submission, raw_zone.read_ledger(self.home)),
                ),
                identifier,
            )
        return load

    def _checked(
        self, copy: Path, digest: str, submission: Submission, contract: Contract, identifier: str
    ) -> tuple[Load, pa.Table, pa.Table]:
        """The ledger entry, the accepted rows and the faults of a new file."""
        ledger = raw_zone.read_ledger(self.home)
        period = self.reporting.periods[submission.period]
        reporter = self.reporting.reporters[submission.reporter]
        require_open(period, danish_today())
        # the checkout itself decides which loads of the sample are used
        if reporter.kind != SAMPLE:
            require_free(submission, ledger)
        checked = check_file(
            copy,
            contract,
            period=submission.period,
            organisation_id=reporter.organisation_id,
            registers=self.registers,
            key=SAMPLE_KEY if reporter.kind == SAMPLE else read_key(self.home),
        )
        earlier = [load for load in ledger if load.basis == reporter.basis]
        objections = self.judge(checked, submission, which_loads_count(earlier))
        if reporter.kind != SAMPLE:
            objections = [
                *_same_file_elsewhere(digest, submission, ledger),
                *_erased_persons(self.home, checked, contract),
                *objections,
            ]
        rows = checked.rows.num_rows
        load = Load(
            load_id=identifier,
            dataset=submission.dataset,
            reporter=submission.reporter,
            period=submission.period,
            correction_no=submission.correction_no,
            basis=reporter.basis,
            contract_version=contract.version,
            files={copy.name: digest},
            rows_read=checked.rows_read,
            rows_loaded=0 if objections else rows,
            rows_rejected=checked.rows_rejected,
            rows_held=rows if objections else 0,
            received_at=raw_zone.now(),
            accepted_by=None if objections else DOOR,
            accepted_because=None if objections else ACCEPTED_BECAUSE,
            about={
                "objections": objections,
                "warnings": checked.warnings,
                "refused": checked.refused,
                "sheet": checked.sheet,
                "notes": [stored(note) for note in checked.notes],
            },
            partial=submission.partial,
            retain_until=retain_until(period.last_year).isoformat(),
        )
        keyed = _keyed(checked.rows, identifier).drop_columns(["source_row", "line"])
        return load, keyed, _keyed(checked.rejected, identifier)


def describe_repeat(load: Load) -> Message:
    """What the sender of a file reads that was received before, byte for byte, as ``load``."""
    return message(
        "exactly this file, byte for byte, was received before: on {time}, as load {load_id} "
        "({slot}), which is {state}; nothing is changed",
        time=datetime.fromisoformat(load.received_at),
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        state=load.state_word,
    )


def _same_file_elsewhere(
    digest: str, submission: Submission, ledger: Iterable[Load]
) -> Iterator[Message]:
    """Object once for each other slot for which exactly the same file was sent."""
    for load in ledger:
        is_same = digest in load.files.values() and load.basis == "reported"
        if is_same and load.slot != submission.slot and load.state in _STANDING:
            yield message(
                "same_file_elsewhere: The file is, byte for byte, the file of load {load_id} "
                "({slot}). Check the period, the dataset and the reporter.",
                load_id=load.load_id,
                slot=describe_slot(load.slot),
            )


def _erased_persons(home: Home, checked: CheckedFile, contract: Contract) -> Iterator[Message]:
    """Object once for each earlier erasure of a person whom rows of this file are about."""
    columns = [checked.rows[c.name].to_pylist() for c in contract.columns if c.personal]
    for entry in read_erasures(home) if columns else ():
        erased = set(entry.pseudonym_hashes)
        lines = [
            line
            for line, *values in zip(checked.rows["line"].to_pylist(), *columns, strict=True)
            if any(value and hash_pseudonym(value) in erased for value in values)
        ]
        if lines:
            yield counted(
                "erased_person: {count:,} row is about somebody whom {role} erased: {reason} (line "
                "{lines}). Accept the file only if the row may count again.",
                "erased_person: {count:,} rows are about somebody whom {role} erased: {reason} "
                "(lines {lines}{more}). Accept the file only if these rows may count again.",
                len(lines),
                role=entry.role,
                reason=entry.reason,
                lines=lines[:LINES_NAMED],
                more=describe_more(len(lines)),
            )


def _keyed(table: pa.Table, identifier: str) -> pa.Table:
    number = pc.cast(table["source_row"], pa.string())
    key = pc.binary_join_element_wise(pa.scalar(identifier), number, "#")
    return table.add_column(0, "source_row_key", key)


@contextmanager
def _private_copy(home: Home, file: Path) -> Iterator[tuple[Path, str]]:
    """Make a private copy of a file, which is then checked and archived; also give its SHA-256."""
    folder = home.archive / f"{UNFINISHED}{os.getpid()}"
    try:
        with machine_errors(str(home.archive)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        # a file name may hold bytes that are not text, but the ledger is text
        copy = folder / os.fsencode(file.name).decode("utf-8", "replace")
        yield copy, _copy(file, copy)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(file: Path, copy: Path) -> str:
    """Read the file once, write it to ``copy``, and return its SHA-256.

    Stops reading a file that is too large.
    """
    require_file(file)
    try:
        with file.open("rb") as source:
            before = os.fstat(source.fileno())
            data = source.read(MAX_FILE_BYTES + 1)
            after = os.fstat(source.fileno())
    except OSError as error:
        raise InputError(
            message(
                "{file} cannot be read ({error}): let the warehouse's user read it",
                file=str(file),
                error=error.strerror,
            )
        ) from error
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise StillWrittenError(
            message("{file} changed while it was read: send it when it is complete", file=str(file))
        )
    with machine_errors(str(copy)), copy.open("wb") as target:
        own_alone(copy)
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    return hashlib.sha256(data).hexdigest()
