{# Figures that another printed figure bounds: a part of a count, the lower end of a range. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }} where repeats_figure_id is null
),

counts as (
    select * from figures where statistic = 'level' and table_kind = 'table'
)

select {{ rule_terms(
    "families.rule_id", "parts.figure_id", "'numerator'", "wholes.figure_id"
) }}
from {{ ref('stg_part_families') }} as families
inner join counts as parts
    on
        families.document_id = parts.document_id
        and families.indicator_id = parts.indicator_id
        and families.breakdown = parts.breakdown
inner join counts as wholes
    on
        families.document_id = wholes.document_id
        and families.whole_indicator_id = wholes.indicator_id
        and families.whole_breakdown = wholes.breakdown
        and parts.period_id = wholes.period_id
        and parts.organisation_id is not distinct from wholes.organisation_id
        and parts.grant_type_id is not distinct from wholes.grant_type_id
union all
select {{ rule_terms("'within_range'", "lowest.figure_id", "'numerator'", "highest.figure_id") }}
from figures as lowest
inner join figures as highest
    on
        lowest.document_id = highest.document_id
        and lowest.table_id = highest.table_id
        and lowest.indicator_id = highest.indicator_id
        and replace(lowest.breakdown, 'lowest', 'highest') = highest.breakdown
        and lowest.statistic = highest.statistic
        and lowest.period_id is not distinct from highest.period_id
        and lowest.organisation_id is not distinct from highest.organisation_id
        -- the two ends of a range are on the same line, or the upper end is on the next line
        and highest.line_number - lowest.line_number in (0, 1)
where lowest.breakdown like '%lowest'
