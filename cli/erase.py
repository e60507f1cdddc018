"""``klynge erase``: erase a submission's rows; the ledger keeps role, reason and time."""

from cli.loads import LoadId, Reason, Role
from cli.output import console
from klynge.home import Home
from klynge.intake import retention
from klynge.raw_zone import find_load, read_ledger
from klynge.releases.publishing import prune
from klynge.releases.reading import open_release


def erase(load_id: LoadId, role: Role, reason: Reason) -> None:
    """Erase a submission: its rows, rejected rows and file, and old databases that hold it."""
    home = Home.from_environment()
    with home.locked():
        load = retention.erase(home, find_load(home, load_id), role=role, reason=reason)
        pruned = prune(home)
    console.print(f"erased: load {load.load_id}; its entry in the ledger stays", soft_wrap=True)
    for release_id in pruned:
        console.print(f"  the database of release {release_id} is removed")
    current = home.releases / "current"
    if current.exists() and load.load_id in open_release(home=home).submitted:
        console.print("  the current release still holds its rows: run `klynge nightly` now")
    for other in read_ledger(home):
        if other.load_id != load.load_id and not other.erased:
            if set(other.files.values()) & set(load.files.values()):
                console.print(
                    f"  the file stays, because load {other.load_id} came in the same file"
                )
            elif other.slot == load.slot:
                console.print(f"  load {other.load_id} is of the same reporter, dataset and period")
