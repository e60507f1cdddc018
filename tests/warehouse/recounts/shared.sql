-- Views and macros that several recounts use. A recount reads only facts, dimensions and these
-- views.

-- a / b is computed in whole numbers and rounded half away from zero
create temp macro whole(a) as cast(cast(a as decimal(22, 6)) * 1000000 as hugeint);
create temp macro ten(places) as cast(power(10, places) as hugeint);
create temp macro quotient(a, b, places := 6) as cast(
    sign(a) * sign(b)
    * ((2 * abs(whole(a)) * ten(places) + abs(whole(b))) // nullif(2 * abs(whole(b)), 0))
    * 1000000 // ten(places) as decimal(30, 0)
) * 0.000001;

-- figures about fewer than three enterprises are withheld
create temp macro unless_withheld(companies, figure) as if(companies in (1, 2), null, figure);

-- the area of a cluster organisation in a year
create temp view areas as
select designations.organisation_id, designations.area_id, years.year
from core.fct_designations as designations
inner join core.dim_call as calls using (call_id)
inner join core.dim_period as periods using (period_id)
inner join (
    select distinct cast(year as integer) as year from reference.evaluation_periods
) as years
    on years.year between periods.first_year and periods.last_year
where designations.outcome in ('designated', 'recommended');

-- for each organisation, year and group of figures: are all datasets reported, and are they due?
create temp view figure_years as
with facts as (
    select basis, dataset, organisation_id, period_id, is_expected, is_reported
    from core.fct_reporting
    where organisation_id <> 'denmark'
    union all
    -- an organisation's companies are reported if the register has all areas of the organisation
    select
        facts.basis, 'companies', facts.organisation_id, facts.period_id,
        bool_or(facts.is_expected),
        any_value(areas.area_ids) is not null
        and list_has_all(any_value(registers.area_ids), any_value(areas.area_ids))
    from core.fct_reporting as facts
    left join (
        select organisation_id, cast(year as varchar) as period_id, list(area_id) as area_ids
        from areas group by all
    ) as areas using (organisation_id, period_id)
    left join (
        select basis, cast(year as varchar) as period_id, list(area_id) as area_ids
        from core.fct_load_areas group by all
    ) as registers using (basis, period_id)
    where facts.dataset in ('activities', 'participants') and facts.organisation_id <> 'denmark'
    group by facts.basis, facts.organisation_id, facts.period_id
)

select
    facts.basis, groups.figure_group, facts.organisation_id, cast(years.year as integer) as year,
    count(distinct facts.dataset) filter (where facts.is_reported)
    = any_value(len(groups.datasets)) as is_in,
    is_in
    or count(distinct facts.dataset) filter (where facts.is_expected)
    in (0, any_value(len(groups.datasets))) as is_due
from facts
inner join (
    select figure_group, list(dataset) as datasets
    from reference.figure_groups group by all
) as groups on list_contains(groups.datasets, facts.dataset)
inner join (select distinct year from reference.evaluation_periods) as years
    on facts.period_id = years.year
group by facts.basis, groups.figure_group, facts.organisation_id, years.year;

create temp view evaluation_years as
select period_id, cast(year as integer) as year from reference.evaluation_periods;

-- for each organisation and period: in how many years of the period it is due, and in how many of
-- these years it has reported
create temp view figure_periods as
with lengths as (
    select period_id, count(*) as years from evaluation_years group by all
),

due as (
    select facts.*, evaluation_years.period_id
    from figure_years as facts
    inner join evaluation_years using (year)
    where facts.is_due
)

select
    due.basis, due.figure_group, due.period_id, due.organisation_id,
    any_value(lengths.years) as years,
    count(*) filter (where due.is_in) as years_in,
    count(*) filter (where due.is_in) = any_value(lengths.years) as is_own,
    count(*) = any_value(lengths.years) as is_due_throughout,
    any_value(everybody.years) = any_value(lengths.years) as each_year_has_reporters,
    bool_and(due.is_in) and any_value(everybody.years) = any_value(lengths.years) as is_country
from due
inner join lengths using (period_id)
inner join (
    select basis, figure_group, period_id, count(distinct year) as years from due group by all
) as everybody using (basis, figure_group, period_id)
group by due.basis, due.figure_group, due.period_id, due.organisation_id;

-- each organisation or country that has figures, with the organisations whose rows count in them
create temp view scopes as
with subjects as (
    select basis, figure_group, period_id, organisation_id as reporting, organisation_id
    from figure_periods where is_own
    union all
    select
        basis, figure_group, period_id, organisation_id,
        if(
            bool_and(is_country) over (partition by basis, figure_group, period_id),
            'denmark', 'reported_so_far'
        )
    from figure_periods
    qualify is_country
)

select subjects.*, facts.year
from subjects
inner join evaluation_years using (period_id)
inner join figure_years as facts
    on
        subjects.basis = facts.basis
        and subjects.figure_group = facts.figure_group
        and subjects.reporting = facts.organisation_id
        and evaluation_years.year = facts.year
where facts.is_in;

-- the number of refused rows in the files behind a figure; each load counts once
create temp view refused as
select basis, figure_group, period_id, organisation_id, sum(rows_refused) as rows_refused
from (
    select distinct
        facts.basis, groups.figure_group, scopes.period_id, scopes.organisation_id,
        facts.load_id, facts.rows_refused
    from core.fct_load_subjects as facts
    inner join reference.figure_groups as groups using (dataset)
    inner join scopes
        on
            facts.basis = scopes.basis
            and groups.figure_group = scopes.figure_group
            and facts.period_id = cast(scopes.year as varchar)
            and facts.organisation_id in (scopes.reporting, 'denmark')
)
group by all;

create temp view rests_on as
select
    scopes.basis, scopes.figure_group, scopes.period_id, scopes.organisation_id,
    if(is_country, count(distinct reporting), 1) as reporters_in,
    if(is_country, any_value(due.reporters), 1) as reporters_due,
    any_value(due.years) as years_in, any_value(due.years) as years_due,
    coalesce(any_value(refused.rows_refused), 0) as rows_refused,
    case
        when is_country and count(distinct reporting) < any_value(due.reporters) then 'partial'
        when any_value(refused.rows_refused) > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from (
    select *, organisation_id in ('denmark', 'reported_so_far') as is_country from scopes
) as scopes
inner join (
    select basis, figure_group, period_id, count(*) as reporters, any_value(years) as years
    from figure_periods group by all
) as due using (basis, figure_group, period_id)
left join refused using (basis, figure_group, period_id, organisation_id)
group by scopes.basis, scopes.figure_group, scopes.period_id, scopes.organisation_id, is_country;

create temp macro completeness_of(of_basis, of_group, of_period, of_organisation) as if(
    of_basis = 'published',
    'printed',
    (
        select completeness from rests_on
        where
            rests_on.basis = of_basis and rests_on.figure_group = of_group
            and rests_on.period_id = of_period and rests_on.organisation_id = of_organisation
    )
);

create temp macro in_denmark(organisation) as coalesce(organisation, 'denmark');

create temp view activities as
select scopes.figure_group, scopes.period_id, scopes.organisation_id, scopes.reporting,
    facts.* exclude (organisation_id)
from core.fct_activities as facts
inner join scopes
    on
        facts.basis = scopes.basis
        and facts.organisation_id = scopes.reporting
        and facts.year = scopes.year
where facts.cluster_grant_funded;

create temp view participations as
select
    activities.period_id, activities.organisation_id, activities.reporting,
    facts.* exclude (organisation_id)
from core.fct_participants as facts
inner join activities
    on
        facts.basis = activities.basis
        and facts.year = activities.year
        and facts.organisation_id = activities.reporting
        and facts.activity_id = activities.activity_id
where activities.figure_group = 'participation';

-- each Danish company with the traits of its last participation, by organisation and for the
-- country
create temp view companies as
select
    basis, period_id, organisation_id, participant_id,
    count(distinct year) as years,
    arg_max(coalesce(legal_form, 'not_stated'), last) as legal_form,
    arg_max(size_band, last) as size_band,
    arg_max(coalesce(startup, false), last) as startup,
    arg_max(coalesce(industry_code, ''), last) as industry_code,
    arg_max(coalesce(industry_code_version, ''), last) as industry_code_version
from (
    select
        *,
        row_number() over (order by year, source_row_key desc) as last
    from participations
    where participant_type = 'company' and country = 'DK'
)
group by basis, period_id, organisation_id, participant_id;

create temp view area_companies as
select
    facts.basis, areas.organisation_id, facts.year, cast(facts.year as varchar) as period_id,
    facts.company_id, facts.employees, facts.exports, facts.turnover_kr,
    facts.industry_code, facts.industry_code_version, facts.industry_role,
    quotient(facts.turnover_kr, facts.employees) as turnover_per_employee_kr,
    (facts.basis, facts.year, areas.organisation_id, facts.company_id) in (
        select (basis, year, organisation_id, participant_id) from participations
        where participant_type = 'company' and country = 'DK'
    ) as participates
from core.fct_company_population as facts
inner join areas on facts.area_id = areas.area_id and facts.year = areas.year
inner join scopes
    on
        facts.basis = scopes.basis
        and cast(facts.year as varchar) = scopes.period_id
        and areas.organisation_id = scopes.organisation_id
where scopes.figure_group = 'coverage';

-- companies whose industry is known. Each company has a row for the total. If the areas are known,
-- it has another row for the tie of its industry to the organisation's area
create temp view industries as
with known as (
    select *, left(industry_code, 2) as industry_division
    from companies
    where industry_code <> ''
),

ties as (
    select
        facts.basis, areas.organisation_id, evaluation_years.period_id, industry_code,
        industry_code_version,
        if(bool_or(industry_role = 'core'), 'core_industry', 'supporting_industry') as tie
    from core.fct_company_population as facts
    inner join areas using (area_id, year)
    inner join evaluation_years using (year)
    group by all
)

select *, 'total' as industry_tie from known
union all
select known.*, coalesce(ties.tie, 'not_tied')
from known
left join ties using (basis, organisation_id, period_id, industry_code, industry_code_version)
where (known.basis, known.organisation_id, known.period_id) in (
    select (basis, organisation_id, period_id) from ties
);

-- the cells of the report on the clusters that existed from 2021 on
create temp view cells as
select figures.* from core.fct_published_figures as figures
where figures.document_role = 'evaluation_report';

-- the mean of the assessors' scores for each criterion that has a weight, rounded as the call says
create temp view criterion_means as
select
    facts.basis, facts.call_id, facts.organisation_id, facts.grant_type_id, facts.criterion_id,
    any_value(criteria.code) as code,
    sum(facts.score) as points, count(*) as assessors,
    any_value(criteria.weight_numerator) as weight,
    any_value(criteria.weight_denominator) as weights,
    quotient(
        sum(facts.score), count(*), places := cast(any_value(decimals.value) as integer)
    ) as score
from core.fct_criterion_scores as facts
inner join core.dim_criterion as criteria using (call_id, grant_type_id, criterion_id)
inner join core.dim_call_parameter as decimals
    on facts.call_id = decimals.call_id and decimals.parameter = 'criterion_decimals'
where criteria.weight_numerator is not null
group by all;

-- each application with its weighted score; the score is known if all criteria with a weight have
-- scores
create temp view scores as
with expected as (
    select call_id, grant_type_id, count(weight_numerator) as criteria
    from core.dim_criterion
    group by all
),

weighted as (
    select
        basis, call_id, organisation_id, grant_type_id, count(*) as criteria_scored,
        sum(weight * score) as points, any_value(weights) as weights, min(score) as lowest
    from criterion_means
    group by all
)

select
    facts.basis, facts.call_id, facts.area_id, facts.organisation_id, facts.grant_type_id,
    facts.applied_amount_kr, coalesce(weighted.criteria_scored, 0) as criteria_scored,
    coalesce(expected.criteria, 0) as criteria_expected,
    weighted.lowest as lowest_criterion_score,
    case
        when weighted.criteria_scored is null then facts.score
        when weighted.criteria_scored = expected.criteria then quotient(
            weighted.points, weighted.weights, places := cast(decimals.value as integer)
        )
    end as score,
    facts.source_row_key
from core.fct_applications as facts
left join expected using (call_id, grant_type_id)
left join weighted using (basis, call_id, organisation_id, grant_type_id)
left join core.dim_call_parameter as decimals
    on facts.call_id = decimals.call_id and decimals.parameter = 'score_decimals'
where facts.grant_type_id <> 'both';

-- the promise of each application: the printed promise, or the target for the same year in the
-- first report. A cumulative target is preferred to a yearly target.
create temp view promises as
select call_id, organisation_id, grant_type_id, indicator_id, value, basis, figure_id
from core.fct_indicator_results
where call_id <> 'not_stated' and organisation_id <> 'denmark'
union all
select
    targets.call_id, facts.organisation_id, targets.grant_type_id, facts.indicator_id,
    arg_min(facts.value, (facts.reported_year, facts.accumulation, facts.source_row_key)),
    facts.basis, null
from core.fct_indicator_results as facts
inner join (
    select distinct call_id, grant_type_id, indicator_id, year
    from core.fct_indicator_results
    where call_id <> 'not_stated'
) as targets using (indicator_id, year)
where facts.call_id = 'not_stated' and facts.result_kind = 'target'
group by all;

-- the periods that the star counts: a printed period until all its years are reported, then its
-- years
create temp view star_periods as
with printed as (
    select distinct 'funding' as figure_group, period_id
    from core.fct_funding_sources
    where
        series_id = 'activity_statistics_from_2021' and amount_kind = 'consumed'
        and basis = 'published'
    union
    select 'activities', period_id
    from cells
    where table_role = 'organisation_shares' and indicator_id = 'activities' and statistic = 'level'
),

years as (
    select
        basis, figure_group, cast(period_id as integer) as year,
        organisation_id = 'denmark' as is_whole, completeness
    from rests_on
    where organisation_id in ('denmark', 'reported_so_far') and years_due = 1
),

standing as (
    select printed.figure_group, printed.period_id, first_year, last_year
    from printed
    inner join core.dim_period as periods using (period_id)
    left join years
        on
            years.figure_group = printed.figure_group
            and years.basis = 'reported' and years.is_whole
            and years.year between first_year and last_year
    group by all
    having count(years.year) < last_year - first_year + 1
)

select
    figure_group, period_id as source_period_id, period_id, 'published' as basis,
    'printed' as completeness
from standing
union all
select
    figure_group, cast(year as varchar), year || if(is_whole, '', '_so_far'), basis, completeness
from years
where
    not exists (
        from standing
        where
            standing.figure_group = years.figure_group
            and years.year between standing.first_year and standing.last_year
    )
    and (
        basis = 'reported'
        or figure_group not in (
            select figure_group from printed
            union all
            select figure_group from years where basis = 'reported'
        )
    );

-- the applications, with the decisions on them
create temp view decided_applications as
select
    facts.basis, facts.call_id, facts.organisation_id, facts.grant_type_id, facts.area_id,
    facts.applied_amount_kr, decisions.outcome, decisions.recommended_amount_kr
from core.fct_applications as facts
left join core.fct_decisions as decisions using (basis, call_id, organisation_id, grant_type_id)
where facts.row_kind = 'leaf';

-- the applications that count in the star. Reported applications count if they cover the printed
-- ones
create temp view star_applications as
with covered as (
    select
        call_id,
        bool_or(basis = 'published') as is_printed,
        bool_or(basis = 'reported') as is_reported,
        list(distinct organisation_id) filter (basis = 'published') as printed,
        list(distinct organisation_id) filter (basis = 'reported') as reported,
        list(distinct organisation_id) filter (basis = 'published' and outcome is not null)
            as printed_decisions,
        list(distinct organisation_id) filter (basis = 'reported' and outcome is not null)
            as reported_decisions
    from decided_applications
    group by call_id
),

bases as (
    select
        call_id,
        case
            when is_reported
            and list_has_all(coalesce(reported, []), coalesce(printed, []))
            and list_has_all(coalesce(reported_decisions, []), coalesce(printed_decisions, []))
                then 'reported'
            when is_printed then 'published'
            when not bool_or(is_printed or is_reported) over () then 'sample'
        end as basis
    from covered
),

files as (
    select
        period_id as call_id, basis, list(is_reported) as reported,
        sum(rows_refused) as rows_refused
    from core.fct_reporting
    where dataset in ('applications', 'decisions')
    group by all
)

select
    decided.*, calls.period_id,
    case
        when basis = 'published' then 'printed'
        when list_contains(files.reported, false) then 'partial'
        when files.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from decided_applications as decided
inner join bases using (call_id, basis)
inner join core.dim_call as calls using (call_id)
left join files using (call_id, basis);
