{% macro claim_holds(comparator, left, right, lower, upper) -%}
    case {{ comparator }}
        when 'equals' then
            {{ left }}.value between {{ right }}.lowest_value and {{ right }}.highest_value
            or {{ right }}.value between {{ left }}.lowest_value and {{ left }}.highest_value
            or {{ left }}.lowest_value < {{ right }}.highest_value
            and {{ left }}.highest_value > {{ right }}.lowest_value
        when 'about' then
            abs({{ left }}.value - {{ right }}.value) <= 0.1 * abs({{ right }}.value)
        when 'just_under' then
            {{ left }}.value < {{ right }}.value and {{ left }}.value >= 0.9 * {{ right }}.value
        when 'just_over' then
            {{ left }}.value > {{ right }}.value and {{ left }}.value <= 1.1 * {{ right }}.value
        when 'under' then {{ left }}.value < {{ right }}.value
        when 'over' then {{ left }}.value > {{ right }}.value
        when 'at_least' then {{ left }}.highest_value >= {{ right }}.value
        when 'up_to' then {{ left }}.lowest_value <= {{ right }}.value
        when 'between' then
            {{ left }}.value between {{ lower }}.lowest_value and {{ upper }}.highest_value
            or {{ left }}.highest_value > {{ lower }}.lowest_value
            and {{ left }}.lowest_value < {{ upper }}.highest_value
    end
{%- endmacro %}
