{# Figures that follow from others which the documents do not print. #}
select
    figures.figure_id,
    families.reason
from {{ ref('int_published_figures') }} as figures
inner join {{ ref('stg_unchecked_families') }} as families
    on
        figures.document_id = families.document_id
        and figures.table_id = families.table_id
        and figures.indicator_id = families.indicator_id
        and figures.statistic = families.statistic
where figures.value is not null
