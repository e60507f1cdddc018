{# Funding lines that count in the evaluation, by period: money consumed. #}
select
    funding.basis,
    periods.period_id,
    funding.organisation_id,
    funding.funding_source,
    funding.funding_source = 'cluster_grant' as is_cluster_grant,
    funding.gross_or_net,
    funding.price_basis,
    funding.validated = 'validated' as validated,
    funding.amount_kr,
    funding.source_row_key
from {{ ref('fct_funding_sources') }} as funding
inner join {{ ref('int_evaluation_periods') }} as periods
    on funding.basis = periods.basis and funding.period_id = cast(periods.year as varchar)
where
    funding.amount_kind = 'consumed'
    and funding.price_basis = 'current'
    and funding.in_kind = 'excluded'
    -- the cluster grant includes money passed on to partners (gross); other sources do not (net)
    and funding.gross_or_net
    = case when funding.funding_source = 'cluster_grant' then 'gross' else 'net' end
