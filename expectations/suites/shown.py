"""What facts and marts show of the print: its figures unchanged, none left out."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_FIGURES = "core.fct_published_figures"

_ACCOUNTS = "core.fct_performance_accounts"

#: Where figures are shown: a table's column, the column that names its figure, and whether it is
#: the figure's amount in kroner or its value as printed.
_SHOWN = (
    (_ACCOUNTS, "value", "figure_id", "value"),
    (_ACCOUNTS, "printed_change", "change_figure_id", "value"),
    (_ACCOUNTS, "printed_average_per_cluster", "average_figure_id", "value"),
    (_ACCOUNTS, "printed_average_change", "average_change_figure_id", "value"),
    ("core.fct_funding_sources", "amount_kr", "figure_id", "amount_kr"),
    ("core.fct_applications", "applied_amount_kr", "figure_id", "amount_kr"),
    ("core.fct_applications", "score", "score_figure_id", "value"),
    ("core.fct_decisions", "recommended_amount_kr", "figure_id", "amount_kr"),
    ("scores.mart_score_comparison", "printed_value", "figure_id", "value"),
    ("scores.mart_score_comparison", "other_printed_value", "other_figure_id", "value"),
    ("allocation.mart_expected_results", "promised_value", "figure_id", "value"),
    ("evaluation.mart_performance_development", "value", "figure_id", "value"),
    ("evaluation.mart_funding_mix", "amount_kr", "figure_id", "amount_kr"),
    ("evaluation.mart_cluster_overview", "share_percent", "figure_id", "value"),
    ("evaluation.mart_cluster_overview", "national_total", "national_figure_id", "value"),
    ("evaluation.mart_participation_coverage", "printed_coverage_percent", "figure_id", "value"),
    ("evaluation.mart_participant_profile", "companies", "figure_id", "value"),
    ("evaluation.mart_activity_attendance", "average_participants", "figure_id", "value"),
)

#: Printed tables, and the tables that together show each of their numbers, but not those of notes
#: below.
_SHOWN_WHOLE = (
    ("performance_account_2018", "development_%", (_ACCOUNTS,)),
    ("dfir_2024", "table_2", ("evaluation.mart_cluster_overview",)),
    ("dfir_2024", "table_6", ("evaluation.mart_activity_attendance",)),
    ("dfir_2024", "table_7", ("core.fct_funding_sources",)),
    ("dfir_2024", "table_7", ("evaluation.mart_funding_mix",)),
    ("programme_cover_2025", "areas", ("core.fct_applications", "core.fct_decisions")),
)
_NOTES = "('share_sum', 'unvalidated_items')"


def _naming(table: str) -> str:
    """The columns of a table that name a figure."""
    return ", ".join(f"t.{figure}" for shown_in, _, figure, _ in _SHOWN if shown_in == table)


_CHANGED = "\nunion all\n".join(
    f"""
    select '{table}' as shown_in, '{column}' as shown_as, t.{figure} as figure_id,
        t.{column} as shown, f.{printed} as printed
    from {table} t left join {{batch}} f on t.{figure} = f.figure_id
    where t.basis = 'published' and t.{column} is distinct from f.{printed}
        or t.basis <> 'published' and t.{figure} is not null
    """
    for table, column, figure, printed in _SHOWN
)

_LEFT_OUT = "\nunion all\n".join(
    f"""
    select '{" or ".join(tables)}' as missing_in, f.figure_id, f.printed_text
    from {{batch}} f
    where f.document_id = '{document}' and f.table_id like '{printed_table}'
        and f.value is not null and f.repeats_figure_id is null and f.indicator_id not in {_NOTES}
        {
        " ".join(
            f"and not exists (from {table} t where f.figure_id in ({_naming(table)}))"
            for table in tables
        )
    }
    """
    for document, printed_table, tables in _SHOWN_WHOLE
)


def checks() -> Iterable[Check]:
    """Both ways: what is shown is printed, and what is printed is shown."""
    yield no_row_breaks(
        check_id="figures_are_shown_as_printed",
        looks_at=_FIGURES,
        says="Printed rows of facts and marts show the value that is printed, others no figure.",
        broken_by=_CHANGED,
        keys=("figure_id", "shown_in", "shown_as"),
    )
    yield no_row_breaks(
        check_id="no_printed_figure_is_left_out",
        looks_at=_FIGURES,
        says="Each number of the tables that facts and marts are made of is shown in them.",
        broken_by=_LEFT_OUT,
        keys=("figure_id", "missing_in"),
    )
