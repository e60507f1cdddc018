"""Great Expectations at the door: a checkpoint that a submitted file must pass as a whole.

The contract checks single rows. This checkpoint compares a file with the earlier files of its
reporter and with other reporters' files for the period. An objection holds the load until somebody
decides.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from expectations.checkpoint import run_checkpoint
from expectations.door_suites import door_suites
from expectations.door_tables import sort_loads, write_tables
from expectations.results import describe
from klynge import checkout
from klynge.home import Home
from klynge.intake.checking import CheckedFile
from klynge.intake.contracts import read_contracts
from klynge.intake.door import Judge
from klynge.intake.submissions import Submission
from klynge.quality import CheckResult
from klynge.raw_zone import Load


def door_judge(home: Home) -> Judge:
    """The judge that :class:`klynge.intake.door.Door` asks for its objections to a file."""
    contracts = read_contracts(checkout.CONTRACTS)

    def judge(checked: CheckedFile, submission: Submission, earlier: list[Load]) -> list[str]:
        contract = contracts[submission.dataset]
        suites = list(door_suites(contract, partial=submission.partial))
        with TemporaryDirectory() as folder:
            database = Path(folder) / "file.duckdb"
            write_tables(database, checked, contract, sort_loads(home, submission, earlier))
            results = describe(run_checkpoint(database, "door", suites))
        return [_objection(result) for result in results if not result.passed]

    return judge


def _objection(result: CheckResult) -> str:
    rows = "; ".join(", ".join(f"{k} {v}" for k, v in row.items()) for row in result.failing_rows)
    return f"{result.check_id}: {result.says} Found: {rows or result.error or result.observed}"
