"""Write files of applications, and run a what-if on them."""

from klynge.whatif.changes import Changes
from klynge.whatif.what_if import open_what_if
from tests.intake.door import write

CALL = "klyngeprogram_2025_2028"
HEADER = "organisation_id;area_id;grant_type;applied_amount_kr;score"
#: The criteria of both grants, by code.
CODES = "A1;A2;B1;B2;B3;A3;C1;C2"
#: One application is for 30 kr. and has 8 points, the other is for 90 kr. and has 6.5 points.
SMALL = (HEADER, "clean;tourism;cluster;30;8", "made;construction;cluster;90;6,5")


def small(folder):
    return write(folder, "small.csv", *SMALL)


def tried(release, path, **changes):
    """Allocate the applications of a file without faults; return the outcome."""
    with open_what_if(release, CALL) as what_if:
        applications = what_if.read(path)
        assert applications.checked.rejected.num_rows == 0, applications.checked.rejected
        return what_if.allocate(applications, Changes(**changes))


def awards(outcome):
    """Return the award of each application, in the file's order."""
    return outcome.by_application["recommended_amount_kr"].to_pylist()
