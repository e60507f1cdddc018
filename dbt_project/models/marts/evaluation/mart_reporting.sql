select
    reporting.figure_group,
    groups.label_da as figure_group_label_da,
    groups.label_en as figure_group_label_en,
    reporting.period_id,
    {{ period_kind('reporting.period_id') }} as period_kind,
    reporting.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('reporting.organisation_id') }} as row_kind,
    gaps.missing_da,
    gaps.missing_en,
    cast(refusals.refused_amount_kr as decimal(18, 2)) as refused_amount_kr,
    reporting.basis,
    cast(reporting.reporters_in as integer) as reporters_in,
    cast(reporting.reporters_due as integer) as reporters_due,
    cast(reporting.years_in as integer) as years_in,
    cast(reporting.years_due as integer) as years_due,
    cast(coalesce(refusals.rows_refused, 0) as bigint) as rows_refused,
    case
        when not reporting.is_complete then 'partial'
        when refusals.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from {{ ref('int_reporting_rows') }} as reporting
inner join {{ ref('dim_reporting_term') }} as groups
    on reporting.figure_group = groups.term and groups.kind = 'figure_group'
left join {{ ref('int_reporting_gaps') }} as gaps
    on
        reporting.basis = gaps.basis
        and reporting.figure_group = gaps.figure_group
        and reporting.period_id = gaps.period_id
        and reporting.organisation_id = gaps.organisation_id
left join {{ ref('int_reporting_refusals') }} as refusals
    on
        reporting.basis = refusals.basis
        and reporting.figure_group = refusals.figure_group
        and reporting.period_id = refusals.period_id
        and reporting.organisation_id = refusals.organisation_id
left join {{ ref('dim_organisation') }} as organisations
    on reporting.organisation_id = organisations.organisation_id
