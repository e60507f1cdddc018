"""Solve the sample at scale 1: Python decides everything before DuckDB multiplies the rows."""

from dataclasses import dataclass

from sample.activities import Activity, plan_activities
from sample.attendance import Attendance, assign_attendances
from sample.members import Members, assign_members
from sample.participants import plan_participants
from sample.people import ParticipantPlan
from sample.targets import Targets


@dataclass(frozen=True)
class Solution:
    """The solved sample at scale 1."""

    targets: Targets
    participant_plan: ParticipantPlan
    activities: list[Activity]
    attendances: list[Attendance]
    members: Members
    seed: int


def solve(seed: int) -> Solution:
    """Solve the sample for a random seed; the same seed always gives the same sample."""
    targets = Targets()
    activity_plan = plan_activities(targets)
    participant_plan = plan_participants(targets, activity_plan, seed)
    activities, attendances = assign_attendances(targets, activity_plan, participant_plan, seed)
    members = assign_members(targets, participant_plan, seed)
    return Solution(targets, participant_plan, activities, attendances, members, seed)
