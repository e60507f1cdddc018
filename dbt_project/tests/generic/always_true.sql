{% test always_true(model, column_name) %}
select *
from {{ model }}
where {{ column_name }} is not true
{% endtest %}
