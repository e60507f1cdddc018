"""Messages about accepted rows with a suspicious value."""

from klynge.intake.row_checks import ODD_CVR
from klynge.messages import Message, counted


def describe_warning(name: str, rows: int) -> Message:
    """Describe a warning by its name in the ledger; ``rows`` is the number of accepted rows."""
    if name == ODD_CVR:
        return counted(
            "warning: {count:,} CVR number fails its check digit; look for typing errors",
            "warning: {count:,} CVR numbers fail their check digit; look for typing errors",
            rows,
        )
    return counted(
        "warning: {name} in {count:,} row", "warning: {name} in {count:,} rows", rows, name=name
    )
