with

-- other income is the sum of all sources except the cluster grant, so it would count them twice
printed as (
    select
        organisation_id,
        period_id,
        funding_source,
        gross_or_net,
        price_basis,
        amount_kr,
        figure_id,
        basis
    from {{ ref('fct_funding_sources') }}
    where
        basis = 'published'
        and series_id = '{{ var("submitted_series") }}'
        and amount_kind = 'consumed'
        and funding_source <> 'other_income'
),

sources as (
    select * from printed
    union all
    select
        organisation_id,
        period_id,
        funding_source,
        gross_or_net,
        price_basis,
        cast(sum(amount_kr) as decimal(18, 2)) as amount_kr,
        cast(null as varchar) as figure_id,
        basis
    from {{ ref('int_counted_funding') }}
    group by basis, period_id, funding_source, gross_or_net, price_basis, organisation_id
),

totals as (
    select
        basis,
        organisation_id,
        period_id,
        sum(amount_kr) as total_kr,
        sum(case when funding_source = 'cluster_grant' then amount_kr end) as cluster_grant_kr
    from sources
    group by basis, organisation_id, period_id
)

select
    case sources.organisation_id
        when 'denmark' then 'national'
        when 'reported_so_far' then 'reported_so_far'
        else 'organisation'
    end as scope,
    sources.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('sources.organisation_id') }} as row_kind,
    sources.period_id,
    {{ period_kind('sources.period_id') }} as period_kind,
    sources.funding_source,
    sources.gross_or_net,
    sources.price_basis,
    sources.amount_kr,
    {{ ratio('100 * sources.amount_kr', 'totals.total_kr', 2) }} as share_percent,
    {{ ratio('sources.amount_kr', 'totals.cluster_grant_kr', 2) }} as per_cluster_grant_krone,
    cast(totals.total_kr as decimal(18, 2)) as sum_of_sources_kr,
    '{{ var("submitted_series") }}' as series_id,
    sources.figure_id,
    {{ figure_source_columns() }},
    sources.basis,
    {{ completeness_columns('sources') }}
from sources
inner join totals
    on
        sources.basis = totals.basis
        and sources.period_id = totals.period_id
        and sources.organisation_id = totals.organisation_id
left join {{ ref('dim_organisation') }} as organisations
    on sources.organisation_id = organisations.organisation_id
{{ join_completeness('sources', "'funding'") }}
{{ join_figure_source('sources.figure_id') }}
