with expected as (
    select call_id, organisation_id, grant_type_id, basis, indicator_id from promises
    union
    select
        awards.call_id, awards.organisation_id, promises.grant_type_id, awards.basis, indicator_id
    from allocation.mart_awards as awards
    inner join promises
        on
            awards.call_id = promises.call_id
            and awards.grant_type_id in (promises.grant_type_id, 'both')
)

select
    expected.call_id, expected.organisation_id, expected.grant_type_id, expected.indicator_id,
    expected.basis, promises.value as promised_value,
    coalesce(awards.grant_type_id, 'none') as award_grant_type_id, awards.applied_amount_kr,
    awards.recommended_amount_kr,
    -- value * recommended / applied is rounded only once
    cast(
        (2 * whole(promises.value) * whole(awards.recommended_amount_kr)
            + whole(awards.applied_amount_kr)) // (2 * whole(awards.applied_amount_kr))
        as decimal(30, 0)
    ) * 0.000001 as expected_value,
    promises.figure_id
from expected
left join promises using (call_id, organisation_id, grant_type_id, basis, indicator_id)
left join allocation.mart_awards as awards
    on
        expected.call_id = awards.call_id
        and expected.organisation_id = awards.organisation_id
        and expected.basis = awards.basis
        and awards.grant_type_id in (expected.grant_type_id, 'both')
