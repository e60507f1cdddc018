{% macro danish_number_in_words(printed_text) -%}
    {%- set words -%} replace(lower(trim({{ printed_text }})), '- ', '') {%- endset -%}
    {%- set last -%} {{ word_of(words, -1) }} {%- endset -%}
    {%- set first -%} {{ word_of(words, 1) }} {%- endset -%}
    cast(
        case
            when {{ words }} like '% en halv' then {{ danish_numeral(first) }} + 0.5
            when {{ danish_denominator(last) }} is not null then
                {{ ratio(
                    "coalesce(case when " ~ words ~ " like '% %' then " ~ danish_numeral(first)
                    ~ " end, 1)",
                    danish_denominator(last)
                ) }}
            when {{ words }} not like '% %' then {{ danish_numeral(words) }}
        end
        as decimal(20, 6)
    )
{%- endmacro %}

{% macro danish_numeral(word) -%}
    {%- set numerals = {
        0: ['ingen'],
        1: ['en', 'et', 'én', 'ét', 'første', 'enkelt'],
        2: ['to', 'anden', 'andet', 'dobbelt', 'begge', 'fordoblet', 'fordoblede'],
        3: ['tre', 'tredje', 'tredoblet'],
        4: ['fire', 'fir', 'fjerde'],
        5: ['fem', 'femte'],
        6: ['seks', 'sjette'],
        7: ['syv', 'syvende'],
        8: ['otte', 'ottende'],
        9: ['ni', 'niende'],
        10: ['ti', 'tiende'],
        11: ['elleve'],
        12: ['tolv'],
        100: ['hundred', 'hundrede']
    } -%}
    case {{ without_ending(word, '(årige?t?|årlige?t?|gange?)$') }}
        {%- for number, spellings in numerals.items() %}
        {%- for spelling in spellings %}
        when '{{ spelling }}' then {{ number }}
        {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}

{% macro danish_denominator(word) -%}
    case {{ without_ending(word, '(årige?t?|årlige?t?|e|en|ene)$') }}
        when 'halv' then 2
        when 'halvdel' then 2
        when 'tredjedel' then 3
        when 'fjerdedel' then 4
        when 'femtedel' then 5
    end
{%- endmacro %}
