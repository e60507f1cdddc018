select
    period_id, funding_source, part_of, if(part_of = 'none', 'leaf', 'part') as row_kind, amount_kr,
    quotient(100 * amount_kr, whole, places := 2) as share_percent, whole as sum_of_sources_kr,
    printed_total as printed_total_kr, figure_id, basis
from (
    select
        *,
        sum(amount_kr) filter (where funding_source <> 'total' and part_of = 'none') over mix
            as whole,
        max(amount_kr) filter (where funding_source = 'total') over mix as printed_total
    from core.fct_funding_sources
    where document_id = 'performance_account_2018' and amount_kind = 'consumed'
    window mix as (partition by period_id)
)
where funding_source <> 'total'
