{# Danish companies that took part. The last participation in the period gives a company's
   attributes. #}
with

participations as (
    select * from {{ ref('int_counted_participations') }}
    where participant_type = 'company' and is_danish
),

ranked as (
    select
        *,
        row_number() over (
            partition by basis, period_id, organisation_id, participant_id
            order by year desc nulls last, source_row_key asc nulls last
        ) as place,
        -- take the attributes of the last participation, and count the different years
        dense_rank() over (
            partition by basis, period_id, organisation_id, participant_id
            order by year asc nulls last
        ) as years
    from participations
)

select
    basis,
    period_id,
    organisation_id,
    participant_id as company_id,
    size_band,
    legal_form,
    industry_code,
    industry_code_version,
    startup,
    years
from ranked
where place = 1
