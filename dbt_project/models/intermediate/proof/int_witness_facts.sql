{# Lists every printed fact that a witness must obey, and says whether the witness obeys it. #}
with

facts as (
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        grant_type_id,
        fact,
        lowest,
        highest,
        value,
        figure_ids
    from {{ ref('int_witness_figures') }}
    union all
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        grant_type_id,
        fact,
        lowest,
        highest,
        value,
        figure_ids
    from {{ ref('int_witness_pots') }}
    union all
    select
        witness_id,
        call_id,
        scenario_id,
        organisation_id,
        grant_type_id,
        fact,
        lowest,
        highest,
        value,
        cast(null as varchar) as figure_ids
    from {{ ref('int_witness_conduct') }}
)

-- the interval excludes its upper end, because a value there would round to the next number
select
    *,
    coalesce(value = lowest or value > lowest and coalesce(value < highest, true), false) as holds
from facts
