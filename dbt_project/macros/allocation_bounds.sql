{% macro cap_ore(applied_ore) -%}
    least(
        {{ applied_ore }},
        coalesce({{ whole_quotient(
            applied_ore ~ ' * ' ~ whole('cap_percent * 1000000'), power_of_ten(8)
        ) }}, {{ applied_ore }}),
        coalesce({{ whole('cap_kr * 100') }}, {{ applied_ore }})
    )
{%- endmacro %}

{% macro floor_ore(applied_ore) -%}
    greatest(
        coalesce({{ whole_quotient(
            applied_ore ~ ' * ' ~ whole('floor_percent * 1000000') ~ ' + 99999999', power_of_ten(8)
        ) }}, 0),
        coalesce({{ whole('floor_kr * 100') }}, 0)
    )
{%- endmacro %}
