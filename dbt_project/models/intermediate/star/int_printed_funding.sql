{#
  The printed amounts, in rows that add up to the printed total. The organisation is not_distributed
  if the print gives an amount for the country but for no organisation. The source is
  not_distributed if the amount has no source.
#}
with

-- if several documents print a period, the last document counts
printed as (
    select
        funding.series_id,
        funding.period_id,
        funding.organisation_id,
        funding.funding_source,
        funding.amount_kr,
        dense_rank() over (
            partition by funding.series_id, funding.period_id
            order by documents.published desc nulls last, documents.document_id desc nulls last
        ) as place
    from {{ ref('fct_funding_sources') }} as funding
    inner join {{ ref('dim_document') }} as documents
        on funding.document_id = documents.document_id
    where
        funding.basis = 'published'
        and funding.amount_kind = 'consumed'
        and funding.part_of = 'none'
        -- other income is the sum of all sources but the cluster grant
        and funding.funding_source <> 'other_income'
),

amounts as (
    select
        series_id,
        period_id,
        organisation_id,
        funding_source,
        sum(amount_kr) as amount_kr
    from printed
    where place = 1
    group by series_id, period_id, organisation_id, funding_source
),

organisations as (
    select * from amounts
    where organisation_id <> 'denmark' and funding_source <> 'total'
),

given_to_organisations as (
    select
        series_id,
        period_id,
        funding_source,
        sum(amount_kr) as amount_kr
    from organisations
    group by series_id, period_id, funding_source
),

leaves as (
    select * from organisations
    union all
    select
        country.series_id,
        country.period_id,
        'not_distributed' as organisation_id,
        country.funding_source,
        country.amount_kr - coalesce(given.amount_kr, 0) as amount_kr
    from amounts as country
    left join given_to_organisations as given
        on
            country.series_id = given.series_id
            and country.period_id = given.period_id
            and country.funding_source = given.funding_source
    where country.organisation_id = 'denmark' and country.funding_source <> 'total'
),

totals as (
    select
        series_id,
        period_id,
        sum(amount_kr) as amount_kr
    from leaves
    group by series_id, period_id
),

complete as (
    select * from leaves
    union all
    select
        printed_totals.series_id,
        printed_totals.period_id,
        'not_distributed' as organisation_id,
        'not_distributed' as funding_source,
        printed_totals.amount_kr - totals.amount_kr as amount_kr
    from amounts as printed_totals
    inner join totals
        on
            printed_totals.series_id = totals.series_id
            and printed_totals.period_id = totals.period_id
    where
        printed_totals.organisation_id = 'denmark' and printed_totals.funding_source = 'total'
)

select
    series_id,
    period_id,
    organisation_id,
    funding_source,
    cast(amount_kr as decimal(18, 2)) as amount_kr
from complete
where amount_kr <> 0 or organisation_id <> 'not_distributed'
