with

applications as (
    select * from {{ ref('int_sensitivity_applications') }}
)

select
    call_id,
    basis,
    area_no,
    area_id,
    application_no,
    organisation_id,
    grant_type_id,
    false as is_order_shown
from applications
union all
select
    call_id,
    basis,
    area_no,
    area_id,
    cast(null as bigint) as application_no,
    cast(null as varchar) as organisation_id,
    cast(null as varchar) as grant_type_id,
    bool_or(is_contested) as is_order_shown
from applications
group by call_id, basis, area_no, area_id
union all
select
    call_id,
    basis,
    cast(null as bigint) as area_no,
    cast(null as varchar) as area_id,
    cast(null as bigint) as application_no,
    cast(null as varchar) as organisation_id,
    cast(null as varchar) as grant_type_id,
    bool_or(is_contested) as is_order_shown
from applications
group by call_id, basis
