select
    expected.call_id,
    figures.organisation_id,
    expected.grant_type_id,
    expected.indicator_id,
    expected.target_year as year,
    'target' as result_kind,
    -- the print gives one number and does not say whether earlier years count in it
    'not_stated' as accumulation,
    figures.value,
    figures.unit,
    figures.qualifier,
    figures.figure_id,
    figures.basis,
    figures.source_row_key
from {{ ref('stg_expected_results') }} as expected
inner join {{ ref('int_published_figures') }} as figures
    on expected.document_id || '#' || expected.cell_id = figures.figure_id
