-- the printed total is more precise than the rows of applicants, so only totals are recounted
select call_id, grant_type_id, indicator_id, value
from core.fct_indicator_results
where
    call_id <> 'not_stated' and in_denmark(organisation_id) = 'denmark' and result_kind = 'target'
    and unit = 'number'
-- the mart's rows
select call_id, grant_type_id, indicator_id, sum(value) as value
from (
    unpivot (
        select call_id, grant_type_id, smes_in_collective_activities, smes_developing_concepts
        from bi.fact_expected_results
    ) on smes_in_collective_activities, smes_developing_concepts
    into name indicator_id value value
)
group by all
