{# Figures that count a part of what another figure of the same kind of table counts. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }}
    where repeats_figure_id is null and statistic = 'level' and table_kind = 'table'
)

select {{ rule_terms(
    "families.rule_id", "parts.figure_id", "'numerator'", "wholes.figure_id"
) }}
from {{ ref('stg_part_families') }} as families
inner join figures as parts
    on
        families.document_id = parts.document_id
        and families.indicator_id = parts.indicator_id
        and families.breakdown = parts.breakdown
inner join figures as wholes
    on
        families.document_id = wholes.document_id
        and families.whole_indicator_id = wholes.indicator_id
        and families.whole_breakdown = wholes.breakdown
        and parts.period_id = wholes.period_id
        and parts.organisation_id is not distinct from wholes.organisation_id
        and parts.grant_type_id is not distinct from wholes.grant_type_id
