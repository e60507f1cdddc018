{#
  Reads the printed activities of the country. For organisations and types, only percentages are
  printed.
#}
select
    period_id,
    cast(max(value) as bigint) as activities
from {{ ref('int_evaluation_report_cells') }}
where
    table_role = 'organisation_shares'
    and indicator_id = 'activities'
    and breakdown = 'total'
    and statistic = 'level'
    and coalesce(organisation_id, 'denmark') = 'denmark'
group by period_id
