{# The state of a load that does not count. A partial correction without a whole file waits for it. #}
{% macro standing_of_load() -%}
    case
        when state in ('held', 'set_aside', 'withdrawn') then state
        when state = 'loaded' and partial then 'waiting'
    end
{%- endmacro %}
