"""Loads that a nightly run leaves out, because their rows break a rule of the warehouse.

One faulty load must not stop the publication of all others. So the nightly run sets it aside, names
it and publishes the rest. The load counts again as soon as something changes: a correction arrives,
another load is withdrawn, or the secretariat accepts that its rows break the rule.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home, own_alone, write_json
from klynge.messages import Message, joined, message, restored, stored
from klynge.quality import RULE
from klynge.raw_zone import ACCEPTANCE, ACCEPTANCES, SET_ASIDE, Load

#: The record of a load that is set aside; see :func:`make_record`.
Record = dict[str, Any]

#: How many keys of failing rows a record names.
_KEYS_NAMED = 20


def make_record(
    run_id: str, inputs: str, checks: Iterable[tuple[str, str, bool, tuple[str, ...]]]
) -> Record:
    """Record why a run leaves a load out.

    ``checks`` has one item per failed check: its id, its rule, whether the secretariat may accept
    the rows, and the keys of the failing rows. ``inputs`` is the :func:`fingerprint` of the run in
    which the checks failed.
    """
    listed = [
        {
            "check_id": check_id,
            "says": says,
            RULE: stored(says),
            "acceptable": acceptable,
            "row_keys": list(keys[:_KEYS_NAMED]),
        }
        for check_id, says, acceptable, keys in checks
    ]
    return {
        "set_aside_at": raw_zone.now(),
        "run_id": run_id,
        "inputs": inputs,
        "reason": str(joined(map(_describe, listed))),
        "checks": listed,
    }


def describe_record(record: Record) -> Message:
    """Say why a load is left out, with each rule that is broken and the first faulty rows."""
    return joined(map(_describe, record["checks"]))


def _describe(check: Mapping[str, Any]) -> Message:
    rows = [key.partition("#")[2] for key in check["row_keys"]]
    return message(
        "{check_id}: {rule}{rows}",
        check_id=check["check_id"],
        # records of an older version have only the text of the rule
        rule=restored(check.get(RULE, check["says"])),
        rows=message(" (row {rows})", rows=rows) if any(rows) else "",
    )


def fingerprint(ledger: Iterable[Load], code: str, reference: Mapping[str, str]) -> str:
    """A hash of everything that can change whether the rows of a load break a rule.

    ``code`` is the hash of the program, ``reference`` the hashes of the reference data.
    """
    loads = sorted(
        (load.load_id, load.erased, load.rows_erased, sorted(load.about.get(ACCEPTANCES, {})))
        for load in ledger
        if load.basis == "reported" and load.accepted and not load.withdrawn
    )
    text = json.dumps([loads, code, sorted(reference.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def still_set_aside(ledger: Iterable[Load], inputs: str) -> dict[str, Record]:
    """Return the records of the loads that are set aside, by load id, if no input has changed."""
    return {
        load.load_id: load.about[SET_ASIDE]
        for load in ledger
        if load.is_set_aside and load.about[SET_ASIDE]["inputs"] == inputs
    }


def mark(ledger: Iterable[Load], records: Mapping[str, Record]) -> list[Load]:
    """Copy the ledger; in the copy, only the loads in ``records`` are set aside."""
    return [_marked(load, records.get(load.load_id)) for load in ledger]


def _marked(load: Load, record: Record | None) -> Load:
    about = {name: value for name, value in load.about.items() if name != SET_ASIDE}
    return replace(load, about=about if record is None else {**about, SET_ASIDE: record})


def keep_records(home: Home, ledger: Iterable[Load], records: Mapping[str, Record]) -> None:
    """Store which loads a published release leaves out, and remove older records."""
    for load in ledger:
        path = raw_zone.folder(home, load.dataset, load.load_id) / f"{SET_ASIDE}.json"
        if record := records.get(load.load_id):
            write_json(path, record)
            own_alone(path)
        else:
            path.unlink(missing_ok=True)


def find_acceptance(load: Load, check_id: str) -> Mapping[str, Any] | None:
    """Find the role and reason of the decision to accept rows of a load that break a rule.

    The secretariat accepts such rows after a nightly run has set the load aside. If the door has
    the same rule, the secretariat can also accept them there.
    """
    accepted: Mapping[str, Any] | None = load.about.get(ACCEPTANCES, {}).get(check_id)
    decision: Mapping[str, Any] | None = load.about.get(raw_zone.DECISION)
    if accepted is not None or decision is None or not decision["accepted"]:
        return accepted
    checks = {str(objection).partition(":")[0] for objection in load.about["objections"]}
    return decision if check_id in checks else None


def require_acceptable(load: Load) -> None:
    """Raise :class:`InputError` if rows of the load break a rule that nobody may accept."""
    structural = [c["check_id"] for c in load.about[SET_ASIDE]["checks"] if not c["acceptable"]]
    if structural:
        raise InputError(
            message(
                "load {load_id} breaks {checks}, and rows that break this rule cannot be accepted: "
                "let its reporter send a correction, or withdraw the load",
                load_id=load.load_id,
                checks=structural,
            )
        )


def accept(home: Home, load: Load, *, role: str, reason: str) -> Load:
    """Accept that rows of a load that is set aside break its rules; the next build uses it.

    The ledger keeps role and reason for each rule. Raises :class:`InputError` for a rule that
    nobody may accept, and without a role or a reason.
    """
    raw_zone.require_reason(role, reason)
    require_acceptable(load)
    for check in load.about[SET_ASIDE]["checks"]:
        if check["check_id"] not in load.about.get(ACCEPTANCES, {}):
            said = {
                "check_id": check["check_id"],
                "says": check["says"],
                "role": role,
                "reason": reason,
                "accepted_at": raw_zone.now(),
            }
            raw_zone.note(home, load, f"{ACCEPTANCE}-{check['check_id']}", said)
    return raw_zone.read_load(home, load.dataset, load.load_id)
