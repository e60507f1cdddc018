"""Sections that show the rows of a mart: with their source, their basis, and why there are none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from dashboard.filters import BASES, name_period
from dashboard.mart_tables import read_table
from dashboard.sections import Cell, Column, Section, Table
from dashboard.view import View
from klynge.messages import Message, message
from klynge.releases.queries import relation

_HAS_FINDING = "has_finding"
_FINDINGS = message(
    "Findings about the print name figures of this table: the page of a number shows them."
)
#: Parts of the sentence that says why there are no rows.
_COVERAGE = """
    select distinct {sentence} from audit.mart_coverage
    where table_name = $table and basis = $basis and ($period is null or period_id = $period)
    order by all
"""


@dataclass(frozen=True)
class MartRows:
    """Which rows and columns of a mart to show: ``where`` gives the value of key columns."""

    mart: str
    columns: Sequence[str]
    where: Mapping[str, Any] = field(default_factory=dict)
    order: Sequence[str] = ()
    limit: int | None = None

    def read(self, view: View) -> Table:
        """Read the rows as a table of links."""
        return read_table(view, self.mart, self.columns, self.where, self.order, self.limit)


@dataclass(frozen=True)
class Texts:
    """The texts of a section. ``title`` says what is seen, with its unit."""

    id: str
    title: Message
    lead: Message | str = ""
    notes: Sequence[Message] = ()


def show_rows(
    view: View,
    texts: Texts,
    rows: MartRows,
    shape: Callable[[Table], Table] | None = None,
    draw: Callable[[Table], Markup] | None = None,
) -> Section:
    """Return a section with a table of rows, and with the chart that ``draw`` makes of them.

    ``shape`` makes the shown table of the rows, such as a table with a column for each year. A
    section without rows has no table, but the sentence that says why.
    """
    found, has_findings = _read_with_findings(view, rows)
    section = Section(
        id=texts.id,
        title=view.text(texts.title),
        lead=view.text(texts.lead) if texts.lead else "",
        notes=[view.text(note) for note in texts.notes],
        source=name_source(view, rows.mart),
        basis=name_basis(view, rows.where),
    )
    if not found.rows:
        return replace(section, lead=why_no_rows(view, rows), notes=())
    if has_findings:
        section = replace(section, notes=[*section.notes, view.text(_FINDINGS)])
    return replace(
        section,
        table=_without_empty_columns(shape(found) if shape else found),
        chart=draw(found) if draw else None,
    )


def _read_with_findings(view: View, rows: MartRows) -> tuple[Table, bool]:
    """Return the rows, and whether a finding about the print names a figure of theirs."""
    if _HAS_FINDING not in view.release.describe(rows.mart).columns:
        return rows.read(view), False
    found = replace(rows, columns=[*rows.columns, _HAS_FINDING]).read(view)
    return without_columns(found, _HAS_FINDING), any(row[-1].value for row in found.rows)


def _without_empty_columns(table: Table) -> Table:
    """Return the table without columns of which no row has a value.

    The heading of a column in one language, such as ``label_da``, loses the name of the language.
    """
    empty = [
        column.name
        for place, column in enumerate(table.columns)
        if all(row[place].value is None and not row[place].note for row in table.rows)
    ]
    kept = without_columns(table, *empty)
    columns = [
        replace(one, heading=one.heading.rpartition(" (")[0] or one.heading)
        if one.name.endswith(("_da", "_en"))
        else one
        for one in kept.columns
    ]
    return Table(columns, kept.rows)


def name_source(view: View, mart: str) -> str:
    """Return the label and the name of a mart."""
    described = view.release.describe(mart)
    label = described.label_da if view.language == "da" else described.label_en
    return f"{label} ({mart.partition('.')[2]})" if label else mart


def name_basis(view: View, where: Mapping[str, Any]) -> str:
    """Return the words for the basis and the period of a section's rows."""
    basis, period = where.get("basis"), where.get("period_id")
    words = [view.text(BASES[basis])] if basis in BASES else []
    if isinstance(period, str) and period:
        words.append(view.text(name_period({"period_id": period})))
    return ", ".join(words)


