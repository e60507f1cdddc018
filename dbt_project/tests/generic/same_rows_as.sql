{% test same_rows_as(model, other) %}
select counts.model_rows, counts.other_rows
from (
    select
        (select count(*) from {{ model }}) as model_rows,
        (select count(*) from {{ other }}) as other_rows
) as counts
where counts.model_rows <> counts.other_rows
{% endtest %}
