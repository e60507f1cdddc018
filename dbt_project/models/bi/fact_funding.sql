with

periods as (
    select * from {{ ref('int_preferred_periods') }}
    where figure_group = 'funding'
),

amounts as (
    select
        'published' as basis,
        period_id,
        organisation_id,
        funding_source,
        amount_kr
    from {{ ref('int_printed_funding') }}
    where series_id = '{{ var("submitted_series") }}'
    union all
    select
        basis,
        period_id,
        organisation_id,
        funding_source,
        sum(amount_kr) as amount_kr
    from {{ ref('int_counted_funding') }}
    -- the country's rows contain the same money again
    where organisation_id not in ('denmark', 'reported_so_far')
    group by basis, period_id, organisation_id, funding_source
)

select
    amounts.organisation_id,
    periods.period_id,
    periods.date_id,
    amounts.funding_source as funding_source_id,
    periods.basis as basis_id,
    periods.completeness as completeness_id,
    cast(amounts.amount_kr as decimal(18, 2)) as amount_kr
from amounts
inner join periods
    on amounts.basis = periods.basis and amounts.period_id = periods.source_period_id
