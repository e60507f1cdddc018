"""Changes between two releases that are no change of a file: passed due dates, states of loads.

A submission becomes due when its due date passes. A load that is held, rejected or withdrawn counts
in neither release, but the ledger and the marts about reporting show it.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from klynge.intake.dataset_names import name_dataset
from klynge.lineage.workspace import string_literal
from klynge.messages import Message, joined, message
from klynge.releases.changes import EXPECTED, LEDGER, NAMED_ROWS, Change, ChangedRow, due_between
from klynge.releases.reading import Release
from klynge.releases.row_differences import RowComparer, RowDifference, Table
from klynge.words import STATES

DAY, STATE = "day", "state"

_EXPECTED_KEY = ("basis", "dataset", "period", "reporter", "organisation_id")
_LEDGER_KEY = ("dataset", "reporter", "period", "load_id")
#: Columns with notes. They are not compared, because the compared state follows from them.
_NOTES = frozenset({"objections", "decision", "withdrawal", "set_aside", "erasure"})


def find_state_changes(
    before: Release, after: Release, comparer: RowComparer, files: Iterable[Change]
) -> list[Change]:
    """Find due dates that passed between the releases, and loads whose state differs.

    ``files`` are the changes of files. Their loads are left out here.
    """
    return [*_day_changes(before, after, comparer), *_ledger_changes(comparer, files)]


def _day_changes(before: Release, after: Release, comparer: RowComparer) -> Iterator[Change]:
    where = due_between(before, after)
    table = Table(EXPECTED, _EXPECTED_KEY, where=where)
    counts = comparer.count(table)
    if counts:
        days = (release.manifest["day"] for release in (before, after))
        yield Change(
            kind=DAY,
            name=" → ".join(days),
            description=message("due dates of submissions lie between these days"),
            tables={EXPECTED: where},
            counts=counts,
            rows=tuple(ChangedRow(EXPECTED, row) for row in comparer.rows(table, NAMED_ROWS)),
        )


def _ledger_changes(comparer: RowComparer, files: Iterable[Change]) -> Iterator[Change]:
    of_files = {load for change in files for load in (*change.loads_before, *change.loads_after)}
    table = Table(LEDGER, _LEDGER_KEY, _NOTES, where="basis = 'reported'")
    rows = [row for row in comparer.rows(table) if row.key["load_id"] not in of_files]
    for slot, group in groupby(rows, key=lambda row: [row.key[name] for name in _LEDGER_KEY[:3]]):
        dataset, reporter, period = slot
        of_slot = list(group)
        ids = ", ".join(string_literal(str(row.key["load_id"])) for row in of_slot)
        yield Change(
            kind=STATE,
            name=message(
                "{dataset} of {reporter}, {period}",
                dataset=name_dataset(str(dataset)),
                reporter=reporter,
                period=period,
            ),
            description=joined(map(_describe, of_slot)),
            tables={LEDGER: f"load_id in ({ids})"},
        )


def _describe(row: RowDifference) -> Message:
    """Describe the state of a load in both releases. An older release may not know the load."""
    states = [STATES[state] for state in row.values.get("state", ()) if state]
    load_id = row.key["load_id"]
    if len(states) == 1:
        return message("load {load_id} is {state}", load_id=load_id, state=states[0])
    if not states:
        return message("load {load_id} has another number of rows", load_id=load_id)
    before, after = states
    return message(
        "load {load_id} was {before} and is {after}", load_id=load_id, before=before, after=after
    )
