with sources as (
    select
        organisation_id, period_id, funding_source, gross_or_net, price_basis,
        sum(amount_kr) as amount_kr, basis, any_value(figure_id) as figure_id
    from core.fct_funding_sources
    where
        basis = 'published' and amount_kind = 'consumed' and funding_source <> 'other_income'
        and document_id <> 'performance_account_2018'
    group by all
    union all
    select
        scopes.organisation_id, scopes.period_id, facts.funding_source, facts.gross_or_net,
        facts.price_basis, sum(facts.amount_kr), facts.basis, null
    from core.fct_funding_sources as facts
    inner join scopes
        on
            facts.basis = scopes.basis
            and facts.organisation_id = scopes.reporting
            and facts.period_id = cast(scopes.year as varchar)
    where
        scopes.figure_group = 'funding'
        and facts.amount_kind = 'consumed'
        and facts.price_basis = 'current'
        and facts.in_kind = 'excluded'
        and facts.gross_or_net = if(facts.funding_source = 'cluster_grant', 'gross', 'net')
    group by
        facts.basis, scopes.period_id, facts.funding_source, facts.gross_or_net,
        facts.price_basis, scopes.organisation_id
)

select
    organisation_id, period_id, funding_source, gross_or_net, price_basis, amount_kr,
    quotient(100 * amount_kr, whole, places := 2) as share_percent,
    quotient(amount_kr, cluster_grant, places := 2) as per_cluster_grant_krone,
    whole as sum_of_sources_kr, figure_id, basis
from (
    select
        *,
        sum(amount_kr) over mix as whole,
        sum(amount_kr) filter (where funding_source = 'cluster_grant') over mix as cluster_grant
    from sources
    window mix as (partition by basis, organisation_id, period_id)
)
