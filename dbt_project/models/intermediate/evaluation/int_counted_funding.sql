{# Funding lines that count in the evaluation, by period: money consumed. #}
select
    funding.basis,
    periods.period_id,
    funding.organisation_id,
    funding.funding_source,
    funding.funding_source = 'cluster_grant' as is_cluster_grant,
    funding.gross_or_net,
    funding.price_basis,
    funding.validated,
    funding.amount_kr,
    funding.source_row_key
from {{ ref('stg_funding') }} as funding
inner join {{ ref('int_evaluation_periods') }} as periods
    on funding.basis = periods.basis and funding.year = periods.year
where
    funding.amount_kind = 'consumed'
    and funding.price_basis = 'current'
    and not funding.in_kind
    -- the cluster grant includes money passed on to partners (gross); other sources do not (net)
    and funding.gross_or_net
    = case when funding.funding_source = 'cluster_grant' then 'gross' else 'net' end
