{% test equals_exactly_where(model, column_name, value, condition) %}
select *
from {{ model }}
where ({{ column_name }} = '{{ value }}') is distinct from ({{ condition }})
{% endtest %}
