with

staff as (
    select
        basis,
        period_id,
        organisation_id,
        staff_funder,
        sum(full_time_equivalents) as full_time_equivalents
    from {{ ref('int_staff_years') }}
    group by basis, period_id, staff_funder, organisation_id
),

whole as (
    select
        *,
        sum(full_time_equivalents) over (
            partition by basis, period_id, organisation_id
        ) as full_time_equivalents_in_all
    from staff
)

select
    whole.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('whole.organisation_id') }} as row_kind,
    whole.period_id,
    {{ period_kind('whole.period_id') }} as period_kind,
    whole.staff_funder,
    cast(whole.full_time_equivalents as decimal(18, 2)) as full_time_equivalents,
    {{ ratio('100 * whole.full_time_equivalents', 'whole.full_time_equivalents_in_all') }}
        as share_percent,
    whole.basis,
    {{ completeness_columns('whole') }}
from whole
left join {{ ref('dim_organisation') }} as organisations
    on whole.organisation_id = organisations.organisation_id
{{ join_completeness('whole', "'staff'") }}
