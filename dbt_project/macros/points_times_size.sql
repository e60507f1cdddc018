{% macro points_times_size(score) -%}
    case when score_counts then greatest({{ score }} - points_from, 0) else 10000 end * size
{%- endmacro %}
