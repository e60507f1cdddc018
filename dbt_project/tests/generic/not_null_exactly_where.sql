{% test not_null_exactly_where(model, column_name, condition) %}
select *
from {{ model }}
where ({{ column_name }} is not null) is distinct from ({{ condition }})
{% endtest %}
