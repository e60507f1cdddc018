{#- In facts, dimensions and marts no column of the grain is null, so that a join loses no row; the
    columns in `nullable` are exceptions. -#}
{% test unique_grain(model, columns, nullable=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- if model.schema not in ['staging', 'intermediate', 'audit_steps'] %}
        {%- for column in columns if column not in nullable %}
    or {{ column }} is null
        {%- endfor %}
    {%- endif %}
{% endtest %}
