with

printed as (
    select
        applications.call_id,
        applications.organisation_id,
        applications.area_id,
        -- an organisation has two applications, and the cover prints one decision for both together
        'both' as grant_type_id,
        applications.outcome,
        figures.amount_kr as recommended_amount_kr,
        cast(null as date) as decided_on,
        cast(null as varchar) as reason,
        figures.figure_id,
        figures.basis,
        figures.figure_id as source_row_key
    from {{ ref('stg_applications') }} as applications
    inner join {{ ref('fct_published_figures') }} as figures
        on
            applications.document_id || '#' || applications.recommended_mio_kr_cell_id
            = figures.figure_id
),

submitted as (
    select
        decisions.call_id,
        decisions.organisation_id,
        coalesce(applications.area_id, 'not_stated') as area_id,
        decisions.grant_type as grant_type_id,
        decisions.outcome,
        decisions.recommended_amount_kr,
        decisions.decided_on,
        decisions.reason,
        cast(null as varchar) as figure_id,
        decisions.basis,
        decisions.source_row_key
    from {{ ref('stg_decisions') }} as decisions
    left join {{ ref('stg_submitted_applications') }} as applications
        on
            decisions.call_id = applications.call_id
            and decisions.organisation_id = applications.organisation_id
            and decisions.grant_type = applications.grant_type
            and decisions.basis = applications.basis
)

select * from printed
union all
select * from submitted
