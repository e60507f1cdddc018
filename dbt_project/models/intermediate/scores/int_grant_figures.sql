with

applications as (
    select
        scored.*,
        printed.figure_id,
        printed.score_figure_id
    from {{ ref('int_scored_applications') }} as scored
    inner join {{ ref('fct_applications') }} as printed
        on
            scored.call_id = printed.call_id
            and scored.organisation_id = printed.organisation_id
            and scored.grant_type_id = printed.grant_type_id
            and scored.basis = printed.basis
),

promises as (
    select
        promised.*,
        applications.applied_amount_kr,
        applications.figure_id as applied_figure_id,
        indicators.label_da,
        indicators.label_en
    from {{ ref('int_promised_results') }} as promised
    inner join applications
        on
            promised.call_id = applications.call_id
            and promised.organisation_id = applications.organisation_id
            and promised.grant_type_id = applications.grant_type_id
            and promised.basis = applications.basis
    inner join {{ ref('dim_indicator') }} as indicators
        on promised.indicator_id = indicators.indicator_id
)

select
    call_id,
    organisation_id,
    grant_type_id,
    basis,
    'applied_amount' as measure,
    'Ansøgt beløb' as label_da,
    'Amount applied for' as label_en,
    'kr' as unit,
    cast(null as decimal(20, 6)) as numerator,
    cast(null as decimal(20, 6)) as denominator,
    cast(applied_amount_kr as decimal(20, 6)) as value,
    figure_id,
    cast(null as varchar) as numerator_figure_ids,
    cast(null as varchar) as denominator_figure_id
from applications
union all
select
    call_id,
    organisation_id,
    grant_type_id,
    basis,
    'weighted_score' as measure,
    'Vægtet score' as label_da,
    'Weighted score' as label_en,
    'point' as unit,
    cast(score_numerator * 0.0001 as decimal(20, 6)) as numerator,
    cast(score_denominator * 0.0001 as decimal(20, 6)) as denominator,
    cast(score as decimal(20, 6)) as value,
    score_figure_id as figure_id,
    null as numerator_figure_ids,
    null as denominator_figure_id
from applications
union all
select
    call_id,
    organisation_id,
    grant_type_id,
    basis,
    indicator_id as measure,
    label_da,
    label_en,
    unit,
    null as numerator,
    null as denominator,
    value,
    figure_id,
    null as numerator_figure_ids,
    null as denominator_figure_id
from promises
union all
select
    promises.call_id,
    promises.organisation_id,
    promises.grant_type_id,
    promises.basis,
    promises.indicator_id || '_per_applied_mio' as measure,
    promises.label_da || ' pr. ansøgt mio. kr.' as label_da,
    promises.label_en || ' per million kroner applied for' as label_en,
    'per_mio_kr' as unit,
    promises.value as numerator,
    cast(promises.applied_amount_kr * 0.000001 as decimal(20, 6)) as denominator,
    {{ scaled('promises.value', '1000000', 'promises.applied_amount_kr') }} as value,
    printed.result_figure_id as figure_id,
    promises.figure_id as numerator_figure_ids,
    promises.applied_figure_id as denominator_figure_id
from promises
left join {{ ref('int_printed_results') }} as printed on promises.figure_id = printed.figure_id
