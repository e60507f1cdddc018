with

results as (
    select * from {{ ref('fct_indicator_results') }}
    where result_kind = 'target'
),

-- list the indicators and years for which the print has a target of the call
expected as (
    select distinct
        call_id,
        grant_type_id,
        indicator_id,
        year
    from results
    where call_id <> 'not_stated'
),

-- a reported target names no call; it belongs to the call with a printed target for its year
reported as (
    select
        expected.call_id,
        expected.grant_type_id,
        results.organisation_id,
        results.indicator_id,
        results.value,
        results.unit,
        results.figure_id,
        results.basis,
        results.source_row_key,
        row_number() over (
            partition by
                expected.call_id, results.organisation_id, expected.grant_type_id,
                results.indicator_id, results.basis
            order by
                results.reported_year asc nulls last,
                -- cumulative targets come first, because the call's targets cover the whole period
                results.accumulation asc nulls last,
                results.source_row_key asc nulls last
        ) as place
    from results
    inner join expected
        on results.indicator_id = expected.indicator_id and results.year = expected.year
    where results.call_id = 'not_stated'
)

select
    call_id,
    organisation_id,
    grant_type_id,
    indicator_id,
    value,
    unit,
    figure_id,
    basis,
    source_row_key
from results
where call_id <> 'not_stated' and organisation_id <> 'denmark'
union all
select
    call_id,
    organisation_id,
    grant_type_id,
    indicator_id,
    value,
    unit,
    figure_id,
    basis,
    source_row_key
from reported
where place = 1
