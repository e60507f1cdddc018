with

-- other income is the sum of all sources but the cluster grant, so these would count twice
printed as (
    select
        coalesce(organisation_id, 'denmark') as organisation_id,
        period_id,
        funding_source,
        part_of,
        gross_or_net,
        price_basis,
        amount_kr,
        series_id,
        figure_id,
        basis
    from {{ ref('fct_funding_sources') }}
    where
        basis = 'published' and amount_kind = 'consumed' and funding_source <> 'other_income'
),

sources as (
    select * from printed
    union all
    select
        organisation_id,
        period_id,
        funding_source,
        cast(null as varchar) as part_of,
        gross_or_net,
        price_basis,
        cast(sum(amount_kr) as decimal(18, 2)) as amount_kr,
        '{{ var("submitted_series") }}' as series_id,
        cast(null as varchar) as figure_id,
        basis
    from {{ ref('int_counted_funding') }}
    group by basis, period_id, funding_source, gross_or_net, price_basis, organisation_id
),

-- only sources that add up: no printed totals and no parts of another source
addends as (
    select
        basis,
        series_id,
        organisation_id,
        period_id,
        sum(amount_kr) as total_kr,
        sum(case when funding_source = 'cluster_grant' then amount_kr end) as cluster_grant_kr
    from sources
    where funding_source <> 'total' and part_of is null
    group by basis, series_id, organisation_id, period_id
),

printed_totals as (
    select * from sources where funding_source = 'total'
)

select
    case sources.organisation_id
        when 'denmark' then 'national'
        when 'reported_so_far' then 'reported_so_far'
        else 'organisation'
    end as scope,
    sources.organisation_id,
    organisations.name as organisation_name,
    sources.period_id,
    sources.funding_source,
    sources.part_of,
    sources.gross_or_net,
    sources.price_basis,
    sources.amount_kr,
    {{ ratio('100 * sources.amount_kr', 'addends.total_kr', 2) }} as share_percent,
    {{ ratio('sources.amount_kr', 'addends.cluster_grant_kr', 2) }} as per_cluster_grant_krone,
    cast(addends.total_kr as decimal(18, 2)) as sum_of_sources_kr,
    printed_totals.amount_kr as printed_total_kr,
    sources.series_id,
    sources.part_of is not null as is_series_break,
    sources.figure_id,
    sources.basis,
    {{ completeness_columns('sources') }}
from sources
inner join addends
    on
        sources.basis = addends.basis
        and sources.series_id = addends.series_id
        and sources.period_id = addends.period_id
        and sources.organisation_id = addends.organisation_id
left join printed_totals
    on
        sources.basis = printed_totals.basis
        and sources.series_id = printed_totals.series_id
        and sources.period_id = printed_totals.period_id
        and sources.organisation_id = printed_totals.organisation_id
left join {{ ref('dim_organisation') }} as organisations
    on sources.organisation_id = organisations.organisation_id
{{ join_completeness('sources', "'funding'") }}
where sources.funding_source <> 'total'
