{% macro matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro text_to_decimal(text) -%}
    try_cast({{ text }} as decimal(20, 6))
{%- endmacro %}

{% macro word_of(text, n) -%}
    string_split({{ text }}, ' ')[{{ n }}]
{%- endmacro %}

{% macro without_ending(word, pattern) -%}
    regexp_replace({{ word }}, '{{ pattern }}', '')
{%- endmacro %}

{% macro json_text(object, field) -%}
    {{ object }} ->> '{{ field }}'
{%- endmacro %}
