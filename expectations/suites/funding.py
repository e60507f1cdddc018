"""Money 2014-2023: sources add up to totals, shares to the whole, organisations to the nation."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_MIX = "evaluation.mart_funding_mix"
_SOURCES = "core.fct_funding_sources"

#: Each share is rounded to two decimals, so as many halves of a hundredth may be missing.
_SHARES = """
    select scope, organisation_id, period_id, series_id, basis, sum(share_percent) as shares,
        min(figure_id) as figure_id
    from {batch}
    where part_of is null
    group by scope, organisation_id, period_id, series_id, basis
    having abs(sum(share_percent) - 100) > 0.005 * count(*)
"""

_PRINTED_TOTAL = """
    select m.period_id, m.sum_of_sources_kr, m.printed_total_kr, min(m.figure_id) as figure_id
    from {batch} m join core.fct_published_figures f using (figure_id)
    where m.part_of is null and m.printed_total_kr is not null
    group by m.period_id, m.sum_of_sources_kr, m.printed_total_kr
    having abs(m.sum_of_sources_kr - m.printed_total_kr)
        > 500000 * (
            sum(power(10.0, -f.printed_decimals)) + power(10.0, -max(f.printed_decimals))
        )
"""

_PARTS_OF_SOURCES = """
    select w.period_id, w.funding_source, w.amount_kr, sum(p.amount_kr) as sum_of_parts_kr,
        w.figure_id
    from {batch} w join core.fct_funding_sources p
        on w.document_id = p.document_id and w.period_id = p.period_id
        and w.funding_source = p.part_of and w.amount_kind = p.amount_kind
        and w.organisation_id is not distinct from p.organisation_id
    where w.amount_kind = 'consumed'
    group by w.period_id, w.funding_source, w.amount_kr, w.figure_id
    having abs(w.amount_kr - sum(p.amount_kr)) > 5000 * (count(*) + 1)
"""

_NATION = """
    with nation as (
        select * from {batch}
        where document_id = 'dfir_2024' and amount_kind = 'consumed' and scope = 'national'
    ),
    organisations as (
        select funding_source, period_id, sum(amount_kr) as sum_of_organisations_kr, count(*) as n
        from core.fct_funding_sources
        where document_id = 'dfir_2024' and amount_kind = 'consumed' and scope = 'organisation'
        group by funding_source, period_id
    )
    select nation.figure_id, nation.funding_source, nation.period_id, nation.amount_kr,
        organisations.sum_of_organisations_kr, nation.source_row_key
    from nation join organisations using (funding_source, period_id)
    where abs(nation.amount_kr - organisations.sum_of_organisations_kr)
            > 50000 * (organisations.n + 1)
        and not exists (
            from core.dim_print_exception x
            where x.figure_id = nation.figure_id and x.rule = 'nation_is_sum_of_organisations'
        )
"""


def checks() -> Iterable[Check]:
    """Sums and shares of money."""
    yield no_row_breaks(
        check_id="funding_shares_add_up",
        looks_at=_MIX,
        says="The shares of an organisation's sources in a period add up to 100 per cent.",
        broken_by=_SHARES,
        keys=("figure_id", "period_id"),
    )
    yield no_row_breaks(
        check_id="funding_sources_give_printed_total",
        looks_at=_MIX,
        says="The sources of a year add up to the printed total, within rounding.",
        broken_by=_PRINTED_TOTAL,
        keys=("figure_id", "period_id"),
    )
    yield no_row_breaks(
        check_id="funding_parts_give_their_source",
        looks_at=_SOURCES,
        says="Regions and municipalities add up to the row that holds both, within rounding.",
        broken_by=_PARTS_OF_SOURCES,
        keys=("figure_id",),
    )
    yield no_row_breaks(
        check_id="nation_is_sum_of_organisations",
        looks_at=_SOURCES,
        says="A national amount is the sum of the organisations', or the exception is explained.",
        broken_by=_NATION,
        keys=("figure_id", "source_row_key"),
    )
