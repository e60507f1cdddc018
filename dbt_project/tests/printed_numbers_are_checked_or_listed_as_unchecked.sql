{# Returns printed numbers that no rule or claim uses, unless unchecked_families lists them. #}
with

looked_at as (
    select figure_id from {{ ref('int_reconciliation_terms') }}
    union
    select operand_figure_id as figure_id from {{ ref('int_reconciliation_terms') }}
    union
    select figure_id from {{ ref('stg_claim_terms') }} where figure_id is not null
    union
    select figure_id from {{ ref('int_unchecked_figures') }}
)

select
    figures.figure_id,
    figures.document_id,
    figures.line_number,
    figures.printed_text
from {{ ref('fct_published_figures') }} as figures
left join looked_at on figures.figure_id = looked_at.figure_id
where
    figures.value is not null
    and figures.repeats_figure_id is null
    and looked_at.figure_id is null
