with printed as (
    select period_id, funding_source, amount_kr
    from core.fct_funding_sources
    where
        series_id = 'performance_accounts_2014_2018' and amount_kind = 'consumed'
        and basis = 'published' and part_of = 'none' and in_denmark(organisation_id) = 'denmark'
)

select
    period_id, funding_source as funding_source_id, 'published' as basis_id,
    'printed' as completeness_id, amount_kr
from printed
where funding_source <> 'total'
union all
-- the printed total minus the sum of the printed sources
select
    period_id, 'not_distributed', 'published', 'printed',
    sum(if(funding_source = 'total', amount_kr, -amount_kr)) as amount_kr
from printed
group by period_id
having sum(if(funding_source = 'total', amount_kr, -amount_kr)) <> 0
