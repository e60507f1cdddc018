with

figures as (
    select * from {{ ref('fct_published_figures') }}
),

-- an organisation has two applications, and the cover prints one amount for both together
both_grants as (
    select
        applications.call_id,
        applications.organisation_id,
        applications.area_id,
        'both' as grant_type_id,
        'leaf' as row_kind,
        applied.amount_kr as applied_amount_kr,
        cast(null as decimal(20, 6)) as score,
        applied.figure_id,
        cast(null as varchar) as score_figure_id,
        applied.basis,
        applied.figure_id as source_row_key
    from {{ ref('stg_applications') }} as applications
    inner join figures as applied
        on
            applications.document_id || '#' || applications.applied_mio_kr_cell_id
            = applied.figure_id
),

-- an annex prints amount and score of each application, if two organisations compete for an area
competitors as (
    select
        organisation_id,
        period_id,
        grant_type_id,
        max(case when indicator_id = 'applied_amount' then amount_kr end) as applied_amount_kr,
        max(case when statistic = 'score' then value end) as score,
        max(case when indicator_id = 'applied_amount' then figure_id end) as figure_id,
        max(case when statistic = 'score' then figure_id end) as score_figure_id,
        basis
    from figures
    where
        table_kind <> 'prose'
        and breakdown = 'total'
        and (
            indicator_id = 'applied_amount' and statistic = 'level'
            or indicator_id = 'assessment_score' and statistic = 'score'
        )
        and grant_type_id is not null
        and organisation_id is not null
    -- if two documents print the same application, there are two rows and the grain test fails
    group by document_id, organisation_id, period_id, grant_type_id, basis
),

each_grant as (
    select
        both_grants.call_id,
        both_grants.organisation_id,
        both_grants.area_id,
        competitors.grant_type_id,
        'part' as row_kind,
        competitors.applied_amount_kr,
        competitors.score,
        competitors.figure_id,
        competitors.score_figure_id,
        competitors.basis,
        competitors.figure_id as source_row_key
    from competitors
    inner join {{ ref('dim_call') }} as calls on competitors.period_id = calls.period_id
    inner join both_grants
        on
            calls.call_id = both_grants.call_id
            and competitors.organisation_id = both_grants.organisation_id
),

submitted as (
    select
        call_id,
        organisation_id,
        area_id,
        grant_type as grant_type_id,
        'leaf' as row_kind,
        applied_amount_kr,
        cast(null as decimal(20, 6)) as score,
        cast(null as varchar) as figure_id,
        cast(null as varchar) as score_figure_id,
        basis,
        source_row_key
    from {{ ref('stg_submitted_applications') }}
)

select * from both_grants
union all
select * from each_grant
union all
select * from submitted
