"""Submitted data: no row is lost on the way in, and the sample reproduces the print."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import ENGINEER, build_suite
from klynge import checkout
from klynge.intake.contracts import read_contracts

_BUILT = "\n            union all\n".join(
    f"            select load_id, count(*) as rows_built from raw.{dataset} group by load_id"
    for dataset in read_contracts(checkout.CONTRACTS)
)


class NoSubmittedRowIsLost(UnexpectedRowsExpectation):
    description: str = "The rows read of a load are the sum of those loaded, rejected and held."
    unexpected_rows_query: str = """
        select load_id, dataset, reporter, rows_read, rows_loaded, rows_rejected, rows_held
        from {batch}
        where rows_read is distinct from rows_loaded + rows_rejected + rows_held
        order by all
    """


class EveryLoadedRowIsBuilt(UnexpectedRowsExpectation):
    description: str = (
        "The build has every loaded row of a submission, except rows that a partial correction "
        "replaced."
    )
    unexpected_rows_query: str = f"""
        with built as (
{_BUILT}
        )
        select loads.load_id, loads.dataset, loads.rows_loaded, built.rows_built
        from {{batch}} as loads
        left join built on loads.load_id = built.load_id
        where loads.basis <> 'published' and (loads.about -> 'erasure') is null
            and coalesce(built.rows_built, 0) <> loads.rows_loaded
            and (
                built.rows_built > loads.rows_loaded
                or not exists (
                    select 1 from raw.loads as corrections
                    where corrections.partial
                        and corrections.reporter = loads.reporter
                        and corrections.dataset = loads.dataset
                        and corrections.period = loads.period
                        and corrections.correction_no > loads.correction_no
                )
            )
        order by all
    """


class SampleGivesThePrintedTables(UnexpectedRowsExpectation):
    description: str = (
        "The sample reproduces a figure of the printed evaluation tables exactly where no reason "
        "says why it does not."
    )
    unexpected_rows_query: str = """
        select figure_id, organisation_id, indicator_id, printed_text, computed_value, reason_en
        from {batch}
        where basis = 'sample' and agrees = (reason_en is not null)
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """The suites of the loads and of the sample beside the print."""
    yield build_suite("core.fct_loads", [NoSubmittedRowIsLost()], owner=ENGINEER)
    yield build_suite("raw.loads", [EveryLoadedRowIsBuilt()], owner=ENGINEER)
    yield build_suite(
        "audit.mart_print_comparison", [SampleGivesThePrintedTables()], owner=ENGINEER
    )
