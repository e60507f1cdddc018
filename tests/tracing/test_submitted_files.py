"""Read the archived file of a load again: find the lines of its rows, and its refused rows."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from klynge import checkout
from klynge.intake.door import Door
from klynge.raw_zone import DATA, folder
from klynge.tracing.report import Source
from klynge.tracing.sources import SupportingRows
from klynge.tracing.submitted_files import FileReader
from klynge.tracing.summary import describe_places, ranges
from tests.submitted import at_rest, receive

HEADER = (
    "organisation_id;funding_line_id;funding_source;funder_id;amount_kind;gross_or_net;"
    "price_basis;in_kind;validated;amount_kr"
)
TABLE = "raw.funding"


@dataclass
class CheckedOut:
    """A stand-in for a release. It has the contracts of the checkout."""

    path: Path = checkout.ROOT


def line(number, source, amount):
    return f"made;2024-{number};{source};;consumed;net;current;nej;ja;{amount}"


@pytest.fixture
def received(home, tmp_path):
    """Load a file of funding with four accepted rows, four refused rows, and an empty line."""
    lines = [
        HEADER,
        line(1, "eu", "1000"),
        "",
        line(2, "public", "2000"),
        line(3, "eu", "kr. 5.000"),
        line(4, "Danske offentlige midler", "mange"),
        line(5, "EUU", "300"),
        line(6, "public", "mange"),
        line(7, "eu", "4000"),
        line(8, "private", "1"),
    ]
    file = tmp_path / "funding_2024.csv"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    at_rest(file)
    return receive(Door.of(home), file)


def read_again(home, load, rows, key):
    """Read the file of a load again, for a figure with this key; return the source of the rows."""
    stored = folder(home, load.dataset, load.load_id) / DATA
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as release")
        connection.execute("create schema release.raw")
        connection.execute(
            f"create table release.{TABLE} as select *, '{load.load_id}' as load_id from '{stored}'"
        )
        supporting = SupportingRows(connection, {TABLE: rows})
        about = {"dataset": "funding", "load_id": load.load_id, "refused": load.about["refused"]}
        numbers = connection.execute(
            f"select cast(split_part(source_row_key, '#', 2) as int) from release.{TABLE} "
            f"where {rows} order by all"
        ).fetchall()
        places = [{"source_row_key": f"{load.load_id}#{n}", "row": n} for (n,) in numbers]
        [(name, digest)] = load.files.items()
        source = Source("submission", TABLE, name, digest, len(places), about, places)
        [found] = FileReader(home, CheckedOut(), supporting, key).add_lines([source])
        return found


def test_a_row_has_its_line_in_the_file(home, received):
    found = read_again(home, received, "funding_source = 'eu'", {})
    assert [one["line"] for one in found.places] == [2, 9]
    assert describe_places(found) == "lines 2, 9"


def test_rows_that_state_another_value_are_not_of_the_figure(home, received):
    key = {"organisation_id": "made", "funding_source": "eu", "period_id": "2024"}
    found = read_again(home, received, "funding_source = 'eu'", key)
    of_figure = found.about["refused"]["of_figure"]
    assert found.about["refused"]["lines"] == [5, 6, 7, 8]
    # EUU may mean EU, but the Danish name of another source cannot mean EU
    assert of_figure["lines"] == [5, 7]
    assert of_figure["amounts"] == {"amount_kr": "5300.00"}
    assert of_figure["is_exact"]


def test_a_figure_that_rests_on_other_values_as_well_is_not_exact(home, received):
    found = read_again(home, received, "true", {"funding_source_id": "eu"})
    assert found.about["refused"]["of_figure"]["lines"] == [5, 7]
    assert not found.about["refused"]["of_figure"]["is_exact"]


@pytest.mark.parametrize("key", [{"period_id": "2024"}, {"funding_source": "total"}])
def test_a_key_without_a_value_of_the_file_says_nothing_about_its_rows(home, received, key):
    assert "of_figure" not in read_again(home, received, "true", key).about["refused"]


def test_without_the_archived_file_the_rows_have_their_numbers(home, received):
    for file in home.archive.iterdir():
        file.unlink()
    found = read_again(home, received, "true", {"funding_source": "eu"})
    assert describe_places(found).startswith("rows 1, 2, 7, 8 ")
    assert "of_figure" not in found.about["refused"]


def test_consecutive_numbers_are_a_range():
    assert ranges([4, 5, 6, 9, 10, 12]) == ["4-6", "9", "10", "12"]
    assert ranges([]) == []
