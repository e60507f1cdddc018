"""The filters of a page: what a reader may choose, and what is chosen.

A filter is a parameter of the page's address. Without the parameter, a filter has a default: each
figure on a page is of one basis, and each table of one period.
"""

from collections.abc import Mapping, Sequence

from dashboard.sections import Choice
from dashboard.view import View
from klynge.messages import Message, message
from klynge.releases.queries import relation

BASIS, PERIOD = "basis", "period"
#: The column of a mart that the filter of the period chooses.
PERIOD_ID = "period_id"
#: The bases in the order in which a reader wants them: submitted figures before printed ones, and
#: invented ones last.
BASES = {
    "reported": message("submitted by the organisations"),
    "published": message("printed in a document"),
    "sample": message("invented sample data"),
}


def choose(
    view: View, name: str, label: Message, options: Sequence[tuple[str, str]], default: str = ""
) -> Choice:
    """Return a filter with the value that the address gives, or with its default.

    Without a default, the first option is chosen. A value that is not among the options stays
    chosen; the page's sections then say that there are no figures for it.
    """
    given = view.parameters.get(name, ())
    first = options[0][0] if options else ""
    chosen = (given[-1] if given else "") or default or first
    if chosen not in dict(options):
        options = [*options, (chosen, chosen)]
    return Choice(name, view.text(label), options, chosen)


def choose_basis(view: View, *marts: str) -> Choice:
    """Let the reader choose one of the bases on which the marts have rows."""
    found = {basis for mart in marts for basis in read_values(view, mart, "basis")}
    options = [(basis, view.text(words)) for basis, words in BASES.items() if basis in found]
    return choose(view, BASIS, message("Basis"), options)


def choose_period(view: View, basis: str, *marts: str) -> Choice:
    """Let the reader choose one of the periods for which the marts have rows on a basis.

    The default is no period: each section then shows the latest period of its own mart, because
    the documents print different figures for different periods.
    """
    found = {period for mart in marts for period in read_values(view, mart, PERIOD_ID, basis=basis)}
    periods = sorted(found, key=_latest_first, reverse=True)
    latest = ("", view.text(message("The latest of each table")))
    named = [(one, view.text(name_period({PERIOD_ID: one}))) for one in periods]
    return choose(view, PERIOD, message("Period"), [latest, *named])


def in_period(view: View, period: Choice, mart: str, **where: str) -> dict[str, str]:
    """Return ``where`` with the chosen period, or with the latest period of the mart's rows.

    Of several periods that end in the same year, the latest is the longest. If no row has all the
    values of ``where``, it is the latest period of the basis.
    """
    if period.chosen:
        return {**where, PERIOD_ID: period.chosen}
    found = read_values(view, mart, PERIOD_ID, **where) or read_values(
        view, mart, PERIOD_ID, basis=where["basis"]
    )
    return {**where, PERIOD_ID: max(found, key=_latest_first) if found else ""}


def _latest_first(period: str) -> tuple[str, int, str]:
    """Sort by the last year, then by length; a period that all have reported comes first."""
    whole = period.removesuffix("_so_far")
    return whole[-4:], len(whole), "" if whole != period else "whole"


def name_period(where: Mapping[str, str]) -> Message | str:
    """Return the name of the period of some rows; a period that is not whole says so."""
    period = where.get(PERIOD_ID, "")
    whole = period.removesuffix("_so_far")
    if not period:
        return message("no period")
    if whole == period:
        return period
    return message("{period} so far (not all have reported)", period=whole)


def read_values(view: View, mart: str, column: str, **where: str) -> list[str]:
    """Return the different values of a column of a mart, in order."""
    conditions = " and ".join(f'"{name}" = ${name}' for name in where) or "true"
    rows = view.connection.execute(
        f'select distinct "{column}" from {relation(mart)} where {conditions} order by all', where
    ).fetchall()
    return [str(value) for (value,) in rows if value is not None]


def chosen(*choices: Choice) -> Mapping[str, str]:
    """Return the chosen values by the names of the filters."""
    return {choice.name: choice.chosen for choice in choices}