def why_no_rows(view: View, rows: MartRows) -> str:
    """Say why a mart has no rows for a choice, from the release's own coverage.

    If the coverage says nothing of the choice, the sentence says that the choice has no figures.
    """
    table = rows.mart.partition(".")[2]
    period = rows.where.get("period_id")
    found = view.connection.execute(
        _COVERAGE.format(sentence=f"sentence_{view.language.value}"),
        {
            "table": table,
            "basis": rows.where.get("basis"),
            "period": period if isinstance(period, str) and period else None,
        },
    ).fetchall()
    has_other_rows = view.connection.execute(
        f"select count(*) > 0 from {relation(rows.mart)}"
    ).fetchone()
    if found and has_other_rows == (False,):
        return " ".join(sentence for (sentence,) in found)
    basis = name_basis(view, rows.where)
    said = (
        message("There are no figures for this choice ({basis}).", basis=basis)
        if basis
        else message("There are no figures for this choice.")
    )
    sentences = [view.text(said), *(sentence for (sentence,) in found)]
    if has_other_rows == (True,):
        sentences.append(view.text(message("Other choices have figures: change the filter.")))
    return " ".join(sentences)


def column_places(table: Table) -> Mapping[str, int]:
    """Return the place of each column by its name."""
    return {column.name: place for place, column in enumerate(table.columns)}


def without_columns(table: Table, *names: str) -> Table:
    """Return the table without some columns, which served for a chart or for links only."""
    places = [place for place, one in enumerate(table.columns) if one.name not in names]
    return Table(
        [table.columns[place] for place in places],
        [[row[place] for place in places] for row in table.rows],
    )


def spread(table: Table, across: str, value: str) -> Table:
    """Return a table with a column for each value of ``across``, in order of appearance.

    The other columns name the rows. A row without a figure in a column has an empty cell there.
    """
    places = column_places(table)
    kept = [place for name, place in places.items() if name not in (across, value)]
    headings: dict[str, None] = {}
    rows: dict[tuple[str, ...], tuple[list[Cell], dict[str, Cell]]] = {}
    for row in table.rows:
        key = tuple(row[place].text for place in kept)
        heading = row[places[across]].text
        headings.setdefault(heading)
        rows.setdefault(key, ([row[place] for place in kept], {}))[1][heading] = row[places[value]]
    shown = table.columns[places[value]]
    return Table(
        [
            *(table.columns[place] for place in kept),
            *(Column(f"{value}_{one}", one, shown.unit, is_number=True) for one in headings),
        ],
        [
            [*named, *(values.get(one, Cell("", is_number=True)) for one in headings)]
            for named, values in rows.values()
        ],
    )


def name_breakdowns(table: Table) -> Table:
    """Return the table with the breakdown in the name of each indicator, unless it is the total.

    So nobody reads the part of an indicator, such as the cluster grant, as the whole.
    """
    places = column_places(table)
    indicator, breakdown = places["indicator_id"], places["breakdown"]
    named = [
        [
            replace(cell, text=f"{cell.text}, {row[breakdown].text.lower()}")
            if at == indicator and row[breakdown].value != "total"
            else cell
            for at, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    return without_columns(Table(table.columns, named), "breakdown")


def link_organisations(view: View, table: Table, column: str = "organisation_id") -> Table:
    """Return the table with a link from each cluster organisation to its page."""
    place = column_places(table).get(column)
    if place is None:
        return table
    return Table(
        table.columns,
        [
            [
                replace(cell, href=view.address(f"/klynger/{cell.value}"))
                if at == place and cell.value and cell.value not in _NOT_ORGANISATIONS
                else cell
                for at, cell in enumerate(row)
            ]
            for row in table.rows
        ],
    )


_NOT_ORGANISATIONS = frozenset({"denmark", "reported_so_far", "none", "not_distributed", "total"})
