{# The development tables of the performance account, without cells that the text layer repeats. #}
select
    figure_id,
    indicator_id,
    breakdown,
    statistic,
    period_id,
    value,
    unit,
    amount_kr,
    placement,
    basis
from {{ ref('int_published_figures') }}
where
    document_id = 'performance_account_2018'
    and table_kind = 'table'
    and repeats_figure_id is null
    and value is not null
