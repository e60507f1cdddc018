{# The area of each cluster organisation, for each year of the call. #}
select
    designations.organisation_id,
    years.year,
    designations.area_id
from {{ ref('fct_designations') }} as designations
inner join {{ ref('dim_call') }} as calls on designations.call_id = calls.call_id
inner join {{ ref('stg_evaluation_periods') }} as years
    on
        years.period_id = cast(years.year as varchar)
        and years.year between cast(left(calls.period_id, 4) as integer)
        and cast(right(calls.period_id, 4) as integer)
where designations.outcome in ('designated', 'recommended')
