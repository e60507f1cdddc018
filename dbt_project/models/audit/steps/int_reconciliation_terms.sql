{# Lists the terms of all rules: the printed figures from which another printed figure follows. #}
with

terms as (
    select * from {{ ref('int_terms_accounts') }}
    union all
    select * from {{ ref('int_terms_parts') }}
    union all
    select * from {{ ref('int_terms_evaluation_report') }}
    union all
    select * from {{ ref('int_terms_coverage') }}
    union all
    select * from {{ ref('int_terms_call') }}
    union all
    select * from {{ ref('int_terms_applications') }}
    union all
    select * from {{ ref('int_terms_lists') }}
    union all
    select * from {{ ref('int_terms_restated') }}
    union all
    select * from {{ ref('int_terms_bounds') }}
)

select
    rule_id,
    target as figure_id,
    side,
    operand as operand_figure_id,
    coefficient
from terms
