select
    organisation_id, period_id, staff_funder,
    sum(full_time_equivalents) as full_time_equivalents,
    quotient(
        100 * sum(full_time_equivalents),
        sum(sum(full_time_equivalents)) over (partition by basis, period_id, organisation_id)
    ) as share_percent,
    basis
from core.fct_full_time_equivalents
inner join evaluated using (basis, year)
group by basis, period_id, staff_funder, rollup (organisation_id)
