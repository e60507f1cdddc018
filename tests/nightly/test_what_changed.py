"""Test the changes between three nightly runs: one row of a file changes, then one model."""

import csv
import json
import shutil

import pytest

from klynge.home import Home
from klynge.releases.reading import open_release
from tests.conftest import copy_checkout, klynge
from tests.releases.variants import by_hand
from tests.submitted import staff_file

NAME = "full_time_equivalents_2021"
MART = "evaluation.mart_staffing"


def night(home, **where):
    done = klynge(home, "nightly", **where)
    assert done.returncode == 0, done.stdout + done.stderr
    return open_release(home=home)


def diff(home, before, after):
    """Return the command's answers in JSON and in CSV for two releases."""
    ask = ("releases", "diff", before.release_id, after.release_id, "--format")
    said, listed = (klynge(home, *ask, kind) for kind in ("json", "csv"))
    assert said.returncode == listed.returncode == 0, said.stderr + listed.stderr
    return json.loads(said.stdout), list(csv.DictReader(listed.stdout.splitlines()))


def named(found):
    return {(f["mart"], tuple(f["key"].values()), f["column"]) for f in found["figures"]}


@pytest.mark.long
def test_a_row_and_a_model_that_change_are_named_with_exactly_their_figures(published, tmp_path):
    home = Home(shutil.copytree(published.root, tmp_path / "home", symlinks=True))
    inbox = home.inbox / "made"
    staff_file(inbox, NAME, {"ufs": "1,5", "deb": "2", "other_income": "4"})
    first = night(home)
    staff_file(inbox, f"{NAME}_c1", {"ufs": "1,5", "deb": "2,5", "other_income": "4"})
    second = night(home)

    found, lines = diff(home, first, second)
    [change] = found["changes"]
    [row] = change["rows"]
    assert (change["kind"], row["values"]) == ("load", {"full_time_equivalents": ["2.00", "2.50"]})
    [load_before], [load_after] = change["loads_before"], change["loads_after"]
    source = f"{load_before}#2 → {load_after}#2"
    assert named(found) == by_hand(first, second)
    assert {figure["mart"] for figure in found["figures"]} == {MART, "bi.fact_staff"}
    assert [figure["causes"] for figure in found["figures"]] == [
        [{"kind": "load", "name": change["name"], "alone": True, "rows": [source]}]
    ] * len(found["figures"])
    assert {line["rows"] for line in lines} == {source}

    root = copy_checkout(tmp_path / "checkout")
    model = root / "dbt_project" / "models" / "marts" / "evaluation" / "mart_staffing.sql"
    sql = model.read_text(encoding="utf-8")
    doubled = sql.replace("cast(whole.full_time", "cast(2 * whole.full_time")
    assert doubled != sql
    model.write_text(doubled, encoding="utf-8")
    third = night(home, root=root)

    found, lines = diff(home, second, third)
    assert [(change["kind"], change["name"]) for change in found["changes"]] == [("model", MART)]
    assert named(found) == by_hand(second, third)
    assert {figure["column"] for figure in found["figures"]} == {"full_time_equivalents"}
    assert {(line["causes"], line["rows"]) for line in lines} == {(f"model {MART}", "")}
