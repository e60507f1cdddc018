-- One view for each dataset. Its rows are those of scale 1, repeated for each replica with invented
-- ids.
create or replace temp table replicas as
select
    cast(r as integer) as replica,
    if(r = 0, '', format('-r{:02d}', r)) as suffix,
from range(getvariable('replicas')) as numbers (r);

create or replace temp table sizes as
select
    (select count(*) from solved_organisations) as organisations,
    (select count(*) from solved_people where danish_number is not null) as danish,
    (select count(*) from solved_companies where outsider is not null) as outsiders;

-- valid numbers are given to organisations, then to all companies and institutions of replica 0,
-- then to the participants of the other replicas
create or replace temp table valid_numbers as
with

prefixes as (
    select place, prefix_at(place) as prefix
    from range((
        select cast(
            (organisations + danish * getvariable('replicas') + outsiders) * 1.1 as bigint
        ) + 100
        from sizes
    )) as numbers (place)
)

select
    row_number() over (order by place) - 1 as number,
    lpad(cast(10 * prefix + check_digit(prefix) as varchar), 8, '0') as cvr_number,
from prefixes
where check_digit(prefix) < 10;

create or replace temp table people as
with

numbered as (
    select
        replicas.replica,
        replicas.suffix,
        solved_people.number as person,
        solved_people.country,
        sizes.organisations
        + if(replicas.replica = 0, 0, sizes.outsiders + sizes.danish * replicas.replica)
        + solved_people.danish_number as valid_number,
    from solved_people
    cross join replicas
    cross join sizes
)

select
    numbered.replica,
    numbered.person,
    coalesce(
        valid_numbers.cvr_number,
        format('SAMPLE-{}-{:05d}', numbered.country, numbered.person) || numbered.suffix
    ) as participant_id,
from numbered
left join valid_numbers on numbered.valid_number = valid_numbers.number;

create or replace temp view organisations_rows as
select
    years.year as period,
    solved_organisations.organisation_id,
    solved_organisations.name,
    valid_numbers.cvr_number,
    solved_organisations.area_id,
    date '2021-01-01' as active_from,
    cast(null as date) as active_to,
from solved_organisations
inner join valid_numbers on solved_organisations.number = valid_numbers.number
cross join (select distinct year from solved_activities) as years;

create or replace temp view activities_rows as
select
    solved_activities.* replace (
        solved_activities.activity_id || replicas.suffix as activity_id
    ),
    solved_activities.year as period,
    replicas.replica,
from solved_activities
cross join replicas;

-- There are many participants, so a join with the replicas would be slow. Instead, each attendance
-- carries a list of its participant's ids in all replicas. Unnesting the list keeps the order of
-- the rows.
create or replace temp table attended as
with

identities as (
    select person, list(participant_id order by replica) as participant_ids
    from people
    group by person
),

all_suffixes as (
    select list(suffix order by replica) as suffixes
    from replicas
)

select
    solved_attendances.persons,
    solved_activities.year as period,
    solved_activities.organisation_id,
    solved_activities.activity_id,
    solved_people.* exclude (number, danish_number),
    if(solved_people.industry_code is null, null, 'DB07') as industry_code_version,
    identities.participant_ids,
    all_suffixes.suffixes,
from solved_attendances
inner join solved_activities on solved_attendances.activity = solved_activities.number
inner join solved_people on solved_attendances.person = solved_people.number
inner join identities on solved_attendances.person = identities.person
cross join all_suffixes
order by solved_attendances.attendance;

create or replace temp view participants_rows as
select
    * exclude (activity_id, participant_ids, suffixes),
    activity_id || unnest(suffixes) as activity_id,
    unnest(participant_ids) as participant_id,
from attended;

create or replace temp view companies_rows as
with

numbered as (
    select
        replicas.replica,
        solved_companies.*,
        if(
            replicas.replica = 0,
            sizes.organisations + sizes.danish + solved_companies.outsider,
            null
        ) as valid_number,
        (replicas.replica - 1) * sizes.outsiders + solved_companies.outsider as failing,
    from solved_companies
    cross join replicas
    cross join sizes
)

select
    (select min(year) from solved_activities) as period,
    numbered.* exclude (person, outsider, valid_number, failing),
    coalesce(
        people.participant_id, valid_numbers.cvr_number, failing_number(numbered.failing)
    ) as company_id,
    'DB07' as industry_code_version,
from numbered
left join people
    on
        numbered.replica = people.replica
        and numbered.person = people.person
left join valid_numbers on numbered.valid_number = valid_numbers.number;

create or replace temp view memberships_rows as
select
    solved_members.*,
    solved_members.year as period,
    people.participant_id as member_id,
    solved_people.country,
    solved_people.participant_type as member_type,
from solved_members
inner join solved_people on solved_members.person = solved_people.number
inner join people on solved_members.person = people.person and people.replica = 0;

create or replace temp view funding_rows as
select *, year as period from solved_funding;

create or replace temp view full_time_equivalents_rows as
select *, year as period from solved_staff;

-- Actual results are counted from the sample. Targets are ten per cent above the first year,
-- rounded up. The targets in the applications to the call are added.
create or replace temp view indicator_results_rows as
with

counted as (
    select year, organisation_id, 'activities' as indicator_id, count(*) as value
    from solved_activities
    where cluster_grant_funded
    group by year, organisation_id
    union all
    select
        solved_activities.year,
        solved_activities.organisation_id,
        'participants',
        count(distinct solved_attendances.person),
    from solved_attendances
    inner join solved_activities on solved_attendances.activity = solved_activities.number
    where solved_activities.cluster_grant_funded
    group by solved_activities.year, solved_activities.organisation_id
    union all
    select year, organisation_id, 'members', count(*)
    from solved_members
    group by year, organisation_id
),

first_year as (
    select *
    from counted
    where year = (select min(year) from counted)
)

select
    year as period, year, organisation_id, indicator_id,
    'actual' as result_kind, 'yearly' as accumulation, value,
from counted
union all
select
    year, year, organisation_id, indicator_id, 'baseline', 'yearly', value,
from first_year
union all
select
    counted.year, counted.year, counted.organisation_id, counted.indicator_id,
    'target', 'yearly', ceil(first_year.value * 0.11) * 10,
from counted
inner join first_year using (organisation_id, indicator_id)
where counted.year > first_year.year
union all
select period, year, organisation_id, indicator_id, result_kind, accumulation, value
from solved_call_targets;
