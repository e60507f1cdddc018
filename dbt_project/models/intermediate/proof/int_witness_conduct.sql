{# Compares the witness with what the prose says about every organisation that gets money. #}
with

awards as (
    select * from {{ ref('int_witness_awards') }}
),

recommended as (
    select
        call_id,
        organisation_id
    from {{ ref('fct_decisions') }}
    where basis = 'published' and outcome = 'recommended'
),

-- applications with a better score but a smaller share than another; one øre can be rounding
overtaken as (
    select
        better.witness_id,
        better.organisation_id,
        better.grant_type_id,
        count(*) as times
    from awards as better
    inner join awards as worse
        on
            better.pot_id = worse.pot_id
            and better.score > worse.score
            and {{ whole('100 * better.award_kr + 1') }}
            * {{ whole('100 * worse.applied_amount_kr') }}
            < {{ whole('100 * worse.award_kr') }} * {{ whole('100 * better.applied_amount_kr') }}
    group by better.witness_id, better.organisation_id, better.grant_type_id
),

judged as (
    select
        awards.*,
        rules.minimum_average,
        recommended.organisation_id is not null as is_recommended,
        coalesce(overtaken.times, 0) as times_overtaken
    from awards
    inner join {{ ref('int_call_rules') }} as rules on awards.call_id = rules.call_id
    left join recommended
        on
            awards.call_id = recommended.call_id
            and awards.organisation_id = recommended.organisation_id
    left join overtaken
        on
            awards.witness_id = overtaken.witness_id
            and awards.organisation_id = overtaken.organisation_id
            and awards.grant_type_id = overtaken.grant_type_id
)

{%- for fact, lowest, highest, value in [
    ('minimum', 'minimum_average', 'null', 'score'),
    ('recommended_only', '1', '1', 'case when is_recommended then 1 else 0 end'),
    ('better_score_larger_share', '0', '0', 'times_overtaken'),
] %}
    {{ 'union all' if not loop.first }}
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        grant_type_id,
        '{{ fact }}' as fact,
        cast({{ lowest }} as decimal(20, 6)) as lowest,
        cast({{ highest }} as decimal(20, 6)) as highest,
        cast({{ value }} as decimal(20, 6)) as value
    from judged
{%- endfor %}
