"""Checks of submitted data: every loaded row of every contract is in the build."""

from collections.abc import Iterator

from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import WAREHOUSE
from klynge import checkout
from klynge.intake.contracts import read_contracts
from klynge.messages import message

_BUILT = "\n            union all\n".join(
    f"            select load_id, count(*) as rows_built from raw.{dataset} group by load_id"
    for dataset in read_contracts(checkout.CONTRACTS)
)


class EveryLoadedRowIsBuilt(UnexpectedRowsExpectation):
    description: str = message(
        "The build has every loaded row of a submission, except rows that a partial correction "
        "replaced and rows that were erased."
    )
    unexpected_rows_query: str = f"""
        with built as (
{_BUILT}
        )
        select loads.load_id, loads.dataset, loads.rows_loaded, built.rows_built
        from {{batch}} as loads
        left join built on loads.load_id = built.load_id
        left join (
            select load_id, cast(sum(cast(erasure ->> 'rows' as bigint)) as bigint) as rows_erased
            from (
                select load_id, unnest(cast(about -> 'row_erasures' as json[])) as erasure
                from raw.loads
            )
            group by load_id
        ) as erased on loads.load_id = erased.load_id
        where loads.basis <> 'published' and (loads.about -> 'erasure') is null
            and coalesce(built.rows_built, 0)
                <> loads.rows_loaded - coalesce(erased.rows_erased, 0)
            and (
                built.rows_built > loads.rows_loaded - coalesce(erased.rows_erased, 0)
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


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the check that compares the row count of every load with the rows in the build."""
    yield "raw.loads", EveryLoadedRowIsBuilt(meta={"owner": WAREHOUSE})
