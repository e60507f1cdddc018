{#
  Chooses the basis of a call's applications in the star. Reported applications count if every
  printed applicant and every printed decision is also reported; otherwise the printed applications
  count. The sample counts only if nothing is printed or reported about any call.
#}
with

applicants as (
    select * from {{ ref('int_applicants') }}
),

bases as (
    select
        call_id,
        max(case when basis = 'published' then 1 else 0 end) as is_printed,
        max(case when basis = 'reported' then 1 else 0 end) as is_reported
    from applicants
    group by call_id
),

uncovered as (
    select printed.call_id
    from applicants as printed
    left join applicants as reported
        on
            printed.call_id = reported.call_id
            and printed.organisation_id = reported.organisation_id
            and reported.basis = 'reported'
    where
        printed.basis = 'published'
        and (
            reported.call_id is null
            or printed.is_applied
            and not reported.is_applied
            or printed.outcome is not null
            and reported.outcome is null
        )
    group by printed.call_id
),

real_calls as (
    select max(is_printed + is_reported) as is_real
    from bases
),

preferred as (
    select
        bases.call_id,
        case
            when bases.is_reported = 1 and uncovered.call_id is null then 'reported'
            when bases.is_printed = 1 then 'published'
            when real_calls.is_real = 0 then 'sample'
        end as basis
    from bases
    left join uncovered on bases.call_id = uncovered.call_id
    cross join real_calls
)

select
    preferred.call_id,
    calls.period_id,
    {{ date_of_period('periods.first_year', 'periods.last_year') }} as date_id,
    preferred.basis,
    {{ call_completeness_columns('preferred') }}
from preferred
inner join {{ ref('dim_call') }} as calls on preferred.call_id = calls.call_id
inner join {{ ref('dim_period') }} as periods on calls.period_id = periods.period_id
{{ join_call_completeness('preferred', 'decisions') }}
where preferred.basis is not null
