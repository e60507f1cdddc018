{#
  The results that an applicant expects from the recommended money. The rows add up to the printed
  total. A result that the print gives for all applicants together has the organisation
  not_distributed.
#}
with

-- an expected result is reduced with the amount, as in mart_expected_results
expected as (
    select
        promises.call_id,
        promises.organisation_id,
        promises.grant_type_id,
        promises.indicator_id,
        promises.basis,
        {{ scaled(
            'promises.value', 'applications.recommended_amount_kr', 'applications.applied_amount_kr'
        ) }} as value
    from {{ ref('int_promised_results') }} as promises
    inner join {{ ref('int_decided_applications') }} as applications
        on
            promises.call_id = applications.call_id
            and promises.organisation_id = applications.organisation_id
            and promises.basis = applications.basis
            and applications.grant_type_id in (promises.grant_type_id, 'both')
    where applications.recommended_applications > 0
),

sums as (
    select
        call_id,
        grant_type_id,
        indicator_id,
        basis,
        sum(value) as value
    from expected
    group by call_id, grant_type_id, indicator_id, basis
),

printed_totals as (
    select
        call_id,
        grant_type_id,
        indicator_id,
        basis,
        value
    from {{ ref('fct_indicator_results') }}
    where
        call_id <> 'not_stated'
        and organisation_id = 'denmark'
        and result_kind = 'target'
        and unit = 'number'
)

select * from expected
union all
select
    printed_totals.call_id,
    'not_distributed' as organisation_id,
    printed_totals.grant_type_id,
    printed_totals.indicator_id,
    printed_totals.basis,
    cast(printed_totals.value - coalesce(sums.value, 0) as decimal(20, 6)) as value
from printed_totals
left join sums
    on
        printed_totals.call_id = sums.call_id
        and printed_totals.grant_type_id = sums.grant_type_id
        and printed_totals.indicator_id = sums.indicator_id
        and printed_totals.basis = sums.basis
