{# Returns rows of unchecked_families without an unchecked printed figure. #}
select families.*
from {{ ref('stg_unchecked_families') }} as families
where
    not exists (
        select 1
        from {{ ref('int_unchecked_figures') }} as unchecked
        inner join {{ ref('fct_published_figures') }} as figures
            on unchecked.figure_id = figures.figure_id
        where
            figures.document_id = families.document_id
            and figures.table_id = families.table_id
            and figures.indicator_id = families.indicator_id
            and figures.statistic = families.statistic
    )
