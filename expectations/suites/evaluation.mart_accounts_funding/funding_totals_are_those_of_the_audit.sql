-- The total of a year equals the printed figure, and the sum of the year's sources equals the sum
-- that the audit recomputes.
-- owner: analysis

select m.figure_id, m.period_id, m.printed_total_kr, t.amount_kr as printed_kr,
    m.sum_of_sources_kr, 1000000 * r.recomputed_value as audited_kr
from {batch} m
join core.fct_funding_sources t
    on m.period_id = t.period_id and m.series_id = t.series_id
    and t.funding_source = 'total' and t.amount_kind = 'consumed'
join audit.mart_figure_reconciliation r
    on t.figure_id = r.figure_id and r.rule_id = 'sum_of_parts'
where m.printed_total_kr is distinct from t.amount_kr
    or m.sum_of_sources_kr is distinct from 1000000 * r.recomputed_value
order by all
