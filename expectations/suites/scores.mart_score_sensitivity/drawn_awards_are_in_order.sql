-- The lowest award of all draws, the 5th percentile, the median, the 95th percentile and the
-- highest award are in ascending order and not negative.
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
