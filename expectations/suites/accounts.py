"""The performance accounts 2014-2018: what is printed agrees with what can be recomputed.

A printed figure is rounded, so it stands for an interval; a printed change or average agrees when
some values within the operands' intervals give it. Figures that do not agree are named, with the
reason, in ``print_exceptions``.
"""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_TABLE = "core.fct_performance_accounts"
_KEYS = ("indicator_id", "breakdown", "year")

#: Half of the last printed digit's worth, for the figure called ``figure``.
_HALF_DIGIT = "0.5 * power(10.0, -{figure}.printed_decimals)"

_AVERAGE = f"""
    select
        a.indicator_id, a.breakdown, a.year, a.value, a.clusters,
        a.printed_average_per_cluster, a.recomputed_average_per_cluster, printed.source_row_key
    from {{batch}} a
    join core.fct_published_figures printed on a.average_figure_id = printed.figure_id
    join core.fct_published_figures own on a.figure_id = own.figure_id
    where abs(a.recomputed_average_per_cluster - printed.value) > (
        {_HALF_DIGIT.format(figure="printed")} + {_HALF_DIGIT.format(figure="own")} / a.clusters
        + 0.000001
    )
"""

#: Indicators whose printed breakdowns add up to the printed total.
_PARTS = """
    with whole as (
        select a.*, f.printed_decimals
        from {batch} a join core.fct_published_figures f using (figure_id)
    ),
    parts as (
        select indicator_id, year, sum(value) as sum_of_parts, count(*) as parts,
            max(printed_decimals) as printed_decimals
        from whole
        where (indicator_id, breakdown) in (
            ('total_financing', 'state'), ('total_financing', 'regions_and_municipalities'),
            ('total_financing', 'knowledge_institutions'), ('total_financing', 'companies'),
            ('total_financing', 'eu'), ('total_financing', 'other'),
            ('membership_dues', 'companies'), ('membership_dues', 'knowledge_institutions'),
            ('membership_dues', 'public_institutions'), ('membership_dues', 'other'),
            ('international_collaborations', 'cluster_collaboration'),
            ('international_collaborations', 'knowledge_collaboration'),
            ('international_collaborations', 'b2b_collaboration')
        )
        group by indicator_id, year
    )
    select w.indicator_id, w.breakdown, w.year, w.value as printed_total, p.sum_of_parts,
        w.source_row_key
    from whole w join parts p on w.indicator_id = p.indicator_id and w.year = p.year
    where w.breakdown = 'total'
        and abs(w.value - p.sum_of_parts)
            > 0.5 * power(10.0, -w.printed_decimals) * (p.parts + 1)
"""


def _change_breaks(level: str, change: str) -> str:
    """Rows whose printed ``change`` no two values within the rounding of ``level`` can give.

    Both are columns of the table that name a figure.
    """
    own, former, printed = (_HALF_DIGIT.format(figure=f) for f in ("own", "former", "printed"))
    return f"""
        select
            a.indicator_id, a.breakdown, a.year, former.value as former_value, own.value,
            printed.value as printed_change, printed.source_row_key
        from {{batch}} a
        join core.fct_published_figures printed on a.{change} = printed.figure_id
        join core.fct_published_figures own on a.{level} = own.figure_id
        join {_TABLE} f
            on a.indicator_id = f.indicator_id and a.breakdown = f.breakdown and a.year = f.year + 1
        join core.fct_published_figures former on f.{level} = former.figure_id
        where printed.unit = 'percent' and not (
            100 * ((own.value - {own}) / (former.value + {former}) - 1) <= printed.value + {printed}
            and 100 * ((own.value + {own}) / (former.value - {former}) - 1)
                >= printed.value - {printed}
        )
    """


def checks() -> Iterable[Check]:
    """Changes, averages and sums of the accounts."""
    yield no_row_breaks(
        check_id="account_change_agrees_with_levels",
        looks_at=_TABLE,
        says="A printed change in per cent follows from the two levels, within their rounding.",
        broken_by=_change_breaks("figure_id", "change_figure_id"),
        keys=_KEYS,
    )
    yield no_row_breaks(
        check_id="account_average_agrees_with_level",
        looks_at=_TABLE,
        says="A printed average is the level divided by the number of clusters, within rounding.",
        broken_by=_AVERAGE,
        keys=_KEYS,
    )
    yield no_row_breaks(
        check_id="account_average_change_agrees_with_averages",
        looks_at=_TABLE,
        says="A printed change of an average follows from the two averages, within rounding.",
        broken_by=_change_breaks("average_figure_id", "average_change_figure_id"),
        keys=_KEYS,
    )
    yield no_row_breaks(
        check_id="account_parts_add_up",
        looks_at=_TABLE,
        says="The parts of a total add up to it, within rounding.",
        broken_by=_PARTS,
        keys=_KEYS,
    )
