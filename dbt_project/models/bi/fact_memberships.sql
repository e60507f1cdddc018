with

periods as (
    select * from {{ ref('int_preferred_periods') }}
    where figure_group = 'memberships'
),

cells as (
    select
        memberships.organisation_id,
        periods.period_id,
        periods.date_id,
        periods.basis,
        periods.completeness,
        memberships.member_type,
        case when memberships.country = 'DK' then 'denmark' else 'abroad' end as home,
        count(*) as membership_years,
        sum(memberships.dues_kr) as dues_kr
    from {{ ref('fct_memberships') }} as memberships
    inner join {{ ref('int_figure_scopes') }} as scopes
        on
            memberships.basis = scopes.basis
            and memberships.organisation_id = scopes.organisation_id
            and memberships.year = scopes.year
            and scopes.period_id = cast(memberships.year as varchar)
    inner join periods
        on scopes.basis = periods.basis and scopes.period_id = periods.source_period_id
    where scopes.figure_group = 'memberships'
    group by
        memberships.organisation_id, periods.period_id, periods.date_id, periods.basis,
        periods.completeness, memberships.member_type, memberships.country = 'DK'
),

shown as (
    select
        *,
        case when {{ is_withheld('membership_years') }} then 'not_shown' else member_type end
            as member_type_id,
        case when {{ is_withheld('membership_years') }} then 'not_shown' else home end as home_id
    from cells
)

select
    organisation_id,
    period_id,
    date_id,
    member_type_id,
    home_id,
    basis as basis_id,
    completeness as completeness_id,
    cast(sum(membership_years) as bigint) as membership_years,
    -- the dues of one or two members are withheld
    cast(
        case when not {{ is_withheld('sum(membership_years)') }} then sum(dues_kr) end
        as decimal(18, 2)
    ) as dues_kr
from shown
group by
    organisation_id, period_id, date_id, member_type_id, home_id, basis, completeness
