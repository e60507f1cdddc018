{#
  Chooses the basis of a call's applications in the star. Reported applications count if every
  printed applicant and every printed decision is also reported; otherwise the printed applications
  count. The sample counts only if nothing is printed or reported about any call.
#}
with

applicants as (
    select
        call_id,
        organisation_id,
        basis,
        max(recommended_applications) as recommended_applications
    from {{ ref('int_decided_applications') }}
    group by call_id, organisation_id, basis
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
            or printed.recommended_applications is not null
            and reported.recommended_applications is null
        )
    group by printed.call_id
),

real_calls as (
    select max(is_printed + is_reported) as is_real
    from bases
),

submissions as (
    select
        period_id as call_id,
        min(case when is_reported then 1 else 0 end) as is_whole,
        sum(rows_refused) as rows_refused
    from {{ ref('fct_reporting') }}
    where basis = 'reported' and dataset in ('applications', 'decisions')
    group by period_id
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
    {{ first_day_of('periods.first_year') }} as period_start,
    preferred.basis,
    case
        when preferred.basis = 'published' then 'printed'
        when preferred.basis = 'reported' and submissions.is_whole = 0 then 'partial'
        when preferred.basis = 'reported' and submissions.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from preferred
inner join {{ ref('dim_call') }} as calls on preferred.call_id = calls.call_id
inner join {{ ref('dim_period') }} as periods on calls.period_id = periods.period_id
left join submissions on preferred.call_id = submissions.call_id
where preferred.basis is not null
