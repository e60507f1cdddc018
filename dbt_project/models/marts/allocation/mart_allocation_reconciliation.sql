with

amounts as (
    select * from {{ ref('int_decided_amounts') }}
),

verdicts as (
    select * from {{ ref('int_allocation_verdicts') }}
),

-- the print does not say what the minimum applies to, so both values of minimum_unit are tried; for
-- submissions, the call's rules say which value holds
readings as (
    select distinct
        call_id,
        'published' as basis,
        minimum_unit
    from verdicts
    union all
    select distinct
        amounts.call_id,
        amounts.basis,
        rules.minimum_unit
    from amounts
    inner join {{ ref('int_call_rules') }} as rules on amounts.call_id = rules.call_id
    where amounts.basis <> 'published'
),

-- the awards of the rule, for the amounts of the witness or for submitted amounts
awards as (
    select
        scenario_id,
        organisation_id,
        witness_id,
        'published' as basis,
        sum(award_kr) as award_kr
    from {{ ref('int_witness_awards') }}
    group by scenario_id, organisation_id, witness_id
    union all
    select
        scenario_id,
        organisation_id,
        cast(null as varchar) as witness_id,
        basis,
        sum(recommended_amount_kr) as award_kr
    from {{ ref('mart_allocation_scenarios') }}
    where basis <> 'published'
    group by scenario_id, organisation_id, basis
)

select
    amounts.call_id,
    scenarios.scenario_id,
    scenarios.rule,
    scenarios.scope,
    scenarios.is_call_rule,
    readings.minimum_unit,
    amounts.organisation_id,
    organisations.name as organisation_name,
    amounts.basis,
    amounts.outcome,
    cast(amounts.applied_amount_kr as decimal(18, 2)) as applied_amount_kr,
    cast(amounts.recommended_amount_kr as decimal(18, 2)) as recommended_amount_kr,
    {{ ratio('amounts.recommended_amount_kr', 'amounts.applied_amount_kr') }} as share,
    cast(bounds.share_lowest as decimal(20, 6)) as share_lowest,
    cast(bounds.share_highest as decimal(20, 6)) as share_highest,
    cast(bounds.score_lowest as decimal(20, 6)) as score_lowest,
    cast(bounds.score_highest as decimal(20, 6)) as score_highest,
    cast(bounds.own_level_lowest as decimal(20, 9)) as own_lambda_lowest,
    cast(bounds.own_level_highest as decimal(20, 9)) as own_lambda_highest,
    cast(verdicts.level_lowest as decimal(20, 9)) as lambda_lowest,
    verdicts.level_lowest_organisation_id as lambda_lowest_organisation_id,
    cast(verdicts.level_highest as decimal(20, 9)) as lambda_highest,
    verdicts.level_highest_organisation_id as lambda_highest_organisation_id,
    cast(bounds.given_share_lowest as decimal(20, 6)) as given_share_lowest,
    cast(bounds.given_share_highest as decimal(20, 6)) as given_share_highest,
    bounds.is_impossible,
    verdicts.verdict,
    verdicts.witness_id,
    cast(awards.award_kr as decimal(18, 2)) as award_kr,
    awards.award_kr >= amounts.printed_lowest and awards.award_kr < amounts.printed_highest
        as gives_print,
    case
        when amounts.basis <> 'published' then awards.award_kr = amounts.recommended_amount_kr
    end as gives_decision,
    {{ call_completeness_columns('amounts') }}
from amounts
inner join readings on amounts.call_id = readings.call_id and amounts.basis = readings.basis
inner join {{ ref('dim_allocation_scenario') }} as scenarios on amounts.call_id = scenarios.call_id
left join {{ ref('int_allocation_bounds') }} as bounds
    on
        amounts.basis = 'published'
        and scenarios.scenario_id = bounds.scenario_id
        and readings.minimum_unit = bounds.minimum_unit
        and amounts.organisation_id = bounds.organisation_id
left join verdicts
    on
        amounts.basis = 'published'
        and scenarios.scenario_id = verdicts.scenario_id
        and readings.minimum_unit = verdicts.minimum_unit
left join awards
    on
        scenarios.scenario_id = awards.scenario_id
        and amounts.organisation_id = awards.organisation_id
        and amounts.basis = awards.basis
        and awards.witness_id is not distinct from verdicts.witness_id
left join {{ ref('dim_organisation') }} as organisations
    on amounts.organisation_id = organisations.organisation_id
{{ join_call_completeness('amounts', 'awards') }}
