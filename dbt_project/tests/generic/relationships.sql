{#- This test replaces the dbt test of the same name, which returns only the key of a failing row.
    To correct the row, its other columns and its source are needed. -#}
{% test relationships(model, column_name, to, field) %}
select child.*
from {{ model }} as child
where
    child.{{ column_name }} is not null
    and not exists (
        select 1 from {{ to }} as parent where parent.{{ field }} = child.{{ column_name }}
    )
{% endtest %}
