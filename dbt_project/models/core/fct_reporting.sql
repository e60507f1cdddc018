with

subjects as (
    select * from {{ ref('fct_load_subjects') }}
),

named as (
    select
        basis,
        dataset,
        period_id,
        reporter_id,
        organisation_id,
        due_on,
        is_due,
        true as is_expected
    from {{ ref('stg_expected_submissions') }}
    union all
    select distinct
        basis,
        dataset,
        period_id,
        reporter_id,
        organisation_id,
        cast(null as date) as due_on,
        false as is_due,
        false as is_expected
    from subjects
),

marked as (
    select
        *,
        max(case when is_expected then 1 else 0 end)
            over (partition by basis, dataset, period_id, organisation_id) as somebody_is_expected
    from named
),

-- a load can report on an organisation that another reporter is expected to report on
counted as (
    select
        basis,
        dataset,
        period_id,
        organisation_id,
        {{ list_of('load_id') }} as load_ids,
        min(received_on) as received_on,
        sum(rows_loaded) as rows_loaded,
        sum(rows_refused) as rows_refused,
        sum(refused_amount_kr) as refused_amount_kr,
        max(case when is_erased then 1 else 0 end) as has_erased
    from subjects
    group by basis, dataset, period_id, organisation_id
),

slots as (
    select
        basis,
        dataset,
        period as period_id,
        reporter as reporter_id,
        min(case when state in ('loaded', 'erased') then received_on end) as received_on,
        -- min() returns the alphabetically first state: held, set_aside, waiting or withdrawn
        min({{ standing_of_load() }}) as standing,
        {{ list_of('case when ' ~ standing_of_load() ~ ' is not null then load_id end') }}
            as load_ids
    from {{ ref('stg_ledger') }}
    group by basis, dataset, period, reporter
),

side_by_side as (
    select
        marked.*,
        coalesce(counted.load_ids, slots.load_ids) as load_ids,
        coalesce(counted.rows_loaded, 0) as rows_loaded,
        coalesce(counted.rows_refused, 0) as rows_refused,
        counted.refused_amount_kr,
        case
            when counted.has_erased = 1 then 'erased'
            when counted.rows_loaded = 0 and counted.rows_refused > 0 then 'refused'
            when counted.rows_refused > 0 then 'refused_in_part'
            when counted.load_ids is null and slots.standing is not null then slots.standing
            when counted.load_ids is null and marked.is_due then 'missing'
            when counted.load_ids is null and marked.due_on is null then 'no_due_date'
            when counted.load_ids is null then 'not_due'
            when coalesce(slots.received_on, counted.received_on) > marked.due_on then 'late'
            else 'in'
        end as status
    from marked
    left join counted
        on
            marked.basis = counted.basis
            and marked.dataset = counted.dataset
            and marked.period_id = counted.period_id
            and marked.organisation_id = counted.organisation_id
    left join slots
        on
            marked.basis = slots.basis
            and marked.dataset = slots.dataset
            and marked.period_id = slots.period_id
            and marked.reporter_id = slots.reporter_id
    where marked.is_expected or marked.somebody_is_expected = 0
)

select
    basis,
    dataset,
    period_id,
    reporter_id,
    organisation_id,
    is_expected,
    due_on,
    is_due,
    status,
    status in ('in', 'late', 'refused_in_part') as is_reported,
    load_ids,
    cast(rows_loaded as bigint) as rows_loaded,
    cast(rows_refused as bigint) as rows_refused,
    cast(refused_amount_kr as decimal(18, 2)) as refused_amount_kr
from side_by_side
