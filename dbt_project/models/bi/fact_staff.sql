select
    staff.organisation_id,
    periods.period_id,
    periods.date_id,
    staff.staff_funder as staff_funder_id,
    periods.basis as basis_id,
    periods.completeness as completeness_id,
    cast(sum(staff.full_time_equivalents) as decimal(18, 2)) as full_time_equivalents
from {{ ref('int_staff_years') }} as staff
inner join {{ ref('int_preferred_periods') }} as periods
    on staff.basis = periods.basis and staff.period_id = periods.source_period_id
where
    periods.figure_group = 'staff'
    -- the country's rows contain the same people again
    and staff.organisation_id not in ('denmark', 'reported_so_far')
group by
    staff.organisation_id, periods.period_id, periods.date_id, staff.staff_funder,
    periods.basis, periods.completeness
