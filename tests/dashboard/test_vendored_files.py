"""The files of other projects are listed with version and licence, and are not changed."""

import csv
import hashlib

from klynge import checkout

STATIC = checkout.ROOT / "dashboard" / "static"
OWN = {"klyngedata.css", "icon.svg", "vendored.csv"}


def test_every_file_of_another_project_is_listed_with_its_hash():
    with (STATIC / "vendored.csv").open(encoding="utf-8", newline="") as file:
        listed = {row["file"]: row for row in csv.DictReader(file)}
    found = {
        path.relative_to(STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in STATIC.rglob("*")
        if path.is_file() and path.name not in OWN
    }
    assert found == {name: row["sha256"] for name, row in listed.items()}
    assert all(row["package"] and row["version"] and row["licence"] for row in listed.values())
