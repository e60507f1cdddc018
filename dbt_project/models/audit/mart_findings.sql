with

evidence as (
    select
        finding_id,
        count(*) as pieces,
        sum(case when evidence = 'claim' then 1 else 0 end) as claims,
        sum(case when evidence = 'reconciliation' then 1 else 0 end) as reconciliations
    from {{ ref('int_finding_evidence') }}
    group by finding_id
),

-- use only evidence about a figure of the left side, because other figures can have another unit
differences as (
    select
        evidence.finding_id,
        max(evidence.difference) as recomputed_difference
    from {{ ref('int_finding_evidence') }} as evidence
    inner join {{ ref('fct_figure_findings') }} as named
        on
            evidence.finding_id = named.finding_id
            and evidence.key = named.figure_id
            and named.side = 'left'
    group by evidence.finding_id
),

-- for each side of a finding, list the document, line and printed text of its figures
sides as (
    select
        named.finding_id,
        named.side,
        {{ list_of("figures.document_id || ':' || cast(figures.line_number as varchar) || ':'
            || figures.printed_text", '; ') }} as printed
    from {{ ref('fct_figure_findings') }} as named
    inner join {{ ref('fct_published_figures') }} as figures on named.figure_id = figures.figure_id
    group by named.finding_id, named.side
)

select
    findings.finding_id,
    findings.kind,
    findings.title_en,
    findings.left_document_id,
    findings.left_line,
    findings.left_figure_ids,
    lefts.printed as left_printed,
    findings.right_document_id,
    findings.right_line,
    findings.right_figure_ids,
    rights.printed as right_printed,
    findings.difference,
    cast(differences.recomputed_difference as decimal(20, 6)) as recomputed_difference,
    findings.explanation,
    findings.certainty,
    cast(evidence.pieces as bigint) as pieces_of_evidence,
    cast(evidence.claims as bigint) as contradicted_claims,
    cast(evidence.reconciliations as bigint) as contradicted_figures,
    loads.basis
from {{ ref('dim_finding') }} as findings
inner join evidence on findings.finding_id = evidence.finding_id
inner join {{ ref('fct_loads') }} as loads
    on findings.left_document_id = loads.document_id and loads.dataset = 'published_cells'
left join differences on findings.finding_id = differences.finding_id
left join sides as lefts on findings.finding_id = lefts.finding_id and lefts.side = 'left'
left join sides as rights on findings.finding_id = rights.finding_id and rights.side = 'right'
