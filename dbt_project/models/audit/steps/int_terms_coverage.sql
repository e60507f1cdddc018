{# Terms of tables 3 and 4 of the DFiR report: coverage and its counts. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }}
    where document_role = 'evaluation_report' and table_kind = 'table'
),

coverage as (
    select * from figures where table_role = 'participation_coverage'
),

profile as (
    select * from figures
    where table_role = 'participant_profile' and indicator_id = 'company_count'
),

covered as (
    select
        shares.figure_id as target,
        counts.figure_id as operand,
        counts.indicator_id
    from coverage as shares
    inner join coverage as counts on shares.organisation_id = counts.organisation_id
    where shares.statistic = 'share' and counts.statistic = 'level'
),

alike as (
    select
        profile.figure_id as target,
        coverage.figure_id as operand
    from profile
    inner join coverage
        on
            profile.organisation_id = coverage.organisation_id
            and coverage.indicator_id = case profile.breakdown
                when 'participating' then 'participating_population_companies'
                else 'population_companies'
            end
)

select {{ rule_terms("'coverage'", "target", "'denominator'", "operand") }}
from covered
union all
select {{ rule_terms("'coverage'", "target", "'numerator'", "operand") }}
from covered
where indicator_id = 'participating_population_companies'
union all
select {{ rule_terms("'restated'", "target", "'numerator'", "operand") }}
from alike
