with

promises as (
    select * from {{ ref('int_promised_results') }}
),

awards as (
    select * from {{ ref('mart_awards') }}
),

indicators as (
    select distinct
        promises.call_id,
        promises.grant_type_id,
        promises.indicator_id,
        promises.unit,
        indicators.label_da,
        indicators.label_en
    from promises
    inner join {{ ref('dim_indicator') }} as indicators
        on promises.indicator_id = indicators.indicator_id
),

-- keep awards without a known promise, and promises without an award
expected as (
    select
        awards.call_id,
        awards.organisation_id,
        indicators.grant_type_id,
        awards.basis,
        indicators.indicator_id
    from awards
    inner join indicators
        on
            awards.call_id = indicators.call_id
            and awards.grant_type_id in (indicators.grant_type_id, 'both')
    union
    select
        call_id,
        organisation_id,
        grant_type_id,
        basis,
        indicator_id
    from promises
)

select
    expected.call_id,
    expected.organisation_id,
    organisations.name as organisation_name,
    expected.grant_type_id,
    expected.indicator_id,
    indicators.label_da as indicator_label_da,
    indicators.label_en as indicator_label_en,
    indicators.unit,
    expected.basis,
    promises.value as promised_value,
    coalesce(awards.grant_type_id, 'none') as award_grant_type_id,
    awards.applied_amount_kr,
    awards.recommended_amount_kr,
    awards.award_source,
    {{ scaled('promises.value', 'awards.recommended_amount_kr', 'awards.applied_amount_kr') }}
        as expected_value,
    promises.figure_id,
    {{ figure_source_columns() }},
    promises.source_row_key,
    {{ call_completeness_columns('expected') }}
from expected
inner join indicators
    on
        expected.call_id = indicators.call_id
        and expected.grant_type_id = indicators.grant_type_id
        and expected.indicator_id = indicators.indicator_id
left join promises
    on
        expected.call_id = promises.call_id
        and expected.organisation_id = promises.organisation_id
        and expected.grant_type_id = promises.grant_type_id
        and expected.indicator_id = promises.indicator_id
        and expected.basis = promises.basis
left join awards
    on
        expected.call_id = awards.call_id
        and expected.organisation_id = awards.organisation_id
        and awards.grant_type_id in (expected.grant_type_id, 'both')
        and expected.basis = awards.basis
left join {{ ref('dim_organisation') }} as organisations
    on expected.organisation_id = organisations.organisation_id
{{ join_call_completeness('expected', 'awards') }}
{{ join_figure_source('promises.figure_id') }}
