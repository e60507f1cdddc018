{# Terms of the annex about two competing applicants: ratios, means and sums. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }}
    where period_id in (select period_id from {{ ref('dim_call') }})
),

annex as (
    select * from figures where document_role = 'competition_annex'
),

annex_table as (
    select * from annex where table_role = 'applicant_comparison'
),

each_grant as (
    select * from annex_table where grant_type_id is not null
),

both_grants as (
    select * from annex_table where grant_type_id is null
),

ratios as (
    select
        ratios.figure_id as target,
        parts.figure_id as operand,
        case parts.indicator_id
            when 'applied_amount' then 'denominator' else 'numerator'
        end as side
    from each_grant as ratios
    inner join each_grant as parts
        on
            ratios.organisation_id = parts.organisation_id
            and ratios.grant_type_id = parts.grant_type_id
            and parts.statistic in ('level', 'target')
    where ratios.statistic = 'ratio'
),

means as (
    select
        means.figure_id as target,
        scores.figure_id as operand
    from annex as means
    inner join each_grant as scores
        on means.organisation_id = scores.organisation_id and scores.statistic = 'score'
    where means.statistic = 'average' and means.indicator_id = 'assessment_score'
)

select {{ rule_terms("'per_million_applied'", "target", "side", "operand") }}
from ratios
union all
select {{ rule_terms("'mean_of_two_scores'", "target", "'numerator'", "operand") }}
from means
union all
select
    {{ rule_terms(
        "'grants_together'", "both_grants.figure_id", "'numerator'", "each_grant.figure_id"
    ) }}
from both_grants
inner join each_grant
    on
        both_grants.organisation_id = each_grant.organisation_id
        and both_grants.indicator_id = each_grant.indicator_id
where both_grants.indicator_id = 'applied_amount'
