-- There is a rule that gives the decided and the printed amount of every applicant of the sample.
-- owner: audit

with scenarios as (
    select call_id, scenario_id,
        count(*) filter (gives_print and gives_decision) as given, count(*) as applicants
    from {batch}
    where basis = 'sample' and gives_print is not null
    group by call_id, scenario_id
)
select call_id, max(given) as given, max(applicants) as applicants
from scenarios
group by call_id
having max(given) < max(applicants)
order by all
