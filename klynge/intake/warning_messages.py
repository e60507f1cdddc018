"""Messages about accepted rows with a suspicious value."""

from klynge.intake.row_checks import ODD_CVR
from klynge.messages import Message, counted


def describe_warning(name: str, rows: int) -> Message:
    """A warning of the door: its name in the ledger, and the number of accepted rows with it."""
    if name == ODD_CVR:
        return counted(
            "warning: {count:,} CVR number fails its check digit; look for typing errors",
            "warning: {count:,} CVR numbers fail their check digit; look for typing errors",
            rows,
        )
    return counted(
        "warning: {name} in {count:,} row", "warning: {name} in {count:,} rows", rows, name=name
    )
