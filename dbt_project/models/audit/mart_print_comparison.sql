{# Each entry has the role of a printed table, the mart with its figures, and the mart's columns for
   value, indicator and breakdown. #}
{%- set sides = [
    ('organisation_shares', 'mart_cluster_overview', 'share_percent', 'indicator_id', 'breakdown'),
    ('organisation_shares', 'mart_cluster_overview', 'national_total', 'indicator_id', 'breakdown'),
    ('participation_coverage', 'mart_participation_coverage', 'companies',
        "'population_companies'", "'total'"),
    ('participation_coverage', 'mart_participation_coverage', 'participating_companies',
        "'participating_population_companies'", "'total'"),
    ('participation_coverage', 'mart_participation_coverage', 'coverage_percent',
        "'participation_coverage'", "'total'"),
    ('participant_profile', 'mart_participant_profile', 'companies', "'company_count'",
        'participation'),
    ('participant_profile', 'mart_participant_profile', 'median_employees', "'median_employees'",
        'participation'),
    ('participant_profile', 'mart_participant_profile', 'exporting_share', "'exporting_companies'",
        'participation'),
    ('participant_profile', 'mart_participant_profile', ratio('median_turnover_kr', '1000'),
        "'median_turnover'", 'participation'),
    ('participant_profile', 'mart_participant_profile',
        ratio('median_turnover_per_employee_kr', '1000'), "'median_productivity'", 'participation'),
    ('outside_industries', 'mart_industry_ranking', text_to_decimal('industry_division'),
        "case industry_tie when 'not_tied' then 'outside_industry' end",
        "'rank_' || cast(industry_rank as varchar)"),
    ('activity_attendance', 'mart_activity_attendance', 'average_participants',
        "'average_participants'", 'participant_type'),
    ('consumed_funding', 'mart_funding_mix', ratio('amount_kr', '1000000'), "'consumed_funding'",
        'funding_source'),
] %}
with

printed as (
    select
        figures.*,
        coalesce(figures.printed_decimals, 0) as decimals,
        coalesce({{ text_to_decimal('industries.industry_division') }}, figures.value)
            as printed_value
    from {{ ref('fct_published_figures') }} as figures
    left join {{ ref('int_printed_industries') }} as industries
        on figures.figure_id = industries.figure_id
    where
        figures.document_role = 'evaluation_report'
        and figures.table_role in (
            {%- for table_role in sides | map('first') | unique %}
                '{{ table_role }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )
),

-- a basis is compared with the print only if it has reports for the printed period
bases as (
    select distinct completeness.basis
    from {{ ref('int_completeness') }} as completeness
    inner join printed on completeness.period_id = printed.period_id
),

computed as (
    {%- for table_role, mart, value, indicator, breakdown in sides %}
        {{ 'union all' if not loop.first }}
        select distinct
            basis,
            '{{ table_role }}' as table_role,
            {{ "'denmark' as " if value == 'national_total' }}organisation_id,
            period_id,
            {{ indicator }} as indicator_id,
            {{ breakdown }} as breakdown,
            {{
                'activity_type_id' if table_role == 'activity_attendance'
                else 'cast(null as varchar)'
            }} as activity_type_id,
            cast({{ value }} as decimal(20, 6)) as computed_value
        from {{ ref(mart) }}
        where basis <> 'published'
    {%- endfor %}
),

side_by_side as (
    select
        printed.*,
        bases.basis as computed_basis,
        computed.computed_value,
        {{ rounded_to('computed.computed_value', 'printed.decimals') }} as computed_rounded
    from printed
    cross join bases
    left join computed
        on
            bases.basis = computed.basis
            and printed.table_role = computed.table_role
            and printed.period_id = computed.period_id
            and printed.indicator_id = computed.indicator_id
            and printed.breakdown = computed.breakdown
            and coalesce(printed.organisation_id, 'denmark') = computed.organisation_id
            and printed.activity_type_id is not distinct from computed.activity_type_id
)

select
    side_by_side.figure_id,
    side_by_side.table_id,
    side_by_side.document_id,
    side_by_side.line_number,
    {{ has_finding() }} as has_finding,
    coalesce(side_by_side.organisation_id, 'denmark') as organisation_id,
    side_by_side.indicator_id,
    side_by_side.breakdown,
    side_by_side.activity_type_id,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.printed_text,
    side_by_side.unit,
    side_by_side.printed_value,
    side_by_side.computed_value,
    side_by_side.computed_rounded,
    coalesce(side_by_side.computed_rounded = side_by_side.printed_value, false) as agrees,
    departures.reason_en,
    departures.reason_da,
    side_by_side.computed_basis as basis
from side_by_side
left join {{ ref('dim_sample_departure') }} as departures
    on side_by_side.figure_id = departures.figure_id and side_by_side.computed_basis = 'sample'
{{ join_figure_source('side_by_side.figure_id') }}
