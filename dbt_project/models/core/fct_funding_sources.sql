with

treatments as (
    select * from {{ ref('stg_funding_treatments') }}
),

-- an amount that prose states twice counts once, where it stands first
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
)

select
    figures.document_id,
    figures.organisation_id,
    case when figures.organisation_id is null then 'national' else 'organisation' end as scope,
    figures.period_id,
    treatments.funding_source,
    treatments.part_of,
    figures.funder_id,
    figures.grant_type_id,
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
