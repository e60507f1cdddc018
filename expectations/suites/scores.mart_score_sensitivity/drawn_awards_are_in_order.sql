-- No drawn award is negative, and the lowest award, the 5th percentile, the median, the 95th
-- percentile and the highest award are in ascending order.
-- owner: secretariat

select call_id, basis, organisation_id, grant_type_id, varied, award_lowest_kr,
    award_p5_kr, award_median_kr, award_p95_kr, award_highest_kr
from {batch}
where not (
    0 <= award_lowest_kr and award_lowest_kr <= award_p5_kr
    and award_p5_kr <= award_median_kr and award_median_kr <= award_p95_kr
    and award_p95_kr <= award_highest_kr
)
order by all
