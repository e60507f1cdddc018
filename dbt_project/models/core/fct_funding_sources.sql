with

treatments as (
    select * from {{ ref('stg_funding_treatments') }}
),

-- if the prose states an amount twice, only the first occurrence counts
figures as (
    select
        *,
        row_number() over (
            partition by
                document_id, table_id, indicator_id, breakdown, organisation_id, period_id,
                funder_id, grant_type_id, amount_kr
            order by line_number nulls last, figure_id nulls last
        ) as statement
    from {{ ref('fct_published_figures') }}
    where statistic = 'level' and amount_kr is not null and repeats_figure_id is null
),

printed as (
    select
        figures.document_id,
        figures.series_id,
        coalesce(figures.organisation_id, 'denmark') as organisation_id,
        case when figures.organisation_id is null then 'national' else 'organisation' end as scope,
        figures.period_id,
        treatments.funding_source,
        coalesce(treatments.part_of, 'none') as part_of,
        cast(null as varchar) as funding_line_id,
        figures.funder_id,
        -- an amount of the programme is for both grants together if it names no grant
        coalesce(
            figures.grant_type_id,
            case when treatments.funding_source = 'cluster_programme' then 'both' else 'none' end
        ) as grant_type_id,
        treatments.amount_kind,
        treatments.gross_or_net,
        treatments.price_basis,
        treatments.in_kind,
        treatments.validated,
        figures.amount_kr,
        figures.value,
        figures.unit,
        figures.qualifier,
        figures.placement,
        figures.figure_id,
        figures.basis,
        figures.source_row_key
    from figures
    inner join treatments
        on
            figures.document_id = treatments.document_id
            and figures.table_id = treatments.table_id
            and figures.indicator_id = treatments.indicator_id
            and figures.breakdown = treatments.breakdown
    where figures.statement = 1
),

submitted as (
    select
        cast(null as varchar) as document_id,
        '{{ var("submitted_series") }}' as series_id,
        organisation_id,
        'organisation' as scope,
        cast(year as varchar) as period_id,
        funding_source,
        'none' as part_of,
        funding_line_id,
        funder_id,
        'none' as grant_type_id,
        amount_kind,
        gross_or_net,
        price_basis,
        case when in_kind then 'only' else 'excluded' end as in_kind,
        case when validated then 'validated' else 'not_validated' end as validated,
        amount_kr,
        cast(amount_kr as decimal(20, 6)) as value,
        'kr' as unit,
        cast(null as varchar) as qualifier,
        cast(null as varchar) as placement,
        cast(null as varchar) as figure_id,
        basis,
        source_row_key
    from {{ ref('stg_funding') }}
)

select * from printed
union all
select * from submitted
