{#
  The value that a printed text states, as decimal(20, 6), in the unit it is printed in.

  `number_format` says how the text is written (see the seed vocabularies): danish has a dot between
  thousands and a comma before decimals, decimal_point and no_separator break that convention,
  word is a number in words, dash and text state no value. A text that lacks the shape
  of its format (a number does not begin with a nought before other digits) gives null, which a
  test refuses. klynge/landing/numbers.py reads the same texts
  by rules of its own; the two are compared cell by cell.
#}
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

{# Digits after the decimal sign as printed; null where the text states no number in digits. #}
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
