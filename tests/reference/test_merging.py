"""Merge a home's rows with the shipped rows; some properties hold for every overlay."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from klynge.reference.overlay_seeds import OVERLAY_SEEDS, repeats
from klynge.reference.seeds import Reference, SeedRow, drop_repeats, lay_over, shipped_reference
from klynge.seed_files import read_seed
from tests.reference.overlays import SHIPPED, period, reporter

SEEDS = ("reporters", "reporting_periods", "areas", "call_parameters", "evaluation_periods")


@st.composite
def overlays(draw):
    """Draw a seed with its shipped rows, and an overlay of changed, copied and new rows."""
    seed = draw(st.sampled_from(SEEDS))
    shipped = SHIPPED.shipped_rows(seed)
    declared = OVERLAY_SEEDS[seed]
    chosen = draw(st.lists(st.sampled_from(shipped), max_size=4, unique_by=id))
    rows = []
    for number, former in enumerate(chosen):
        values = dict(former.values)
        change = draw(st.sampled_from(("copy", "change", "new")))
        if change == "change":
            other = draw(st.sampled_from([c for c in values if c not in declared.key] or ["year"]))
            values[other] = draw(st.text("abc 1", max_size=3))
        elif change == "new":
            values[declared.key[0]] = f"new_{number}"
        rows.append(SeedRow(values, Path(f"{seed}.csv"), number + 2))
    by_key = {declared.key_of(r.values): r for r in rows}
    return seed, shipped, list(by_key.values())


def values_of(rows):
    return [row.values for row in rows]


@given(overlays())
def test_no_shipped_row_is_lost_unless_its_group_is_replaced(case):
    seed, shipped, overlay = case
    declared = OVERLAY_SEEDS[seed]
    merged = lay_over(seed, shipped, overlay)
    replaced = {declared.group_of(r.values) for r in overlay} if declared.replaceable else set()
    for row in shipped:
        if declared.group_of(row.values) not in replaced:
            assert row in merged


@given(overlays())
def test_every_row_of_an_overlay_counts_where_it_may_replace_or_is_new(case):
    seed, shipped, overlay = case
    declared = OVERLAY_SEEDS[seed]
    known = {declared.key_of(row.values): row.values for row in shipped}
    merged = {declared.key_of(r.values): r.values for r in lay_over(seed, shipped, overlay)}
    for row in overlay:
        key = declared.key_of(row.values)
        kept = key in known and (not declared.replaceable or repeats(row.values, known[key]))
        assert merged[key] == (known[key] if kept else row.values)


@given(overlays())
def test_a_key_stands_once_and_shipped_rows_keep_their_order(case):
    seed, shipped, overlay = case
    declared = OVERLAY_SEEDS[seed]
    merged = lay_over(seed, shipped, overlay)
    keys = [declared.key_of(row.values) for row in merged]
    assert len(keys) == len(set(keys))
    left = [row for row in merged if any(row is other for other in shipped)]
    assert left == [row for row in shipped if any(row is other for other in left)]


@given(overlays())
def test_rows_that_change_nothing_can_be_left_out(case):
    seed, shipped, overlay = case
    dropped = drop_repeats(seed, shipped, overlay)
    assert values_of(lay_over(seed, shipped, dropped)) == values_of(
        lay_over(seed, shipped, overlay)
    )


def test_a_copy_of_all_shipped_rows_is_an_empty_overlay():
    for seed in OVERLAY_SEEDS:
        shipped = SHIPPED.shipped_rows(seed)
        copied = [SeedRow(dict(r.values), r.file, r.number) for r in shipped]
        assert drop_repeats(seed, shipped, copied) == [], seed


def test_the_rows_of_a_reporter_replace_all_of_its_spans():
    spans = [
        reporter(reports_from="2021-01-01", reports_to="2022-12-31"),
        reporter(reports_from="2025-01-01", reports_to=""),
    ]
    overlay = [SeedRow(values, Path("reporters.csv"), n) for n, values in enumerate(spans, 2)]
    merged = lay_over("reporters", SHIPPED.shipped_rows("reporters"), overlay)
    assert [r.values for r in merged if r.values["reporter_id"] == "made"] == spans
    assert len(merged) == len(SHIPPED.shipped_rows("reporters")) + 1


def test_merged_seeds_are_written_as_dbt_reads_them(tmp_path):
    changed = period("2024", closes_on="2026-01-01", note='a "quoted", note')
    overlay = {"reporting_periods": [SeedRow(changed, Path("reporting_periods.csv"), 2)]}
    reference = Reference(SHIPPED.shipped, overlay)
    reference.write(tmp_path)
    for path in SHIPPED.shipped.iterdir():
        same = (tmp_path / path.name).read_bytes() == path.read_bytes()
        assert same == (path.name != "reporting_periods.csv")
    assert read_seed(tmp_path / "reporting_periods.csv") == reference.rows("reporting_periods")
    assert changed in reference.rows("reporting_periods")


def test_no_overlay_is_the_shipped_seeds(tmp_path):
    shipped_reference().write(tmp_path)
    for path in SHIPPED.shipped.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
