{#
  The groups of an aggregate: each organisation in each period and, where organisation_id is null,
  the programme as a whole; both apart by basis and by the `others`.
#}
{% macro organisations_and_programme(others=[]) -%}
    grouping sets (
        ({{ (['basis', 'period_id', 'organisation_id'] + others) | join(', ') }}),
        ({{ (['basis', 'period_id'] + others) | join(', ') }})
    )
{%- endmacro %}
