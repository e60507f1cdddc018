{# A period of several years is evaluated when each of its years is reported. #}
with

reported as (
    select distinct
        loads.basis,
        periods.period_id,
        periods.year
    from {{ ref('fct_loads') }} as loads
    inner join {{ ref('stg_evaluation_periods') }} as periods
        on loads.period = cast(periods.year as varchar)
    where loads.document_id is null
),

lengths as (
    select
        period_id,
        count(*) as years
    from {{ ref('stg_evaluation_periods') }}
    group by period_id
),

whole as (
    select
        reported.basis,
        reported.period_id
    from reported
    inner join lengths on reported.period_id = lengths.period_id
    group by reported.basis, reported.period_id, lengths.years
    having count(*) = lengths.years
)

select
    reported.basis,
    reported.period_id,
    reported.year
from reported
inner join whole on reported.basis = whole.basis and reported.period_id = whole.period_id
