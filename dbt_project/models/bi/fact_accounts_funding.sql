with

accounts as (
    select series_id
    from {{ ref('dim_document') }}
    where document_role = 'performance_account'
    group by series_id
)

select
    printed.period_id,
    {{ first_day_of('periods.first_year') }} as date_id,
    printed.funding_source as funding_source_id,
    'published' as basis_id,
    'printed' as completeness_id,
    cast(sum(printed.amount_kr) as decimal(18, 2)) as amount_kr
from {{ ref('int_printed_funding') }} as printed
inner join accounts on printed.series_id = accounts.series_id
inner join {{ ref('dim_period') }} as periods on printed.period_id = periods.period_id
-- a printed change covers two years; an account has one row for each year
where periods.number_of_years = 1
group by printed.period_id, periods.first_year, printed.funding_source
