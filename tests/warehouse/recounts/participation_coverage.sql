with counted as (
    select
        organisation_id, period_id, basis, false as is_printed,
        count(*) filter (where not participates) as others,
        count(*) filter (where participates) as participants,
        null as printed_coverage_percent, null as figure_id
    from area_companies
    group by all
    union all
    select
        in_denmark(organisation_id), period_id, basis, true,
        max(value) filter (where indicator_id = 'population_companies'),
        max(value) filter (where indicator_id = 'participating_population_companies'),
        max(value) filter (where indicator_id = 'participation_coverage'),
        max(figure_id) filter (where indicator_id = 'participation_coverage')
    from cells
    where table_id = 'table_3'
    group by all
),

shown as (
    select
        *, not is_printed and participants in (1, 2) as is_withheld,
        if(is_withheld, null, participants) as participants_shown
    from counted
)

select
    organisation_id, period_id, others as companies, participants_shown as participating_companies,
    printed_coverage_percent,
    quotient(100 * participants_shown, others + participants_shown, places := 2)
        as coverage_percent,
    quotient(100 * participants_shown, others, places := 2) as participants_per_100_others,
    is_withheld, figure_id, basis,
    completeness_of(basis, 'coverage', period_id, organisation_id) as completeness
from shown
