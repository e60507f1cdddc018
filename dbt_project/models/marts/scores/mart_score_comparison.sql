{%- set parts = [
    'value', 'numerator', 'denominator', 'rounded_as_printed', 'printed_value', 'agrees',
    'figure_id', 'numerator_figure_ids', 'denominator_figure_id',
] %}
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

-- what is known of one of the two is compared with nothing known of the other
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
),

side_by_side as (
    select
        compared.*,
        {%- for side in ['own', 'other'] %}
        {%- for part in parts %}
        {{ side }}.{{ part }} as {{ 'other_' if side == 'other' }}{{ part }},
        {%- endfor %}
        {%- endfor %}
        own.value - other.value as difference
    from compared
    {%- for side, organisation in {
        'own': 'organisation_id', 'other': 'other_organisation_id',
    }.items() %}
    left join measures as {{ side }}
        on
            compared.call_id = {{ side }}.call_id
            and compared.basis = {{ side }}.basis
            and compared.measure = {{ side }}.measure
            and compared.grant_type_id is not distinct from {{ side }}.grant_type_id
            and compared.{{ organisation }} = {{ side }}.organisation_id
    {%- endfor %}
)

select
    call_id,
    area_id,
    basis,
    grant_type_id,
    kind,
    measure,
    label_da,
    label_en,
    unit,
    weight_numerator,
    weight_denominator,
    organisation_id,
    other_organisation_id,
    {%- for prefix in ['', 'other_'] %}
    {%- for part in parts %}
    {{ prefix }}{{ part }},
    {%- endfor %}
    {%- endfor %}
    cast(difference as decimal(20, 6)) as difference,
    {{ ratio('difference * weight_numerator', 'weight_denominator') }} as weighted_difference,
    case
        -- a larger amount is neither better nor worse
        when unit = 'kr' or difference = 0 then null
        when difference > 0 then organisation_id
        when difference < 0 then other_organisation_id
    end as better_organisation_id
from side_by_side
