"""Write files as reporters send them, small enough to be read in a test."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from klynge.intake.door import Door
from klynge.intake.submissions import submission_named
from klynge.raw_zone import Load


def staff_file(folder: Path, name: str, hours: Mapping[str, str], organisation: str = "made"):
    """Write a complete file of full-time equivalents by funder, last changed an hour ago."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{organisation};{funder};{value}" for funder, value in hours.items()]
    path = folder / f"{name}.csv"
    header = "organisation_id;staff_funder;full_time_equivalents"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    at_rest(path)
    return path


def at_rest(path: Path) -> None:
    """Set the time of a file's last change to an hour ago."""
    hour_ago = time.time() - 3600
    os.utime(path, (hour_ago, hour_ago))


def receive(door: Door, path: Path, reporter: str = "made") -> Load:
    """Receive a file whose name gives its dataset and period."""
    return door.receive(path, submission_named(path.stem, reporter, door.contracts))
