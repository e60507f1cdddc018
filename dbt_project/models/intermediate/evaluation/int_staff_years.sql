{# Full-time equivalents by funder and period, for the organisation and for the country. #}
select
    staff.basis,
    scopes.period_id,
    scopes.organisation_id,
    staff.staff_funder,
    staff.full_time_equivalents,
    staff.source_row_key
from {{ ref('fct_full_time_equivalents') }} as staff
inner join {{ ref('int_figure_scopes') }} as scopes
    on
        staff.basis = scopes.basis
        and staff.organisation_id = scopes.reporting_organisation_id
        and staff.year = scopes.year
where scopes.figure_group = 'staff'
