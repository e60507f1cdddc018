with

grants as (
    select * from {{ ref('int_grant_figures') }}
),

together as (
    select
        grants.call_id,
        grants.organisation_id,
        grants.basis,
        grants.measure,
        cast(sum(grants.value) as decimal(20, 6)) as total,
        count(grants.value) = count(*) as all_known,
        count(*) as grants,
        max(printed.result_figure_id) as figure_id,
        {{ list_of('grants.figure_id') }} as figure_ids
    from grants
    left join {{ ref('int_printed_results') }} as printed
        on grants.figure_id = printed.figure_id
    where grants.measure in ('applied_amount', 'weighted_score')
    group by grants.call_id, grants.organisation_id, grants.basis, grants.measure
),

decided as (
    select
        call_id,
        organisation_id,
        basis,
        sum(case when outcome = 'recommended' then recommended_amount_kr else 0 end)
            as recommended_kr,
        max(figure_id) as figure_id
    from {{ ref('fct_decisions') }}
    group by call_id, organisation_id, basis
),

-- the annex prints the recommended amount in kroner, the cover in millions of kroner
to_the_krone as (
    select
        calls.call_id,
        figures.organisation_id,
        figures.basis,
        max(figures.figure_id) as figure_id,
        max(figures.value) as recommended_kr
    from {{ ref('fct_published_figures') }} as figures
    inner join {{ ref('dim_call') }} as calls on figures.period_id = calls.period_id
    where
        figures.indicator_id = 'recommended_amount'
        and figures.unit = 'kr'
        and figures.organisation_id is not null
    group by calls.call_id, figures.organisation_id, figures.basis
)

select * from grants
union all
select
    call_id,
    organisation_id,
    'both' as grant_type_id,
    basis,
    case measure when 'weighted_score' then 'mean_score' else measure end as measure,
    case measure
        when 'weighted_score' then 'Gennemsnit af scorerne' else 'Ansøgt beløb'
    end as label_da,
    case measure
        when 'weighted_score' then 'Mean of the scores' else 'Amount applied for'
    end as label_en,
    case measure when 'weighted_score' then 'point' else 'kr' end as unit,
    total as numerator,
    cast(case measure when 'weighted_score' then grants else 1 end as decimal(20, 6))
        as denominator,
    case when all_known then {{ ratio(
        'total', "case measure when 'weighted_score' then grants else 1 end"
    ) }} end as value,
    figure_id,
    figure_ids as numerator_figure_ids,
    cast(null as varchar) as denominator_figure_id
from together
union all
select
    decided.call_id,
    decided.organisation_id,
    'both' as grant_type_id,
    decided.basis,
    'recommended_amount' as measure,
    'Indstillet beløb' as label_da,
    'Recommended amount' as label_en,
    'kr' as unit,
    null as numerator,
    null as denominator,
    cast(coalesce(to_the_krone.recommended_kr, decided.recommended_kr) as decimal(20, 6)) as value,
    coalesce(to_the_krone.figure_id, decided.figure_id) as figure_id,
    null as numerator_figure_ids,
    null as denominator_figure_id
from decided
left join to_the_krone
    on
        decided.call_id = to_the_krone.call_id
        and decided.organisation_id = to_the_krone.organisation_id
        and decided.basis = to_the_krone.basis
