{# Returns rules that recompute or bound no printed figure. #}
select rules.rule_id
from {{ ref('stg_reconciliation_rules') }} as rules
where
    not exists (
        select 1
        from {{ ref('int_reconciliation_terms') }} as terms
        where terms.rule_id = rules.rule_id
    )
