{# Full-time equivalents by funder, for each period of the evaluation. #}
select
    staff.basis,
    periods.period_id,
    staff.organisation_id,
    staff.staff_funder,
    staff.full_time_equivalents,
    staff.source_row_key
from {{ ref('fct_full_time_equivalents') }} as staff
inner join {{ ref('int_evaluation_periods') }} as periods
    on staff.basis = periods.basis and staff.year = periods.year
