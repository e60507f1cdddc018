{# The tables of the evaluation report, with the name of each row's organisation. #}
select
    figures.figure_id,
    figures.organisation_id,
    organisations.name as organisation_name,
    organisations.short_name as organisation_short_name,
    figures.table_role,
    figures.indicator_id,
    figures.breakdown,
    figures.statistic,
    figures.activity_type_id,
    figures.period_id,
    figures.value,
    figures.unit,
    figures.amount_kr,
    figures.placement,
    figures.printed_decimals,
    figures.note,
    figures.basis
from {{ ref('fct_published_figures') }} as figures
left join {{ ref('dim_organisation') }} as organisations
    on figures.organisation_id = organisations.organisation_id
where figures.document_role = 'evaluation_report' and figures.table_kind = 'table'
