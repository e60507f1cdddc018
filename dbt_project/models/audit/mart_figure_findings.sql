select
    named.figure_id,
    named.finding_id,
    named.side,
    figures.document_id,
    figures.line_number,
    figures.table_id,
    figures.printed_text,
    figures.value as printed_value,
    figures.unit,
    findings.kind,
    findings.title_en,
    findings.explanation,
    findings.certainty,
    figures.basis
from {{ ref('fct_figure_findings') }} as named
inner join {{ ref('fct_published_figures') }} as figures on named.figure_id = figures.figure_id
inner join {{ ref('dim_finding') }} as findings on named.finding_id = findings.finding_id
