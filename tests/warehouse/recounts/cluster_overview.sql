-- an organisation's share is its stated quantity divided by the whole quantity of the programme
with counts as (
    select facts.basis, scopes.period_id, scopes.organisation_id, 'members' as indicator_id,
        count(distinct member_id) as quantity
    from core.fct_memberships as facts
    inner join scopes
        on
            facts.basis = scopes.basis
            and facts.organisation_id = scopes.reporting
            and facts.year = scopes.year
    where scopes.figure_group = 'memberships'
    group by facts.basis, scopes.period_id, scopes.organisation_id
    union all
    select basis, period_id, organisation_id, 'participants', count(distinct participant_id)
    from participations
    group by basis, period_id, organisation_id
    union all
    select basis, period_id, organisation_id, 'activities', count(*)
    from activities
    where figure_group = 'activities'
    group by basis, period_id, organisation_id
),

funding as (
    select
        facts.basis, scopes.period_id, scopes.organisation_id, facts.amount_kr,
        facts.funding_source = 'cluster_grant' as is_grant,
        facts.funding_source = 'cluster_grant' or facts.validated = 'validated' as is_stated
    from core.fct_funding_sources as facts
    inner join scopes
        on
            facts.basis = scopes.basis
            and facts.organisation_id = scopes.reporting
            and facts.period_id = cast(scopes.year as varchar)
    where
        scopes.figure_group = 'funding'
        and facts.amount_kind = 'consumed'
        and facts.price_basis = 'current'
        and facts.in_kind = 'excluded'
        and facts.gross_or_net = if(facts.funding_source = 'cluster_grant', 'gross', 'net')
),

quantities as (
    select basis, period_id, organisation_id, indicator_id, 'total' as breakdown,
        quantity as stated, quantity as whole, 'number' as unit
    from counts
    union all
    select
        basis, period_id, organisation_id,
        if(is_grant, 'consumed_funding', 'other_income'), if(is_grant, 'cluster_grant', 'total'),
        quotient(coalesce(sum(amount_kr) filter (where is_stated), 0), 1000000),
        quotient(sum(amount_kr), 1000000), 'mio_kr'
    from funding
    group by basis, period_id, is_grant, organisation_id
)

select
    own.organisation_id, own.period_id, own.indicator_id, own.breakdown,
    quotient(100 * own.stated, programme.whole) as share_percent,
    programme.stated as national_total, own.unit as national_unit,
    quotient(own.stated, 1, places := 1) as implied_value, null as figure_id, own.basis,
    completeness_of(
        own.basis,
        case own.indicator_id
            when 'members' then 'memberships'
            when 'participants' then 'participation'
            when 'activities' then 'activities'
            else 'funding'
        end,
        own.period_id,
        if(programme.organisation_id is null, 'reported_so_far', 'denmark')
    ) as completeness
from quantities as own
left join quantities as programme
    on
        own.basis = programme.basis
        and own.period_id = programme.period_id
        and own.indicator_id = programme.indicator_id
        and programme.organisation_id = 'denmark'
where own.organisation_id not in ('denmark', 'reported_so_far')
union all
select
    own.organisation_id, own.period_id, own.indicator_id, own.breakdown,
    own.value, programme.value, programme.unit,
    quotient(own.value * programme.value, 100, places := 1), own.figure_id, own.basis, 'printed'
from cells as own
inner join cells as programme using (table_id, period_id, indicator_id, breakdown)
where
    own.table_id = 'table_2' and own.organisation_id is not null
    and programme.organisation_id is null
