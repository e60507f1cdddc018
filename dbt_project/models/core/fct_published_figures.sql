{# A value in kroner, or in millions or billions of kroner, also has an amount in kroner. #}
select
    cells.figure_id,
    cells.document_id,
    documents.document_role,
    documents.series_id,
    cells.line_number,
    cells.last_line_number,
    cells.occurrence,
    cells.table_id,
    tables.table_role,
    tables.kind as table_kind,
    cells.row_label,
    cells.column_label,
    cells.indicator_id,
    cells.breakdown,
    cells.statistic,
    cells.organisation_id,
    cells.area_id,
    cells.activity_type_id,
    cells.grant_type_id,
    cells.criterion_id,
    cells.funder_id,
    cells.period_id,
    cells.printed_text,
    cells.number_format,
    cells.value,
    cells.printed_decimals,
    cells.unit,
    cells.qualifier,
    cast(cells.value * units.kr_factor as decimal(18, 2)) as amount_kr,
    cells.placement,
    cells.repeats_figure_id,
    cells.note,
    loads.basis,
    cells.source_row_key
from {{ ref('stg_published_cells') }} as cells
inner join {{ ref('dim_document') }} as documents on cells.document_id = documents.document_id
inner join {{ ref('stg_document_tables') }} as tables
    on cells.document_id = tables.document_id and cells.table_id = tables.table_id
inner join {{ ref('stg_units') }} as units on cells.unit = units.unit
inner join {{ ref('stg_loads') }} as loads
    on cells.document_id = loads.document_id and loads.dataset = 'published_cells'
