{# Joins each figure of an application to the result that the same table computes from it. #}
with

figures as (
    select * from {{ ref('fct_published_figures') }}
)

select
    parts.figure_id,
    max(results.figure_id) as result_figure_id
from figures as parts
inner join figures as results
    on
        parts.document_id = results.document_id
        and parts.table_id = results.table_id
        and parts.organisation_id = results.organisation_id
        and (
            -- the result is a ratio: a promise per million kroner applied for
            parts.statistic = 'target'
            and results.statistic = 'ratio'
            and parts.grant_type_id = results.grant_type_id
            -- the result is the sum or the mean of both grants
            or parts.indicator_id = results.indicator_id
            and results.grant_type_id is null
            and results.statistic
            = case parts.statistic when 'score' then 'average' else parts.statistic end
        )
where parts.grant_type_id is not null
group by parts.figure_id
