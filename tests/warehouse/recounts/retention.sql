select
    organisation_id, period_id, years as years_of_participation,
    unless_withheld(count(*), count(*)) as companies,
    unless_withheld(count(*), quotient(
        100 * count(*), sum(count(*)) over (partition by basis, period_id, organisation_id)
    )) as share_percent,
    count(*) in (1, 2) as is_withheld, basis,
    completeness_of(basis, 'participation', period_id, organisation_id) as completeness
from companies
where period_id in (
    select period_id from core.dim_period where number_of_years > 1
)
group by basis, period_id, organisation_id, years
