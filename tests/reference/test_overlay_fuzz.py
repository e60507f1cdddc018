"""An overlay of random files is either accepted as a whole or refused with a message."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from klynge import checkout
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import expected_submissions
from klynge.overlay.acceptance import land_overlay
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.seeds import read_reference
from klynge.seed_files import read_seed
from tests.reference.overlays import SHIPPED, put

CONTRACTS = read_contracts(checkout.CONTRACTS)
VALUES = st.sampled_from(
    ["", "x", "made", "true", "2024", "2024-01-01", "2031-12-31", "-1", "1e9", "ø\u0000", "year"]
)


@st.composite
def files(draw):
    """Draw some seeds, each with copies of shipped rows.

    Some of the copied rows have changed values.
    """
    chosen = draw(st.lists(st.sampled_from(list(OVERLAY_SEEDS)), min_size=1, max_size=3))
    found = {}
    for seed in dict.fromkeys(chosen):
        rows = draw(st.lists(st.sampled_from(SHIPPED.rows(seed)), min_size=1, max_size=3))
        found[seed] = [
            {c: draw(VALUES) if draw(st.integers(0, 5)) == 0 else v for c, v in row.items()}
            for row in rows
        ]
    return found


@settings(max_examples=60)
@given(files())
def test_changed_rows_are_accepted_or_refused_and_what_is_accepted_can_be_used(found):
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        home.prepare()
        for seed, rows in found.items():
            put(home, seed, *rows)
        landed = land_overlay(home)
        if landed.refusal is not None:
            assert ".csv" in landed.refusal.reason
            assert read_reference(home).version is None
            return
        reference = read_reference(home)
        expected_submissions(CONTRACTS, read_reporting(reference), date(2026, 3, 2))
        written = Path(folder) / "written"
        written.mkdir()
        reference.write(written)
        for seed in OVERLAY_SEEDS:
            assert read_seed(written / f"{seed}.csv") == reference.rows(seed)


@settings(max_examples=40)
@given(st.binary(max_size=200), st.sampled_from(["reporters.csv", "calls.xlsx"]))
def test_any_bytes_are_refused_with_the_name_of_the_file(content, name):
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.reference.mkdir()
        (home.reference / name).write_bytes(content)
        landed = land_overlay(home)
        assert landed.accepted is None
        assert name in str(landed.refusal.reason)
