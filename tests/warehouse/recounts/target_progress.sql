-- if a value is reported again, the last report counts
with latest as (
    select * from core.fct_indicator_results as facts
    where basis = 'published' or (basis, organisation_id, cast(reported_year as varchar)) in (
        select (basis, organisation_id, period_id) from core.fct_reporting
        where dataset = 'indicator_results' and is_reported
    )
    qualify row_number() over (
        partition by
            call_id, organisation_id, grant_type_id, indicator_id, period_id, accumulation,
            result_kind, basis
        order by reported_year desc
    ) = 1
)

select
    call_id, organisation_id, grant_type_id, indicator_id, period_id, year, accumulation, unit,
    any_value(value) filter (where result_kind = 'baseline') as baseline_value,
    any_value(value) filter (where result_kind = 'target') as target_value,
    any_value(value) filter (where result_kind = 'actual') as actual_value,
    quotient(
        100 * any_value(value) filter (where result_kind = 'actual'),
        any_value(value) filter (where result_kind = 'target'), places := 2
    ) as progress_percent,
    any_value(figure_id) as figure_id, basis,
    coalesce(completeness_of(basis, 'results', period_id, organisation_id), 'partial')
        as completeness
from latest
group by all
