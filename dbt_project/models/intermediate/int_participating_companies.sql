{# Danish companies that took part, as their last participation in the period describes them. #}
with

participations as (
    select * from {{ ref('int_counted_participations') }}
    where participant_type = 'company' and is_danish
),

-- the programme as a whole has each company once, whichever organisations it came to
scoped as (
    select
        organisation_id as scope_organisation_id,
        *
    from participations
    union all
    select
        cast(null as varchar) as scope_organisation_id,
        *
    from participations
),

ranked as (
    select
        *,
        row_number() over (
            partition by basis, period_id, scope_organisation_id, participant_id
            order by year desc nulls last, source_row_key asc nulls last
        ) as place
    from scoped
),

years_of_participation as (
    select
        basis,
        period_id,
        scope_organisation_id,
        participant_id,
        count(distinct year) as years
    from scoped
    group by basis, period_id, scope_organisation_id, participant_id
)

select
    ranked.basis,
    ranked.period_id,
    ranked.scope_organisation_id as organisation_id,
    ranked.participant_id as company_id,
    ranked.size_band,
    ranked.legal_form,
    ranked.industry_code,
    ranked.industry_code_version,
    ranked.startup,
    years.years
from ranked
inner join years_of_participation as years
    on
        ranked.basis = years.basis
        and ranked.period_id = years.period_id
        and ranked.scope_organisation_id is not distinct from years.scope_organisation_id
        and ranked.participant_id = years.participant_id
where ranked.place = 1
