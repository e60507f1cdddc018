{#
  The state of a load that does not count. A partial correction waits until its whole file comes.
#}
{% macro standing_of_load() -%}
    case
        when state in ('held', 'set_aside', 'withdrawn') then state
        when state = 'loaded' and partial then 'waiting'
    end
{%- endmacro %}
