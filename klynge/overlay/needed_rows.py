"""Find rows of reference data that submissions need.

If such a row were missing, the next nightly run would fail.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import pyarrow.parquet as pq

from klynge import checkout, raw_zone
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.dataset_names import describe_slot
from klynge.intake.submissions import which_loads_count
from klynge.messages import message
from klynge.overlay.differences import ADDED, REMOVED, Difference
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.problems import Problem
from klynge.reference.seeds import Reference


def find_needed_rows(
    home: Home, reference: Reference, differences: Sequence[Difference]
) -> Iterator[Problem]:
    """Find each removed or shortened row that a submission still needs.

    ``differences`` are the rows that a proposal changes. ``reference`` has the rows after these
    changes. A reporter's row is shortened too much if the reporter no longer reports on the period
    of a load that counts.
    """
    removed = [d for d in differences if d.kind == REMOVED]
    reporters = {d.key[0] for d in differences if d.seed == "reporters" and d.kind != ADDED}
    if not removed and not reporters:
        return
    contracts = read_contracts(checkout.CONTRACTS)
    counting = which_loads_count(raw_zone.read_ledger(home))
    yield from _find_uncovered_loads(home, reference, reporters, counting)
    for difference in removed:
        declared = OVERLAY_SEEDS[difference.seed]
        values = dict(zip(declared.key, difference.key, strict=True))
        remaining = reference.rows(difference.seed)
        if declared.group_of(values) in map(declared.group_of, remaining):
            continue
        for load in counting:
            if _needs(home, contracts, load, difference.seed, values):
                text = message(
                    "{name} cannot be removed, because load {load_id} ({slot}) needs it; withdraw "
                    "the load first, or keep the row",
                    name=" ".join(filter(None, difference.key)),
                    load_id=load.load_id,
                    slot=describe_slot(load.slot),
                )
                yield Problem(home.reference / f"{difference.seed}.csv", None, text)
                break


def _find_uncovered_loads(
    home: Home, reference: Reference, reporters: Set[str], counting: Iterable[raw_zone.Load]
) -> Iterator[Problem]:
    """Find loads that count, but whose period is outside the time of their reporter."""
    reporting = read_reporting(reference)
    for load in counting:
        reporter, period = (
            reporting.reporters.get(load.reporter),
            reporting.periods.get(load.period),
        )
        if load.reporter not in reporters or reporter is None or period is None or load.erased:
            continue
        if not reporter.reports_on(period):
            text = message(
                "load {load_id} ({slot}) counts, but {reporter} would no longer report on the "
                "period of this load; withdraw the load first, or give the reporter a longer time",
                load_id=load.load_id,
                slot=describe_slot(load.slot),
                reporter=load.reporter,
            )
            yield Problem(home.reference / "reporters.csv", None, text)


def _needs(
    home: Home,
    contracts: Mapping[str, Contract],
    load: raw_zone.Load,
    seed: str,
    values: Mapping[str, str],
) -> bool:
    """Whether a load needs the subject of a row.

    The subject may be the sender or the period of the load, or occur in the rows of the load.
    """
    if load.dataset not in contracts or load.erased:
        return False
    if seed == "reporters":
        return load.reporter == values["reporter_id"]
    if seed in ("calls", "reporting_periods"):
        return load.period in values.values()
    named = {
        column.name: values[column.register[1]]
        for column in contracts[load.dataset].columns
        if column.register and column.register[0] == seed and column.register[1] in values
    }
    if not named:
        return False
    rows = pq.read_table(raw_zone.rows_of(home, load), columns=list(named))
    return any(value in rows[name].unique().to_pylist() for name, value in named.items())
