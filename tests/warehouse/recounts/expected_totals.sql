with totals as (
    select
        call_id, grant_type_id, indicator_id, basis,
        count(*) filter (where recommended_amount_kr > 0) as awards,
        count(expected_value) filter (where recommended_amount_kr > 0) as awards_with_promise,
        sum(expected_value) as expected_value
    from allocation.mart_expected_results
    group by all
)

select
    totals.*, facts.value as printed_value, facts.value - totals.expected_value as remaining_value,
    facts.figure_id as printed_figure_id
from totals
left join core.fct_indicator_results as facts
    on
        totals.call_id = facts.call_id
        and totals.grant_type_id = facts.grant_type_id
        and totals.indicator_id = facts.indicator_id
        and facts.organisation_id = 'denmark'
