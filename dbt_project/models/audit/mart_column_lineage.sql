select
    table_schema,
    table_name,
    column_name,
    reach,
    kind,
    source_schema,
    source_table,
    source_column
from {{ source('raw', 'column_lineage') }}
where table_schema not in ('staging', 'intermediate', 'audit_steps')
