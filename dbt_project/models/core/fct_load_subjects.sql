with

subjects as (
    select * from {{ ref('stg_load_subjects') }}
),

-- add up the rows of a reporter's full file and of its partial corrections
slots as (
    select
        basis,
        dataset,
        period_id,
        reporter_id,
        sum(row_count) as rows_in_all
    from subjects
    group by basis, dataset, period_id, reporter_id
),

loads as (
    select * from {{ ref('stg_ledger') }}
),

counted as (
    select
        subjects.*,
        loads.received_on,
        loads.state = 'erased' as is_erased,
        loads.refused_amount_kr,
        -- each row that a partial correction adds replaces one refused row
        case
            when loads.partial then loads.rows_rejected
            else greatest(
                loads.rows_rejected - greatest(slots.rows_in_all - loads.rows_loaded, 0), 0
            )
        end as rows_refused
    from subjects
    inner join loads on subjects.load_id = loads.load_id
    inner join slots
        on
            subjects.basis = slots.basis
            and subjects.dataset = slots.dataset
            and subjects.period_id = slots.period_id
            and subjects.reporter_id = slots.reporter_id
)

select
    load_id,
    basis,
    dataset,
    period_id,
    reporter_id,
    organisation_id,
    received_on,
    is_erased,
    row_count as rows_loaded,
    cast(rows_refused as bigint) as rows_refused,
    case when rows_refused > 0 then refused_amount_kr end as refused_amount_kr
from counted
