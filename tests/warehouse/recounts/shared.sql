-- What several recounts share. Each recount reads facts, dimensions and these only.

-- a / b in whole numbers, rounded half away from zero
create temp macro whole(a) as cast(cast(a as decimal(22, 6)) * 1000000 as hugeint);
create temp macro ten(places) as cast(power(10, places) as hugeint);
create temp macro quotient(a, b, places := 6) as cast(
    sign(a) * sign(b)
    * ((2 * abs(whole(a)) * ten(places) + abs(whole(b))) // nullif(2 * abs(whole(b)), 0))
    * 1000000 // ten(places) as decimal(30, 0)
) * 0.000001;

-- fewer enterprises than three are withheld
create temp macro unless_withheld(companies, figure) as if(companies in (1, 2), null, figure);

-- an evaluation period counts where each of its years is reported
create temp view evaluated as
select bases.basis, periods.period_id, cast(periods.year as integer) as year
from reference.evaluation_periods as periods
cross join (select distinct basis from core.fct_loads where document_id is null) as bases
where not exists (
    from reference.evaluation_periods as years
    where years.period_id = periods.period_id and not exists (
        from core.fct_loads as loads
        where
            loads.basis = bases.basis
            and loads.document_id is null
            and loads.period = cast(years.year as varchar)
    )
);

create temp view activities as
select evaluated.period_id, facts.*
from core.fct_activities as facts
inner join evaluated using (basis, year)
where facts.cluster_grant_funded;

create temp view participations as
select activities.period_id, facts.*
from core.fct_participants as facts
inner join activities using (basis, year, organisation_id, activity_id);

-- each Danish company by its last participation, for every organisation and for the programme
create temp view companies as
with scoped as (
    select organisation_id as scope, * from participations
    union all
    select null as scope, * from participations
)
select
    basis, period_id, scope as organisation_id, participant_id,
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
    from scoped
    where participant_type = 'company' and country = 'DK'
)
group by basis, period_id, scope, participant_id;

-- the area that an organisation is the cluster of in a year
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
inner join areas on facts.area_id = areas.area_id and facts.year = areas.year;

-- companies whose industry is known: in all and, where the area is known, by their tie to it
create temp view industries as
with known as (
    select *, left(industry_code, 2) as industry_division
    from companies
    where industry_code <> ''
),

ties as (
    select
        basis, organisation_id, evaluated.period_id, industry_code, industry_code_version,
        if(bool_or(industry_role = 'core'), 'core_industry', 'supporting_industry') as tie
    from area_companies
    inner join evaluated using (basis, year)
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

-- the cells of the report on the clusters from 2021
create temp view cells as
select figures.* from core.fct_published_figures as figures
where figures.document_role = 'evaluation_report';

-- the mean of an application's assessors for each criterion with a weight, rounded as the call says
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

-- each application with its weighted score, known where each criterion with a weight is scored
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
where facts.grant_type_id is not null;

-- what each application promises: printed, or in the first report a target for the same year, the
-- cumulative one before the yearly one
create temp view promises as
select call_id, organisation_id, grant_type_id, indicator_id, value, basis, figure_id
from core.fct_indicator_results
where call_id is not null and organisation_id is not null
union all
select
    targets.call_id, facts.organisation_id, targets.grant_type_id, facts.indicator_id,
    arg_min(facts.value, (facts.reported_year, facts.accumulation, facts.source_row_key)),
    facts.basis, null
from core.fct_indicator_results as facts
inner join (
    select distinct call_id, grant_type_id, indicator_id, year
    from core.fct_indicator_results
    where call_id is not null
) as targets using (indicator_id, year)
where facts.call_id is null and facts.result_kind = 'target'
group by all;
