{# Key figures and criteria in one list; a criterion without a score has a row too. #}
with

applicants as (
    select distinct
        call_id,
        organisation_id,
        grant_type_id,
        basis
    from {{ ref('int_scored_applications') }}
),

key_figures as (
    select
        figures.*,
        printed.value as printed_value,
        {{ rounded_to('figures.value', 'printed.printed_decimals') }} as rounded_as_printed
    from {{ ref('int_applicant_figures') }} as figures
    left join {{ ref('fct_published_figures') }} as printed
        on figures.figure_id = printed.figure_id
),

criteria as (
    select
        applicants.call_id,
        applicants.organisation_id,
        applicants.grant_type_id,
        applicants.basis,
        criteria.criterion_id as measure,
        criteria.code || ' ' || criteria.label_da as label_da,
        criteria.code || ' ' || criteria.label_en as label_en,
        criteria.weight_numerator,
        criteria.weight_denominator,
        cast(means.score as decimal(20, 6)) as value,
        cast(means.sum_of_scores as decimal(20, 6)) as numerator,
        cast(means.assessors as decimal(20, 6)) as denominator
    from applicants
    inner join {{ ref('dim_criterion') }} as criteria
        on
            applicants.call_id = criteria.call_id
            and applicants.grant_type_id = criteria.grant_type_id
    left join {{ ref('int_criterion_means') }} as means
        on
            applicants.call_id = means.call_id
            and applicants.organisation_id = means.organisation_id
            and applicants.grant_type_id = means.grant_type_id
            and applicants.basis = means.basis
            and criteria.criterion_id = means.criterion_id
    where criteria.weight_numerator is not null
)

select
    call_id,
    organisation_id,
    grant_type_id,
    basis,
    'criterion' as kind,
    measure,
    label_da,
    label_en,
    'point' as unit,
    weight_numerator,
    weight_denominator,
    numerator,
    denominator,
    value,
    cast(null as varchar) as figure_id,
    cast(null as varchar) as numerator_figure_ids,
    cast(null as varchar) as denominator_figure_id,
    cast(null as decimal(20, 6)) as printed_value,
    cast(null as decimal(20, 6)) as rounded_as_printed,
    cast(null as boolean) as agrees
from criteria
union all
select
    call_id,
    organisation_id,
    grant_type_id,
    basis,
    'key_figure' as kind,
    measure,
    label_da,
    label_en,
    unit,
    null as weight_numerator,
    null as weight_denominator,
    numerator,
    denominator,
    value,
    figure_id,
    numerator_figure_ids,
    denominator_figure_id,
    printed_value,
    rounded_as_printed,
    -- a value cannot be recomputed if the print does not state its parts
    case when numerator is not null then rounded_as_printed = printed_value end as agrees
from key_figures
