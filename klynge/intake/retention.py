"""Retention of submissions, and their erasure."""

from collections.abc import Iterable
from datetime import date

from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home, machine_errors
from klynge.intake.erasure_list import ErasureEntry, enter_erasure
from klynge.messages import message
from klynge.raw_zone import Load

#: How many years a submission is kept after the last year that it reports on.
RETENTION_YEARS = 5


def retain_until(last_year: int) -> date:
    """The last day of the retention of a submission about years up to ``last_year``."""
    return date(last_year + RETENTION_YEARS, 12, 31)


def past_retention(ledger: Iterable[Load], today: date) -> list[Load]:
    """The loads whose retention has ended."""
    return [
        load
        for load in ledger
        if load.retain_until and date.fromisoformat(load.retain_until) < today and not load.erased
    ]


def erase(home: Home, load: Load, *, role: str, reason: str) -> Load:
    """Erase a submission's rows, its rejects and its file; the ledger entry stays.

    Role and reason are written first, so that :func:`finish_erasures` can finish an interrupted
    erasure. Raises :class:`InputError` for a load that is not a submission or is already erased,
    and without a role or a reason.
    """
    raw_zone.require_reason(role, reason)
    if load.basis == "published":
        raise InputError(
            message(
                "load {load_id} belongs to a printed document: it is not a submission",
                load_id=load.load_id,
            )
        )
    if load.erased:
        erasure = load.about[raw_zone.ERASURE]
        raise InputError(
            message(
                "load {load_id} is erased already, by {role}: {reason}",
                load_id=load.load_id,
                role=erasure["role"],
                reason=erasure["reason"],
            )
        )
    said = {"role": role, "reason": reason, "erased_at": raw_zone.now()}
    entry = ErasureEntry(said["erased_at"], role, reason, [load.load_id])
    enter_erasure(home, entry)
    raw_zone.note(home, load, raw_zone.ERASURE, said)
    finish_erasures(home)
    return raw_zone.read_load(home, load.dataset, load.load_id)


def finish_erasures(home: Home) -> None:
    """Remove the remains of erased loads, except a file that another load also uses."""
    ledger = raw_zone.read_ledger(home)
    needed = {digest for load in ledger if not load.erased for digest in load.files.values()}
    with machine_errors(str(home.raw)):
        for load in (x for x in ledger if x.erased):
            place = raw_zone.folder(home, load.dataset, load.load_id)
            for name in (raw_zone.DATA, raw_zone.REJECTS):
                (place / name).unlink(missing_ok=True)
            for digest in set(load.files.values()) - needed:
                (home.archive / digest).unlink(missing_ok=True)
