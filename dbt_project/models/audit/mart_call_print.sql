with

printed as (
    select * from {{ ref('int_call_print') }}
),

computed as (
    select
        printed.figure_id,
        applicants.basis,
        applicants.value
    from printed
    inner join {{ ref('int_applicant_measures') }} as applicants
        on
            printed.call_id = applicants.call_id
            and printed.measure = applicants.measure
            and printed.organisation_id = applicants.organisation_id
            and printed.grant_type_id = applicants.grant_type_id
    -- leave out a value that is the printed figure itself, because it recomputes nothing
    where
        applicants.numerator is not null
        or applicants.figure_id is distinct from printed.figure_id
    union all
    select
        printed.figure_id,
        totals.basis,
        totals.value
    from printed
    inner join {{ ref('int_call_totals') }} as totals
        on
            printed.call_id = totals.call_id
            and printed.measure = totals.measure
            and printed.organisation_id = 'denmark'
    union all
    select
        printed.figure_id,
        scores.basis,
        {{ ratio('sum(scores.score)', 'count(scores.score)') }} as value
    from printed
    inner join {{ ref('mart_application_scores') }} as scores
        on
            printed.call_id = scores.call_id
            and printed.measure = 'weighted_score'
            and printed.organisation_id = 'denmark'
            and printed.grant_type_id = scores.grant_type_id
            and scores.selected
            and scores.basis <> 'published'
    group by printed.figure_id, scores.basis
    union all
    -- an applicant that is not selected gets 0; this is known without the other awards
    select distinct
        printed.figure_id,
        scores.basis,
        0 as value
    from printed
    inner join {{ ref('mart_application_scores') }} as scores
        on
            printed.call_id = scores.call_id
            and printed.measure = 'recommended_amount'
            and printed.organisation_id = scores.organisation_id
            and scores.reason in ('below_minimum', 'lost_competition')
            and scores.basis = 'published'
    union all
    select
        printed_figure_id as figure_id,
        basis,
        expected_value as value
    from {{ ref('mart_expected_totals') }}
    where awards = awards_with_promise and printed_figure_id is not null
),

bases as (
    select distinct
        call_id,
        basis
    from {{ ref('mart_application_scores') }}
),

side_by_side as (
    select
        printed.*,
        bases.basis,
        {{ ratio('computed.value', 'printed.unit_factor') }} as computed_value
    from printed
    inner join bases on printed.call_id = bases.call_id
    left join computed
        on printed.figure_id = computed.figure_id and bases.basis = computed.basis
),

rounded as (
    select
        *,
        {{ rounded_to('computed_value', 'printed_decimals') }} as computed_rounded
    from side_by_side
)

select
    figure_id,
    call_id,
    document_id,
    line_number,
    has_finding,
    table_id,
    organisation_id,
    grant_type_id,
    indicator_id,
    measure,
    printed_text,
    unit,
    printed_value,
    computed_value,
    computed_rounded,
    computed_rounded = printed_value as agrees,
    case when computed_value is null then reason_en end as reason_en,
    case when computed_value is null then reason_da end as reason_da,
    basis
from rounded
