-- the columns in words, missing_da and missing_en, are not recounted: a unit test checks them
with words as (
    select kind, term, label_da, label_en from core.dim_reporting_term
),

begun as (
    select distinct facts.basis, groups.figure_group, years.period_id
    from core.fct_reporting as facts
    inner join reference.figure_groups as groups using (dataset)
    inner join evaluation_years as years on facts.period_id = cast(years.year as varchar)
    where
        facts.status not in ('not_due', 'no_due_date') and facts.organisation_id <> 'denmark'
),

refused_rows as (
    select
        basis, figure_group, period_id, organisation_id, sum(rows_refused) as rows_refused,
        sum(refused_amount_kr) as refused_amount_kr
    from (
        select distinct
            due.basis, due.figure_group, due.period_id,
            unnest([due.organisation_id, due.country_id]) as organisation_id,
            facts.load_id, facts.rows_refused, facts.refused_amount_kr
        from (
            select
                *,
                if(
                    bool_and(is_country) over (partition by basis, figure_group, period_id),
                    'denmark', 'reported_so_far'
                ) as country_id
            from figure_periods
        ) as due
        inner join reference.figure_groups as groups using (figure_group)
        inner join evaluation_years as years using (period_id)
        inner join core.fct_load_subjects as facts
            on
                due.basis = facts.basis
                and groups.dataset = facts.dataset
                and cast(years.year as varchar) = facts.period_id
                and facts.organisation_id in (due.organisation_id, 'denmark')
        where facts.rows_refused > 0
    )
    group by all
),

counted as (
    select
        basis, figure_group, period_id, organisation_id, if(is_own, 1, 0) as reporters_in,
        1 as reporters_due, years_in, years as years_due
    from figure_periods
    where is_due_throughout
    union all
    select
        basis, figure_group, period_id,
        if(bool_and(is_country), 'denmark', 'reported_so_far'),
        count(*) filter (where is_country), count(*),
        if(bool_or(is_country), any_value(years), 0), any_value(years)
    from figure_periods
    where each_year_has_reporters
    group by basis, figure_group, period_id
)

select
    counted.figure_group, counted.period_id, counted.organisation_id,
    words.label_da as figure_group_label_da, words.label_en as figure_group_label_en,
    refused_rows.refused_amount_kr, counted.basis, counted.reporters_in, counted.reporters_due,
    counted.years_in, counted.years_due,
    coalesce(refused_rows.rows_refused, 0) as rows_refused,
    case
        when counted.reporters_in < counted.reporters_due then 'partial'
        when refused_rows.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from counted
inner join begun using (basis, figure_group, period_id)
inner join words on counted.figure_group = words.term and words.kind = 'figure_group'
left join refused_rows using (basis, figure_group, period_id, organisation_id)
