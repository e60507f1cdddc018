{#
  Lists the breakdowns of the performance accounts that are the total of other breakdowns or a part
  of another breakdown. All remaining breakdowns are left out.
#}
select
    indicator_id,
    whole as breakdown,
    'total' as row_kind
from {{ ref('stg_sum_families') }}
where rule_id = 'sum_of_parts' and whole = 'total'
union
select
    indicator_id,
    part as breakdown,
    'part' as row_kind
from {{ ref('stg_sum_families') }}
where rule_id <> 'sum_of_parts' or whole <> 'total'
union
select
    indicator_id,
    breakdown,
    'part' as row_kind
from {{ ref('stg_part_families') }}
where indicator_id = whole_indicator_id
