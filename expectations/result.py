"""What a check found. Knows no Great Expectations, so that stored results are quick to show."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class CheckResult:
    """One check's verdict on one table.

    ``failing_rows`` holds the first failing rows, every value as text (decimals in full, an
    absent value as ``null``); ``failing_count`` counts them all and is 0 where the check judges
    the table as a whole. ``error`` says why a check could not be made or its rows not be listed;
    a check that could not be made has not passed.
    """

    check_id: str
    looks_at: str
    says: str
    passed: bool
    observed: str
    failing_rows: list[dict[str, str]]
    failing_count: int
    seconds: float
    error: str | None

    def to_dict(self) -> dict[str, object]:
        """Give the result as JSON can hold it."""
        return asdict(self)

    def __str__(self) -> str:
        """Give the verdict for a person, one failing row a line."""
        lines = [f"{'passed' if self.passed else 'FAILED'}: {self.check_id} on {self.looks_at}"]
        lines.append(f"  {self.says}")
        if self.observed:
            lines.append(f"  observed: {self.observed}")
        lines += [f"  - {_fields(row)}" for row in self.failing_rows]
        unlisted = self.failing_count - len(self.failing_rows)
        if self.failing_rows and unlisted:
            lines.append(f"  … and {unlisted} more")
        if self.error:
            lines.append(f"  error: {self.error}")
        return "\n".join(lines)


def _fields(row: dict[str, str]) -> str:
    return ", ".join(f"{column}: {value}" for column, value in row.items())
