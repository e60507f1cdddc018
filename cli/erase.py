"""``klynge erase``: erase a submission's rows; the ledger keeps role, reason and time."""

from cli.confirmation import Yes, ask, must_ask
from cli.load import introduce
from cli.loads import LoadId, Reason, Role, show_what_counts
from cli.output import console, print_indented
from klynge.home import Home
from klynge.intake import retention
from klynge.messages import message
from klynge.raw_zone import find_load, read_ledger
from klynge.releases.erasing import Cleanup, finish_erasure


def erase(load_id: LoadId, role: Role, reason: Reason, yes: Yes = False) -> None:
    """Erase a submission: its rows, rejected rows and file, and old databases that contain it."""
    home = Home.from_environment()
    if must_ask(yes=yes):
        introduce(home, find_load(home, load_id))
        ask(message("Erase these rows and the received file for good?"))
    with home.locked():
        load = retention.erase(home, find_load(home, load_id), role=role, reason=reason)
        done = finish_erasure(home)
    console.print(
        message("erased: load {load_id}; its entry in the ledger stays", load_id=load.load_id),
        soft_wrap=True,
    )
    describe_cleanup(done)
    ledger = read_ledger(home)
    show_what_counts(load, ledger)
    for other in ledger:
        if other.load_id != load.load_id and not other.erased:
            if set(other.files.values()) & set(load.files.values()):
                print_indented(
                    message(
                        "the file stays, because load {load_id} came in the same file",
                        load_id=other.load_id,
                    )
                )
            elif other.slot == load.slot:
                print_indented(
                    message(
                        "load {load_id} is of the same reporter, dataset and period",
                        load_id=other.load_id,
                    )
                )


def describe_cleanup(done: Cleanup) -> None:
    """Print what an erasure removed besides the rows themselves."""
    for release_id in done.pruned:
        print_indented(
            message("the database of release {release_id} is removed", release_id=release_id)
        )
    if done.restatement and done.restatement.failure is None:
        print_indented(
            message(
                "release {former} is replaced by {release_id}, which does not hold these rows; "
                "its checks are those of the former release, until the next nightly run",
                former=done.restatement.former_id,
                release_id=done.restatement.release_id,
            )
        )
    elif done.restatement:
        print_indented(
            message(
                "the current release could not be built without these rows ({reason}), so its "
                "database is removed: run `klynge nightly` now",
                reason=done.restatement.failure,
            )
        )
