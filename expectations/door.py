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
from klynge.messages import Message, joined, message
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


#: Columns of the failing rows of the door's checks, as the reader of an objection knows them.
_COLUMNS = {
    "rows_read": message("rows read"),
    "rows_rejected": message("rows rejected"),
    "participants": message("participants"),
    "unknown": message("unknown"),
    "lines": message("lines"),
    "here": message("here"),
    "earlier": message("earlier"),
}


def _objection(result: CheckResult) -> Message:
    rows = [
        message(
            "{fields}",
            fields=[
                message("{name} {value}", name=_COLUMNS.get(name, name), value=value)
                for name, value in row.items()
            ],
        )
        for row in result.failing_rows
    ]
    return message(
        "{check_id}: {rule} Found: {found}",
        check_id=result.check_id,
        rule=result.says,
        found=joined(rows) if rows else result.error or result.observed,
    )
