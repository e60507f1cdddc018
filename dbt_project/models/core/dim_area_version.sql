with

-- an area has one name and one class in a call; each applicant in the area repeats these in its row
named as (
    select
        area_id,
        call_id,
        name_da,
        class,
        designated_by,
        document_id,
        line_number,
        row_number() over (
            partition by area_id, call_id
            order by line_number nulls last, organisation_id nulls first
        ) as place
    from {{ ref('stg_area_designations') }}
)

select
    named.area_id,
    named.call_id,
    calls.period_id,
    named.name_da,
    named.class,
    named.designated_by,
    named.document_id,
    named.line_number,
    named.document_id || '#' || cast(named.line_number as varchar) as source_row_key
from named
inner join {{ ref('stg_calls') }} as calls on named.call_id = calls.call_id
where named.place = 1
