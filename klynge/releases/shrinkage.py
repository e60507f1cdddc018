"""Accepted losses of rows: a table has fewer rows than in the current release.

A change of the program can make a table smaller, although all loads still count. Then the gate
stops the run. Somebody may accept the loss that the run found, with a role and a reason. The
acceptance is written once, beside the record of the run. It is valid while the release that the run
was compared with is the current one. It does not cover a larger loss.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from klynge import runs
from klynge.errors import InputError
from klynge.home import Home, own_alone, read_json, write_json_once
from klynge.messages import joined, message
from klynge.quality import CheckResult, has_verdict, read_verdict, results_in
from klynge.raw_zone import now, require_reason
from klynge.releases.continuity import SHRUNK, UNEXPLAINED
from klynge.releases.reading import open_release

#: The column of a failing row that has the number of remaining rows.
_PRESENT = "present_rows"
_FILE = "accepted-loss-{check_id}.json"

HINT = message(
    "if the loss of rows is right, accept it: klynge releases accept-loss CHECK --role … --reason …"
)


def compares_releases(check_id: str) -> bool:
    """Whether a check of the gate compares the build with the current release."""
    return check_id.endswith(SHRUNK) or check_id == UNEXPLAINED


def accept_losses(
    home: Home, check_ids: Sequence[str], *, role: str, reason: str
) -> list[CheckResult]:
    """Accept the losses that the last run found by these checks; return the checks' results.

    Raises :class:`InputError` if a check did not fail in the last run or does not compare releases,
    if a loss is accepted already, or if the role or the reason is empty.
    """
    require_reason(role, reason)
    run = runs.find(home)
    failed = {
        result.check_id: result
        for result in (
            results_in(read_verdict(home, run.run_id)) if has_verdict(home, run.run_id) else ()
        )
        if not result.passed and compares_releases(result.check_id) and not result.error
    }
    if unknown := [name for name in check_ids if name not in failed]:
        raise InputError(
            message(
                "the last run ({run_id}) found no loss of rows by {checks}; {known}",
                run_id=run.run_id,
                checks=unknown,
                known=message("it found losses by {checks}", checks=sorted(failed))
                if failed
                else message("no check that compares releases failed in it"),
            )
        )
    accepted = [failed[name] for name in dict.fromkeys(check_ids)]
    release_id = open_release(home=home).release_id
    for result in accepted:
        content = {
            "check_id": result.check_id,
            "release_id": release_id,
            "rows": result.failing_rows,
            "count": result.failing_count,
            "role": role,
            "reason": reason,
            "accepted_at": now(),
        }
        _write(home, run.run_id, content)
    return accepted


def _write(home: Home, run_id: str, content: Mapping[str, Any]) -> None:
    path = runs.folder(home, run_id) / _FILE.format(check_id=content["check_id"])
    if not write_json_once(path, content):
        existing = read_json(path)
        raise InputError(
            message(
                "the loss by {check} is accepted already, by {role}: {reason}",
                check=content["check_id"],
                role=existing["role"],
                reason=existing["reason"],
            )
        )
    own_alone(path)


def read_accepted_losses(home: Home) -> dict[str, dict[str, Any]]:
    """Read the last accepted loss of each check, for comparisons with the current release."""
    if not (home.releases / "current").exists():
        return {}
    release_id = open_release(home=home).release_id
    found = [read_json(path) for path in home.runs.glob(f"*/{_FILE.format(check_id='*')}")]
    found = [one for one in found if one["release_id"] == release_id]
    return {one["check_id"]: one for one in sorted(found, key=lambda one: one["accepted_at"])}


def with_accepted_losses(home: Home, results: Iterable[CheckResult]) -> Iterator[CheckResult]:
    """Yield the results. A check whose lost rows are all accepted passes, and names the role."""
    accepted = read_accepted_losses(home)
    for result in results:
        one = accepted.get(result.check_id)
        if result.passed or result.error or one is None or not _covers(one, result):
            yield result
        else:
            told = message(
                "the loss is accepted by {role}: {reason}", role=one["role"], reason=one["reason"]
            )
            yield replace(result, passed=True, observed=joined([told, result.observed]))


def _covers(accepted: Mapping[str, Any], result: CheckResult) -> bool:
    """Whether the table has lost no more rows since the loss was accepted."""
    least = {_part(row): int(row.get(_PRESENT, 0)) for row in accepted["rows"]}
    return result.failing_count <= accepted["count"] and all(
        _part(row) in least and int(row.get(_PRESENT, 0)) >= least[_part(row)]
        for row in result.failing_rows
    )


def _part(row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in row.items() if name != _PRESENT))
