with divisions as (
    select
        basis, period_id, organisation_id, industry_tie, industry_division,
        industry_code_version, count(*) as companies
    from industries
    group by all
),

ranked as (
    select
        *,
        row_number() over best as industry_rank,
        sum(companies) over best as so_far,
        sum(companies) over (partition by basis, period_id, organisation_id, industry_tie) as whole
    from divisions
    window best as (
        partition by basis, period_id, organisation_id, industry_tie
        order by companies desc, industry_division, industry_code_version
        rows unbounded preceding
    )
)

select
    organisation_id, period_id, industry_tie, industry_rank, industry_division,
    industry_code_version, unless_withheld(companies, companies) as companies,
    unless_withheld(companies, quotient(100 * companies, whole)) as share_percent,
    unless_withheld(companies, quotient(100 * so_far, whole)) as cumulative_percent,
    so_far - companies <= 0.5 * whole as makes_up_half,
    companies in (1, 2) as is_withheld, null as figure_id, basis
from ranked
union all
select
    cells.organisation_id, cells.period_id, 'not_tied',
    cast(regexp_extract(cells.breakdown, '\d+$') as integer),
    spellings.industry_division, spellings.industry_code_version, null, null, null, true, false,
    cells.figure_id, cells.basis
from cells
inner join reference.industry_spellings as spellings using (printed_text)
where cells.table_id = 'table_5' and cells.indicator_id = 'outside_industry'
