"""Submit the sample through the door, like any other submission."""

import tempfile
from pathlib import Path

from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import read_json, write_json
from klynge.intake.door import Door
from klynge.intake.submissions import SAMPLE, submission_named
from klynge.raw_zone import Load
from sample.files import sample_version, write_sample_files


def land_sample(door: Door) -> list[Load]:
    """Load the checkout's sample, unless it is in the raw zone already; return its loads.

    Raises :class:`InputError` if the door rejects any row or holds a file.
    """
    record = door.home.root / "sample.json"
    known = read_json(record) if record.exists() else {}
    version = sample_version()
    if known.get("version") == version:
        return [raw_zone.read_load(door.home, *place) for place in known["loads"]]
    with tempfile.TemporaryDirectory() as folder:
        loads = [
            door.receive(path, submission_named(path.stem, SAMPLE, door.contracts))
            for path in write_sample_files(Path(folder))
        ]
    for load in loads:
        if load.rows_rejected or not load.accepted:
            raise InputError(
                f"the sample's {load.dataset} of {load.period} is {load.state}, with "
                f"{load.rows_rejected} row(s) rejected: `klynge loads show {load.load_id}` says why"
            )
    places = [[load.dataset, load.load_id] for load in loads]
    write_json(record, {"version": version, "loads": places})
    return loads
