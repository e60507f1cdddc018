with

applications as (
    select * from {{ ref('int_scored_applications') }}
),

rules as (
    select * from {{ ref('int_call_rules') }}
),

decisions as (
    select * from {{ ref('fct_decisions') }}
),

-- a decision for the single grant takes precedence over a decision for both grants together
decided as (
    select
        applications.*,
        coalesce(of_grant.outcome, of_both.outcome) as decided_outcome,
        coalesce(of_grant.source_row_key, of_both.source_row_key) as decision_source_row_key,
        coalesce(of_grant.figure_id, of_both.figure_id) as decision_figure_id,
        case applications.reason
            when 'selected' then 'recommended'
            when 'lost_competition' then 'rejected_competition'
            when 'below_minimum' then 'rejected_below_minimum'
        end as computed_outcome
    from applications
    left join decisions as of_grant
        on
            applications.call_id = of_grant.call_id
            and applications.organisation_id = of_grant.organisation_id
            and applications.basis = of_grant.basis
            and applications.grant_type_id = of_grant.grant_type_id
    left join decisions as of_both
        on
            applications.call_id = of_both.call_id
            and applications.organisation_id = of_both.organisation_id
            and applications.basis = of_both.basis
            and of_both.grant_type_id = 'both'
)

select
    decided.call_id,
    decided.area_id,
    decided.organisation_id,
    organisations.name as organisation_name,
    decided.grant_type_id,
    decided.basis,
    decided.applied_amount_kr,
    decided.score,
    decided.score_numerator,
    decided.score_denominator,
    decided.score_origin,
    decided.criteria_scored,
    decided.criteria_expected,
    decided.lowest_criterion_id,
    criteria.code as lowest_criterion_code,
    decided.lowest_criterion_score,
    rules.minimum_average,
    rules.minimum_criterion,
    rules.minimum_unit,
    decided.average_met,
    decided.criteria_met,
    decided.minimum_met,
    decided.failed,
    decided.mean_score,
    cast(
        {{ rounded_to('decided.mean_score', 'rules.score_decimals') }} as decimal(6, 4)
    ) as mean_score_rounded,
    decided.area_rank,
    decided.selected,
    decided.reason,
    decided.computed_outcome,
    decided.decided_outcome,
    decided.computed_outcome = decided.decided_outcome as agrees_with_decision,
    decided.decision_figure_id,
    {{ figure_source_columns() }},
    decided.decision_source_row_key,
    decided.source_row_key,
    {{ call_completeness_columns('decided') }}
from decided
left join {{ ref('dim_organisation') }} as organisations
    on decided.organisation_id = organisations.organisation_id
left join {{ ref('dim_criterion') }} as criteria
    on decided.lowest_criterion_id = criteria.criterion_id
left join rules on decided.call_id = rules.call_id
{{ join_call_completeness('decided', 'awards') }}
{{ join_figure_source('decided.decision_figure_id') }}
