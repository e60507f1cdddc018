"""The checkpoint of the door, which a submitted file must pass as a whole.

The contract checks single rows. This checkpoint compares a file with the earlier files of its
reporter and with other reporters' files for the period. An objection holds the load until somebody
decides.
"""

import json
from decimal import Decimal
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
from klynge.raw_zone import DECISION, Load, read_ledger


def door_judge(home: Home) -> Judge:
    """Make the judge, which tells :class:`klynge.intake.door.Door` the objections to a file."""
    contracts = read_contracts(checkout.CONTRACTS)

    def judge(checked: CheckedFile, submission: Submission, earlier: list[Load]) -> list[str]:
        contract = contracts[submission.dataset]
        suites = list(door_suites(contract, partial=submission.partial))
        with TemporaryDirectory() as folder:
            database = Path(folder) / "file.duckdb"
            write_tables(database, checked, contract, sort_loads(home, submission, earlier))
            results = describe(run_checkpoint(database, "door", suites))
        failed = [result for result in results if not result.passed]
        return [
            objection_to(one) for one in failed if not _is_known(home, submission, one, checked)
        ]

    return judge


def _is_known(
    home: Home, submission: Submission, result: CheckResult, checked: CheckedFile
) -> bool:
    """Whether the secretariat accepted the same change of codes in another load of the dataset.

    A classification changes for every reporter, so one acceptance is enough. The file then gets a
    remark that names the other load, the role and the reason.
    """
    codes = _risen_codes(result)
    if not codes:
        return False
    for load in read_ledger(home):
        decision = load.about.get(DECISION)
        if load.dataset != submission.dataset or not decision or not decision["accepted"]:
            continue
        for objection in load.about["objections"]:
            values = objection.values if isinstance(objection, Message) else {}
            if values.get("check_id") == result.check_id and codes <= {*values.get("codes", ())}:
                checked.notes.append(
                    message(
                        "{codes} became more frequent, as in load {load_id}, which {role} "
                        "accepted: {reason}",
                        codes=sorted(codes),
                        load_id=load.load_id,
                        role=decision["role"],
                        reason=decision["reason"],
                    )
                )
                return True
    return False


def _risen_codes(result: CheckResult) -> set[str]:
    """The codes of a column that became more frequent than in earlier files."""
    if not result.check_id.startswith("mix_of_") or not result.check_id.endswith("_near_earlier"):
        return set()
    column = result.check_id.removeprefix("mix_of_").removesuffix("_near_earlier")
    return {
        row[column] for row in result.failing_rows if float(row["here"]) > float(row["earlier"])
    }


#: How an objection names the columns of a failing row.
_COLUMNS = {
    "rows_read": message("rows read"),
    "rows_rejected": message("rows rejected"),
    "participants": message("participants"),
    "unknown": message("unknown"),
    "unknown_activities": message("unknown activities"),
    "activity_ids": message("activity ids"),
    "largest_amounts": message("lines with the largest amounts"),
    "lines": message("lines"),
    "here": message("here"),
    "earlier": message("earlier"),
    "replaced": message("in the load that it replaces"),
    "recommended_amount_kr": message("recommended amount"),
    "applied_amount_kr": message("amount applied for"),
}


#: Columns with numbers; an objection keeps them as numbers, for the marks of either language.
_NUMBERS = frozenset(
    {
        "rows_read",
        "rows_rejected",
        "participants",
        "unknown",
        "unknown_activities",
        "here",
        "earlier",
        "replaced",
        "recommended_amount_kr",
        "applied_amount_kr",
    }
)
#: The column with the lines that have the largest amounts, as JSON.
_AMOUNTS = "largest_amounts"


def objection_to(result: CheckResult) -> Message:
    """The objection to a file that fails a check; its numbers are kept as numbers."""
    rows = [
        message("{fields}", fields=[_field(*field) for field in row.items()])
        for row in result.failing_rows
    ]
    return message(
        "{check_id}: {rule} Found: {found}",
        check_id=result.check_id,
        rule=result.says,
        found=joined(rows) if rows else result.error or result.observed,
        codes=sorted(_risen_codes(result)),
    )


def _field(column: str, text: str) -> Message:
    """A value of a failing row with its name."""
    name = _COLUMNS.get(column, column)
    if column in _NUMBERS and text != "null":
        return message("{name} {value:,}", name=name, value=Decimal(text))
    if column == _AMOUNTS:
        amounts = [
            message("{line} ({amount:,.2f})", line=one["line"], amount=Decimal(one["amount"]))
            for one in json.loads(text) or ()
        ]
        return message("{name} {value}", name=name, value=amounts)
    return message("{name} {value}", name=name, value=text)
