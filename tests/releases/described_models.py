"""Models with descriptions in Danish and English, for tests of the texts about tables."""

from klynge.lineage.models import CompiledModels, Model, ModelColumn

#: A mart with a label that HTML must escape, a view, and a table that is not in the database.
MODELS = CompiledModels(
    [
        Model(
            schema="evaluation",
            table="mart_grants",
            materialized="table",
            sql="",
            reads=frozenset(),
            grain=("organisation_id",),
            description="One row per organisation. It's about grants.",
            columns={
                "organisation_id": ModelColumn("varchar", "The key.", "Organisation", "Body", None),
                "amount_kr": ModelColumn(
                    type="decimal(18,2)",
                    description="Money & more.",
                    label_da="Beløb på øen",
                    label_en="Yearly grant",
                    unit="kr",
                    sum="yes",
                    description_da="Penge & mere.",
                ),
                "share": ModelColumn("decimal(9,2)", "", "Andel", "Share", "percent", "within_æ"),
                "not_built": ModelColumn("varchar", "Absent.", None, None, None),
            },
            label_da="Bevillinger",
            label_en="Grants <by> body",
            description_da="Bevillinger pr. år på øen.",
        ),
        Model("evaluation", "v", "view", "", frozenset(), (), "A view.", {}),
        Model("evaluation", "not_built", "table", "", frozenset(), (), "Absent.", {}),
    ],
    {},
)
