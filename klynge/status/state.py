"""What is known of the state of the warehouse."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from klynge.intake.inbox import Refusal
from klynge.intake.submissions import ExpectedSubmission
from klynge.raw_zone import Load
from klynge.releases.continuity import Loss
from klynge.releases.reading import Release
from klynge.runs import Run

#: The states of the warehouse. A monitor should call an operator for a fault only;
#: missing submissions are a task of the secretariat.
HEALTHY, REPORTERS_BEHIND, FAULTY = "healthy", "reporters_behind", "faulty"


@dataclass(frozen=True)
class ReportedCount:
    """How many cluster organisations must report a dataset, and how many have reported it."""

    period: str
    dataset: str
    reported: int
    due: int


@dataclass(frozen=True)
class RefusedRows:
    """A load that counts, and the rows of its file that were refused.

    ``refused`` is as :func:`klynge.intake.refused.read_refused` returns it.
    """

    load: Load
    refused: dict[str, Any]


@dataclass(frozen=True)
class Status:
    """The state of the warehouse.

    ``faults`` are what is wrong with releases, runs and loads. ``problems`` are these faults, the
    refused files and the open decisions; if any exists, the state is faulty. ``refused`` are files
    in the inbox that nobody has corrected. ``settled`` are refused files that were corrected or
    decided since; somebody can delete them. ``writer`` names the process that writes in the home
    right now. ``due`` are the submissions past their due date. ``missing`` are the due submissions
    that nobody has sent, or that were rejected or withdrawn. ``erased`` are the due submissions
    that were sent but whose rows were erased. ``reported`` has the number of accepted due
    submissions of cluster organisations. ``refused_rows`` are the loads that count, but whose files
    had refused rows; a correction replaces them. ``outdated`` are the losses: loads that no longer
    count, but whose rows are in the current release. ``unpublished`` are the loads that count and
    are not in the current release. ``unreadable`` are the parts of the home that this user may not
    read; their content is left out.
    """

    release: Release | None
    manifest: dict[str, Any] | None
    age: timedelta | None
    last_run: Run | None
    writer: str | None
    refused: list[Refusal]
    settled: list[Refusal]
    held: list[Load]
    due: list[ExpectedSubmission]
    missing: list[ExpectedSubmission]
    erased: list[ExpectedSubmission]
    reported: list[ReportedCount]
    refused_rows: list[RefusedRows]
    outdated: list[Loss]
    unpublished: list[Load]
    faults: list[str]
    problems: list[str]
    unreadable: list[Path]

    @property
    def state(self) -> str:
        """The state; reporters are behind if submissions are missing or have refused rows."""
        if self.problems:
            return FAULTY
        return REPORTERS_BEHIND if self.missing or self.refused_rows else HEALTHY
