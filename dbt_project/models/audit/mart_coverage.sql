with

subjects as (
    select * from {{ ref('int_coverage_subjects') }}
),

shown as (
    select
        subjects.subject_id,
        mart_rows.*
    from {{ ref('int_mart_rows') }} as mart_rows
    inner join subjects on mart_rows.table_name = subjects.table_name
),

due as (
    select * from {{ ref('int_coverage_due') }}
),

-- if everybody has reported and the mart is empty, nothing is missing
absent as (
    select * from due
    where not is_whole
),

charts as (
    select
        subject_id,
        chart_period_id as period_id,
        'published' as basis,
        document_id,
        table_id,
        line_number
    from subjects
    where chart_period_id is not null
),

keys as (
    {% for rows in ('shown', 'absent', 'charts') %}
        select
            subject_id,
            period_id,
            basis
        from {{ rows }}
        {% if not loop.last %}
            union
        {% endif %}
    {% endfor %}
),

side_by_side as (
    select
        keys.*,
        subjects.label_da,
        subjects.label_en,
        subjects.table_name,
        charts.document_id,
        charts.table_id,
        charts.line_number,
        coalesce(shown.mart_rows, 0) as mart_rows,
        coalesce(shown.withheld_rows, 0) as withheld_rows,
        due.reporters_in,
        due.reporters_due,
        case
            when charts.subject_id is not null then 'printed_as_picture'
            when shown.mart_rows is null then 'missing'
            when shown.mart_rows = shown.withheld_rows then 'withheld'
            when keys.basis = 'published' then 'printed'
            else 'reported'
        end as status
    from keys
    inner join subjects on keys.subject_id = subjects.subject_id
    left join shown
        on
            keys.subject_id = shown.subject_id
            and keys.period_id = shown.period_id
            and keys.basis = shown.basis
    left join due
        on
            keys.subject_id = due.subject_id
            and keys.period_id = due.period_id
            and keys.basis = due.basis
    left join charts
        on
            keys.subject_id = charts.subject_id
            and keys.period_id = charts.period_id
            and keys.basis = charts.basis
)

select
    side_by_side.subject_id,
    side_by_side.label_da as subject_label_da,
    side_by_side.label_en as subject_label_en,
    side_by_side.table_name,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.basis,
    side_by_side.status,
    {{ coverage_sentence('sentences.label_da') }} as sentence_da,
    {{ coverage_sentence('sentences.label_en') }} as sentence_en,
    cast(side_by_side.mart_rows as bigint) as mart_rows,
    cast(side_by_side.withheld_rows as bigint) as withheld_rows,
    side_by_side.reporters_in,
    side_by_side.reporters_due,
    side_by_side.document_id,
    side_by_side.table_id,
    side_by_side.line_number
from side_by_side
inner join {{ ref('dim_reporting_term') }} as sentences
    on
        sentences.kind = 'coverage'
        and sentences.term = case
            when side_by_side.status = 'missing' and side_by_side.reporters_due is null
                then 'missing_for_call'
            when side_by_side.status <> 'reported' then side_by_side.status
            when side_by_side.basis = 'sample' then 'sample'
            when side_by_side.reporters_due is null then 'reported_for_call'
            else 'reported'
        end
