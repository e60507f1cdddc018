{# Terms of tables 2 and 7 of the DFiR report: money and shares. #}
with

figures as (
    select * from {{ ref('int_figure_intervals') }}
    where document_role = 'evaluation_report' and table_kind = 'table'
),

consumed as (
    select * from figures
    where table_role = 'consumed_funding' and indicator_id = 'consumed_funding'
),

overview as (
    select * from figures where table_role = 'organisation_shares'
),

national as (
    select
        totals.figure_id as target,
        parts.figure_id as operand
    from consumed as totals
    inner join consumed as parts
        on totals.breakdown = parts.breakdown and parts.organisation_id is not null
    where totals.organisation_id is null
),

-- join an organisation's share in table 2 to the amounts in table 7 that give the share
shares as (
    select
        shares.figure_id as target,
        case shares.indicator_id
            when 'consumed_funding' then 'share_of_cluster_grant' else 'share_of_other_income'
        end as rule_id,
        amounts.figure_id as operand,
        case
            when amounts.organisation_id is null then 'denominator' else 'numerator'
        end as side
    from overview as shares
    inner join consumed as amounts
        on
            (shares.indicator_id = 'consumed_funding') = (amounts.breakdown = 'cluster_grant')
            and coalesce(amounts.organisation_id, shares.organisation_id) = shares.organisation_id
    where
        shares.statistic = 'share'
        and shares.indicator_id in ('consumed_funding', 'other_income')
),

-- the shares of separate parts add up to 100, so the largest share is 100 minus the other shares
whole_columns as (
    select
        *,
        row_number() over (
            partition by indicator_id
            order by value desc nulls last, figure_id asc nulls last
        ) as place
    from overview
    where
        statistic = 'share'
        and indicator_id in ('consumed_funding', 'other_income', 'activities')
)

select {{ rule_terms("'sum_over_organisations'", "target", "'numerator'", "operand") }}
from national
union all
select
    {{ rule_terms("'sum_of_sources'", "overview.figure_id", "'numerator'", "consumed.figure_id") }}
from overview
inner join consumed on consumed.organisation_id is null and consumed.breakdown <> 'cluster_grant'
where overview.indicator_id = 'other_income' and overview.organisation_id is null
union all
select {{ rule_terms("rule_id", "target", "side", "operand") }}
from shares
union all
select
    {{ rule_terms("'shares_add_up'", "firsts.figure_id", "'numerator'", "others.figure_id", -1) }}
from whole_columns as firsts
inner join whole_columns as others
    on firsts.indicator_id = others.indicator_id and others.place > 1
where firsts.place = 1
