with classified as (
    unpivot (
        select
            basis, period_id, organisation_id, participant_id, legal_form,
            cast(size_band as varchar) as size_band,
            if(startup, 'startup', 'established') as startup
        from companies
    )
    on legal_form, size_band, startup
    into name characteristic value category
)

select
    organisation_id, period_id, characteristic, category,
    unless_withheld(count(*), count(*)) as companies,
    unless_withheld(count(*), quotient(
        100 * count(*),
        sum(count(*)) over (partition by basis, period_id, organisation_id, characteristic)
    )) as share_percent,
    count(*) in (1, 2) as is_withheld, basis,
    completeness_of(basis, 'participation', period_id, organisation_id) as completeness
from classified
group by basis, period_id, organisation_id, characteristic, category
