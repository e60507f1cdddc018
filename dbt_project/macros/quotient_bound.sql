{% macro quotient_bound(numerator, numerator_slack, denominator, denominator_slack, extreme=none) -%}
    case
        when abs({{ denominator }}) > {{ denominator_slack }} then
            {%- if extreme is none %}
            {{ ratio(numerator, denominator) }}
            {%- else %}
            {{ extreme }}(
                {%- for n in ['-', '+'] %}
                {%- for d in ['-', '+'] %}
                {{ ratio(
                    numerator ~ ' ' ~ n ~ ' ' ~ numerator_slack,
                    denominator ~ ' ' ~ d ~ ' ' ~ denominator_slack
                ) }}
                {%- if not (n == '+' and d == '+') %},{% endif %}
                {%- endfor %}
                {%- endfor %}
            )
            {%- endif %}
    end
{%- endmacro %}
