{# What engines spell differently when they work on text. #}

{% macro matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro text_to_decimal(text) -%}
    try_cast({{ text }} as decimal(20, 6))
{%- endmacro %}

{# The n-th word of a text, from the end where n is negative. #}
{% macro word_of(text, n) -%}
    string_split({{ text }}, ' ')[{{ n }}]
{%- endmacro %}

{% macro without_ending(word, pattern) -%}
    regexp_replace({{ word }}, '{{ pattern }}', '')
{%- endmacro %}

{# The text of one field of a JSON object. #}
{% macro json_text(object, field) -%}
    {{ object }} ->> '{{ field }}'
{%- endmacro %}
