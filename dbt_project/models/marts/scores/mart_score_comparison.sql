with

measures as (
    select * from {{ ref('int_applicant_measures') }}
),

competitors as (
    select distinct
        call_id,
        basis,
        area_id,
        organisation_id,
        area_rank
    from {{ ref('int_scored_applications') }}
    where area_rank is not null
),

pairs as (
    select
        better.call_id,
        better.basis,
        better.area_id,
        better.organisation_id,
        other.organisation_id as other_organisation_id
    from competitors as better
    inner join competitors as other
        on
            better.call_id = other.call_id
            and better.basis = other.basis
            and better.area_id = other.area_id
            and better.area_rank < other.area_rank
),

-- two values are compared only if they are known for both competitors
compared as (
    select distinct
        pairs.*,
        measures.grant_type_id,
        measures.kind,
        measures.measure,
        measures.label_da,
        measures.label_en,
        measures.unit,
        measures.weight_numerator,
        measures.weight_denominator
    from pairs
    inner join measures
        on
            pairs.call_id = measures.call_id
            and pairs.basis = measures.basis
            and measures.organisation_id in (pairs.organisation_id, pairs.other_organisation_id)
)

select
    compared.call_id,
    compared.area_id,
    compared.basis,
    compared.grant_type_id,
    case when compared.grant_type_id = 'both' then 'total' else 'leaf' end as row_kind,
    compared.kind,
    compared.measure,
    compared.label_da,
    compared.label_en,
    compared.unit,
    compared.weight_numerator,
    compared.weight_denominator,
    compared.organisation_id,
    compared.other_organisation_id,
    own.value,
    own.numerator,
    own.denominator,
    own.rounded_as_printed,
    own.printed_value,
    own.agrees,
    own.figure_id,
    {{ figure_source_columns() }},
    own.numerator_figure_ids,
    own.denominator_figure_id,
    other.value as other_value,
    other.numerator as other_numerator,
    other.denominator as other_denominator,
    other.rounded_as_printed as other_rounded_as_printed,
    other.printed_value as other_printed_value,
    other.agrees as other_agrees,
    other.figure_id as other_figure_id,
    other.numerator_figure_ids as other_numerator_figure_ids,
    other.denominator_figure_id as other_denominator_figure_id,
    cast(own.value - other.value as decimal(20, 6)) as difference,
    {{ ratio('(own.value - other.value) * compared.weight_numerator',
        'compared.weight_denominator') }} as weighted_difference,
    case
        -- a larger amount is neither better nor worse
        when compared.unit = 'kr' then null
        when own.value > other.value then compared.organisation_id
        when own.value < other.value then compared.other_organisation_id
    end as better_organisation_id,
    {{ call_completeness_columns('compared') }}
from compared
left join measures as own
    on
        compared.call_id = own.call_id
        and compared.basis = own.basis
        and compared.measure = own.measure
        and compared.grant_type_id = own.grant_type_id
        and compared.organisation_id = own.organisation_id
left join measures as other
    on
        compared.call_id = other.call_id
        and compared.basis = other.basis
        and compared.measure = other.measure
        and compared.grant_type_id = other.grant_type_id
        and compared.other_organisation_id = other.organisation_id
{{ join_call_completeness('compared', 'scores') }}
{{ join_figure_source('own.figure_id') }}
