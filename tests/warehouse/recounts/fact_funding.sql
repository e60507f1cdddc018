with printed as (
    select
        period_id, in_denmark(organisation_id) as organisation_id, funding_source, amount_kr
    from core.fct_funding_sources
    where
        basis = 'published' and amount_kind = 'consumed' and part_of = 'none'
        and series_id = 'activity_statistics_from_2021' and funding_source <> 'other_income'
),

-- the country minus its organisations is the amount that the print gives to no organisation
remainders as (
    select
        period_id, funding_source,
        sum(if(organisation_id = 'denmark', amount_kr, -amount_kr)) as amount_kr
    from printed
    where funding_source <> 'total'
    group by all
    having bool_or(organisation_id = 'denmark')
),

amounts as (
    select 'published' as basis, * from printed where organisation_id <> 'denmark'
    union all
    select 'published', period_id, 'not_distributed', funding_source, amount_kr
    from remainders
    where amount_kr <> 0
    union all
    select facts.basis, facts.period_id, organisation_id, funding_source, sum(facts.amount_kr)
    from core.fct_funding_sources as facts
    inner join scopes using (basis, organisation_id, period_id)
    where
        scopes.figure_group = 'funding' and facts.amount_kind = 'consumed'
        and facts.price_basis = 'current' and facts.in_kind = 'excluded'
        and facts.gross_or_net = if(facts.funding_source = 'cluster_grant', 'gross', 'net')
    group by all
)

select
    organisation_id, periods.period_id, funding_source as funding_source_id,
    amounts.basis as basis_id, periods.completeness as completeness_id, amount_kr
from amounts
inner join star_periods as periods
    on
        periods.figure_group = 'funding'
        and periods.basis = amounts.basis
        and periods.source_period_id = amounts.period_id
