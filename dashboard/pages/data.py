"""The tables of a release: the dictionary, their rows, files to take away, and how to connect."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from dashboard.code_names import names_of
from dashboard.figure_texts import name_column
from dashboard.figures import FigureRow, FigureTable, count_rows, find_table, read_rows
from dashboard.filters import choose
from dashboard.pages.rows import number_cell
from dashboard.sections import Cell, Choice, Column, Page, Section, Table
from dashboard.view import View
from klynge.messages import Language, Message, counted, message
from klynge.releases.queries import relation
from klynge.releases.reading import RESTRICTED
from klynge.releases.table_texts import describe_sum
from klynge.words import SCHEMAS, UNITS

#: How many rows of a table a page shows.
ROWS = 25
#: The parameter with the number of the page of rows.
PAGE_NUMBER = "side"
#: A column of the key with at most this many values is a filter.
_FILTER_VALUES = 60
#: The file formats in the list of tables, with their headings.
_FORMATS = {"xlsx": "Excel", "csv-da": "CSV (dansk)", "csv": "CSV", "parquet": "Parquet"}


def build(view: View) -> Page:
    """Build the page with the list of tables."""
    sections = [_schema(view, schema, words) for schema, words in SCHEMAS.items()]
    return Page(
        title=view.text(message("Data")),
        lead=view.text(
            message(
                "Every published table, with the meaning of each column, as a page and as a file."
            )
        ),
        sections=[one for one in sections if one.table and one.table.rows],
        template="data.html",
        extra={
            "message": message,
            "dictionary": {form: view.address("/ordbog", format=form) for form in ("csv", "html")},
            "connections": list(_connections()),
            "release_folder": str(view.release.path) if view.role.sees_restricted else "",
        },
    )


def _schema(view: View, schema: str, words: Message) -> Section:
    tables = sorted(
        (one for one in view.release.manifest["tables"] if one["schema"] == schema),
        key=lambda one: str(one["table"]),
    )
    columns = [
        Column("table", view.text(message("Table"))),
        Column("label", view.text(message("Content"))),
        Column("rows", view.text(message("Rows")), is_number=True),
        *(Column(form, heading) for form, heading in _FORMATS.items()),
    ]
    rows = []
    for one in tables:
        name = f"{schema}.{one['table']}"
        described = view.release.describe(name)
        is_danish = view.language is Language.da
        label = (described.label_da if is_danish else described.label_en) or name
        if one["edition"] == RESTRICTED:
            said = view.text(message("only for the owner of the restricted edition"))
            files = [Cell(said), *(Cell("–") for _ in list(_FORMATS)[1:])]
            rows.append([Cell(one["table"]), Cell(label), Cell(""), *files])
            continue
        count = view.text(message("{count:,}", count=one["rows"]))
        files = [Cell(form, href=view.address(f"/tabel/{name}", format=form)) for form in _FORMATS]
        rows.append(
            [
                Cell(one["table"], href=view.address(f"/data/{name}")),
                Cell(label),
                Cell(count, one["rows"]),
                *files,
            ]
        )
    return Section(f"skema-{schema}", f"{schema}: {view.text(words)}", table=Table(columns, rows))


def _connections() -> Iterator[tuple[Message, Message, str]]:
    """How to connect each tool: its name, what to do, and what to type."""
    yield (
        message("Excel"),
        message(
            "Download a table as Excel. The sheet “Om tallene” has the release, the basis, the "
            "units, and whether a column may be summed. The same file with a command:"
        ),
        "klynge export mart_funding_mix --out finansiering.xlsx",
    )
    yield (
        message("Power BI"),
        message(
            "Write the semantic model with the metrics, and open its folder in Power BI. The "
            "Parquet files of the tables are its data:"
        ),
        "klynge metrics export --to tmdl --out model",
    )
    yield (
        message("A notebook"),
        message("Read a table or ask a metric in Python; numbers stay exact:"),
        "from klynge import open_release\n"
        "release = open_release()\n"
        'release.table("mart_funding_mix", labels="da")\n'
        'release.metric("money_consumed", by="period", labels="da")',
    )
    yield (
        message("SQL"),
        message("Ask any table; the query can only read:"),
        "klynge query \"from evaluation.mart_funding_mix where basis = 'published'\"",
    )


def build_table(view: View, table: str) -> Page:
    """Build the page of one table: its columns, and its rows with a link for each figure.

    Raises :class:`InputError` for an unknown table, and for a table of the restricted edition.
    """
    found = find_table(view.connection, view.release, table)
    choices = list(_filters(view, found))
    key = {one.name: one.chosen for one in choices if one.chosen}
    others = {
        name: values[-1]
        for name, values in view.parameters.items()
        if name in found.columns and name not in key and values[-1]
    }
    where = {**key, **others}
    count = count_rows(view.connection, found, where)
    pages = max(1, -(-count // ROWS))
    number = min(_page_number(view), pages)
    rows = read_rows(view.connection, found, where, ROWS, (number - 1) * ROWS)
    cells = [_row_cells(view, row) for row in rows]
    columns = [
        Column(
            name,
            name_column(view, found.description.columns.get(name), name),
            _unit(view, found, name),
            is_number=any(row[place].is_number for row in cells),
        )
        for place, name in enumerate(found.columns)
    ]
    section = Section(
        "raekker",
        view.text(message("Rows")),
        lead=view.text(counted("{count:,} row", "{count:,} rows", count)),
        table=Table(columns, cells),
        source=found.name,
    )
    described = found.description
    is_danish = view.language is Language.da
    return Page(
        title=(described.label_da if is_danish else described.label_en) or found.name,
        lead=described.text(view.language.value),
        sections=[section, _columns(view, found)],
        choices=choices,
        template="table.html",
        extra={
            "message": message,
            "table": found.name,
            "table_files": [
                (heading, view.address(f"/tabel/{found.name}", format=form))
                for form, heading in _FORMATS.items()
            ],
            "number": number,
            "pages": pages,
            "previous": _page_address(view, found, where, number - 1) if number > 1 else "",
            "next": _page_address(view, found, where, number + 1) if number < pages else "",
            "others": [
                (name_column(view, described.columns.get(name), name), value)
                for name, value in others.items()
            ],
            "without": view.address(f"/data/{found.name}", **key),
        },
    )


def _row_cells(view: View, row: FigureRow) -> list[Cell]:
    """The values of a row: the first leads to the page of the row, a number to its own page."""
    cells = []
    for place, name in enumerate(row.values):
        cell = number_cell(view, row, name)
        is_number = isinstance(cell.value, int | Decimal) and not isinstance(cell.value, bool)
        if place == 0:
            cell = replace(cell, href=view.address(f"/tal/{row.table.name}", **row.key))
        elif not is_number or name in row.table.key:
            cell = replace(cell, href=None)
        cells.append(replace(cell, is_number=is_number and name not in row.table.key))
    return cells


def _filters(view: View, table: FigureTable) -> Iterator[Choice]:
    """A filter for each column of the key that has few values."""
    for name in table.description.grain:
        values = view.connection.execute(
            f'select distinct cast("{name}" as varchar) from {relation(table.name)} '
            f'where "{name}" is not null order by all limit {_FILTER_VALUES + 1}'
        ).fetchall()
        if 1 < len(values) <= _FILTER_VALUES:
            named = [(value, _value_name(view, name, value)) for (value,) in values]
            options = [("", view.text(message("all"))), *named]
            heading = name_column(view, table.description.columns.get(name), name)
            yield choose(view, name, message("{name}", name=heading), options)


def _value_name(view: View, column: str, value: str) -> str:
    return names_of(view).get(column, {}).get(value, value)


def _page_number(view: View) -> int:
    given = view.parameter(PAGE_NUMBER)
    is_number = given.isascii() and given.isdigit() and len(given) < len("1000000")
    return max(1, int(given)) if is_number else 1


def _page_address(view: View, table: FigureTable, where: dict[str, str], number: int) -> str:
    return view.address(f"/data/{table.name}", **{**where, PAGE_NUMBER: str(number)})


def _columns(view: View, table: FigureTable) -> Section:
    headings = (
        message("Column"),
        message("Label"),
        message("Unit"),
        message("May be summed"),
        message("What it says"),
    )
    rows = []
    for name, kind in table.columns.items():
        described = table.description.columns.get(name)
        if described is None:
            rows.append([Cell(name), Cell(name), Cell(""), Cell(""), Cell(kind)])
            continue
        said = view.text(describe_sum(described.sum)) if described.sum else ""
        rows.append(
            [
                Cell(name),
                Cell(name_column(view, described, name)),
                Cell(_unit(view, table, name)),
                Cell(said),
                Cell(described.text(view.language.value)),
            ]
        )
    return Section(
        "kolonner",
        view.text(message("Columns")),
        table=Table([Column(str(one), view.text(one)) for one in headings], rows),
    )


def _unit(view: View, table: FigureTable, column: str) -> str:
    described = table.description.columns.get(column)
    code = described.unit if described else ""
    return view.text(UNITS.get(code, code))
