with codes as (
    select basis, period_id, organisation_id, industry_tie, industry_code, count(*) as companies
    from industries
    group by basis, period_id, organisation_id, industry_tie, industry_code, industry_code_version
),

ties as (
    select
        basis, period_id, organisation_id, industry_tie,
        sum(companies) as companies, count(*) as industries,
        list_sum(list_slice(list_reverse_sort(list(companies)), 1, 5)) as in_five_largest
    from codes
    group by basis, period_id, organisation_id, industry_tie
)

select
    ties.organisation_id, ties.period_id, ties.industry_tie,
    unless_withheld(ties.companies, ties.companies) as companies,
    unless_withheld(ties.companies, quotient(100 * ties.companies, totals.companies))
        as share_percent,
    unless_withheld(ties.companies, ties.industries) as industries,
    unless_withheld(ties.companies, quotient(100 * ties.in_five_largest, ties.companies))
        as five_largest_percent,
    ties.companies in (1, 2) as is_withheld, null as figure_id, ties.basis
from ties
inner join ties as totals
    on
        ties.basis = totals.basis
        and ties.period_id = totals.period_id
        and ties.organisation_id = totals.organisation_id
where totals.industry_tie = 'total'
union all
select
    organisation_id, period_id, breakdown, null, null, value, null, false, figure_id, basis
from cells
where indicator_id = 'industries' and organisation_id is not null
