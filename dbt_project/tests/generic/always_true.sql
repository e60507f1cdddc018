{# Fails with every row in which the column is not true. #}
{% test always_true(model, column_name) %}
select *
from {{ model }}
where {{ column_name }} is not true
{% endtest %}
