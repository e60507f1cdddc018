{#- Null for the formats dash and text: a printed dash has no value, and is not zero. -#}
{% macro danish_number(printed_text, number_format) -%}
    {%- set numeral -%}
        replace(trim({{ without_ending(printed_text, '%$') }}), '−', '-')
    {%- endset -%}
    case {{ number_format }}
        when 'danish' then
            case
                when {{ matches(numeral, '^-?(0|[1-9][0-9]{0,2}([.][0-9]{3})*)(,[0-9]+)?$') }} then
                    {{ text_to_decimal("replace(replace(" ~ numeral ~ ", '.', ''), ',', '.')") }}
            end
        when 'decimal_point' then
            case
                when {{ matches(numeral, '^-?(0|[1-9][0-9]*)[.][0-9]+$') }} then
                    {{ text_to_decimal(numeral) }}
            end
        when 'no_separator' then
            case
                when {{ matches(numeral, '^-?[1-9][0-9]{3,}(,[0-9]+)?$') }} then
                    {{ text_to_decimal("replace(" ~ numeral ~ ", ',', '.')") }}
            end
        when 'word' then {{ danish_number_in_words(printed_text) }}
    end
{%- endmacro %}

{% macro printed_decimals(printed_text, number_format) -%}
    {%- set numeral -%} trim({{ without_ending(printed_text, '%$') }}) {%- endset -%}
    case
        when {{ number_format }} in ('danish', 'no_separator') then
            case
                when {{ numeral }} like '%,%' then length({{ numeral }}) - position(',' in {{ numeral }})
                else 0
            end
        when {{ number_format }} = 'decimal_point' then
            length({{ numeral }}) - position('.' in {{ numeral }})
    end
{%- endmacro %}
