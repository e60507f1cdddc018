{#
  The evaluation counts the funding lines of consumed money, by period, for the organisation and for
  the country.
#}
select
    funding.basis,
    scopes.period_id,
    scopes.organisation_id,
    funding.funding_source,
    funding.funding_source = 'cluster_grant' as is_cluster_grant,
    funding.gross_or_net,
    funding.price_basis,
    funding.validated = 'validated' as validated,
    funding.amount_kr,
    funding.source_row_key
from {{ ref('fct_funding_sources') }} as funding
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        funding.basis = scopes.basis
        and funding.organisation_id = scopes.reporting_organisation_id
        and funding.period_id = cast(scopes.year as varchar)
where
    scopes.figure_group = 'funding'
    and funding.amount_kind = 'consumed'
    and funding.price_basis = 'current'
    and funding.in_kind = 'excluded'
    -- the cluster grant counts gross, that is with money passed on to partners; other sources count
    -- net
    and funding.gross_or_net
    = case when funding.funding_source = 'cluster_grant' then 'gross' else 'net' end
