"""DuckDB's errors as sentences: what is wrong, where in the query, and what to do.

DuckDB writes its errors in English. The original text follows as a quotation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from klynge.messages import Message, joined, listed, message
from klynge.metrics.refusals import nearest
from klynge.releases.queries import named_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from klynge.releases.descriptions import TableDescription

#: DuckDB's excerpt of the query, with a caret below the place of the error.
_EXCERPT = re.compile(r"\n+LINE (?P<number>\d+): (?P<line>[^\n]*)\n(?P<caret> *)\^")
#: At most this many characters of DuckDB's own text are quoted.
_QUOTED = 300


def describe_query_error(
    error: str, sql: str, tables: Mapping[str, TableDescription], names: Iterable[str]
) -> Message:
    """Explain an error of DuckDB in a sentence, with the line and similar names.

    ``tables`` has the description of each table of the release, by ``schema.table``. ``names`` has
    the tables that the query may read.
    """
    known = _Names(sql, tables, list(names))
    sentence, wrong = message("DuckDB cannot run the query"), ""
    for pattern, describe in _SENTENCES:
        if found := re.search(pattern, error):
            sentence, wrong = describe(known, *found.groups()), (*found.groups(), "")[0]
            break
    own = " ".join(error.partition("\n\nLINE ")[0].partition("\n\tCandidate")[0].split())
    quoted = own if len(own) <= _QUOTED else f"{own[:_QUOTED]}…"
    return listed(
        sentence, [*_place(sql, wrong, error), message("DuckDB says: “{text}”", text=quoted)]
    )


def _place(sql: str, wrong: str, error: str) -> list[str]:
    """Show the line of the query with a caret below the wrong word, if the place is known.

    If the query does not have the word exactly once, DuckDB's excerpt is used.
    """
    places = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", sql)]
    if wrong and len(places) == 1:
        start = sql.rfind("\n", 0, places[0]) + 1
        number, line = sql.count("\n", 0, start) + 1, sql[start:].partition("\n")[0]
        width = places[0] - start
    elif found := _EXCERPT.search(error):
        number, line = int(found["number"]), found["line"]
        # DuckDB's caret also counts the characters before the line
        width = max(len(found["caret"]) - len(f"LINE {number}: "), 0)
    else:
        return []
    where = message("line {number} of the query:", number=number)
    return [where, f"  {line}", f"  {' ' * width}^"]


class _Names:
    """The names that a query can use; finds those that are similar to a wrong name."""

    def __init__(self, sql: str, tables: Mapping[str, TableDescription], names: list[str]) -> None:
        self._sql, self._tables, self._names = sql, tables, names

    def tables_near(self, name: str) -> list[str]:
        """Find the tables whose names or labels resemble a name."""
        labels = {whole.partition(".")[2]: whole for whole in self._names}
        for whole in self._names:
            if whole in self._tables:
                table = self._tables[whole]
                labels |= {text: whole for text in (table.label_da, table.label_en) if text}
        return _near(name.rpartition(".")[2], labels)

    @property
    def columns(self) -> list[str]:
        """The columns of the query's table; empty unless the query reads exactly one table."""
        used = named_tables(self._sql)
        found = [t for whole, t in self._tables.items() if whole.partition(".")[2] in used]
        return list(found[0].columns) if len(found) == 1 else []

    def columns_near(self, name: str) -> list[str]:
        """Find the columns of the query's tables whose names or labels resemble a name."""
        used = named_tables(self._sql)
        labels: dict[str, str] = {}
        for whole, table in self._tables.items():
            if whole.partition(".")[2] in used:
                labels |= {column: column for column in table.columns}
                for column, about in table.columns.items():
                    texts = (text for text in (about.label_da, about.label_en) if text)
                    labels |= {text: column for text in texts if text not in labels}
        return _near(name, labels)


def _near(name: str, labels: Mapping[str, str]) -> list[str]:
    folded = {label.casefold(): label for label in labels}
    return list(dict.fromkeys(labels[folded[one]] for one in nearest(name.casefold(), folded)))


def _no_table(names: _Names, name: str) -> Message:
    near = names.tables_near(name)
    hint = message('`klynge query "show tables"` lists the tables')
    if near:
        hint = message("did you mean {names}?", names=near)
    return message("the release has no table {name!r}: {hint}", name=name, hint=hint)


def _no_column(names: _Names, name: str) -> Message:
    near = names.columns_near(name)
    columns = names.columns
    hint = message('`klynge query "describe SCHEMA.TABLE"` lists the columns of a table')
    if near:
        hint = message("did you mean {names}?", names=near)
    elif columns:
        hint = message("it has {names}", names=columns)
    return message("no table of the query has a column {name!r}: {hint}", name=name, hint=hint)


def _no_function(_names: _Names, name: str) -> Message:
    return message("DuckDB has no function {name!r}: check how it is spelled", name=name)


def _syntax(_names: _Names, place: str) -> Message:
    return message(
        "the query cannot be understood at {place!r}: check the word itself, and the commas, "
        "quotes and parentheses before it",
        place=place,
    )


def _syntax_at_end(_names: _Names) -> Message:
    return message(
        "the query ends too early: something is missing at its end, such as a condition, a name or "
        "a closing parenthesis"
    )


def _types(_names: _Names, call: str) -> Message:
    return message(
        "the types do not fit: {call}. Text cannot be summed or compared with a number; convert it "
        "with, for example, cast(COLUMN as decimal(18, 2))",
        call=call,
    )


def _conversion(_names: _Names, value: str, kind: str) -> Message:
    return message(
        "the value {value!r} cannot be converted into the type {kind}: compare the column with a "
        "value of its own type",
        value=value,
        kind=kind,
    )


def _grouping(_names: _Names, column: str) -> Message:
    return message(
        "the column {column!r} is neither grouped nor summed: write it after `group by` too, or "
        "write `group by all`",
        column=column,
    )


def _ambiguous(_names: _Names, column: str) -> Message:
    return message(
        "several tables of the query have a column {column!r}: write the table's name before it, "
        "such as t.{column}",
        column=column,
    )


def _outside(_names: _Names) -> Message:
    return message("a query reads only the tables of the release, no file and no other database")


#: For each pattern of DuckDB's text, a function that makes the sentence from the pattern's groups.
_SENTENCES: tuple[tuple[str, Callable[..., Message]], ...] = (
    (r'Referenced column "([^"]*)" not found', _no_column),
    (r'does not have a column named "([^"]*)"', _no_column),
    (r'Referenced table "([^"]*)" not found', _no_table),
    (r"Table with name \"?([^\n\"]+?)\"? does not exist", _no_table),
    (r"Catalog \"([^\"]*)\" does not exist", _no_table),
    (r"Function with name \"?([^\s\"]+)\"? does not exist", _no_function),
    (r"syntax error at or near \"([^\n]*)\"", _syntax),
    (r"syntax error at end of input", _syntax_at_end),
    (r"No function matches the given name and argument types '([^\n]*)'\.", _types),
    (r"Cannot (?:compare|mix) values of type ([^\n]*?)(?: - |\.|$)", _types),
    (r"Could not convert string ['\"]([^\n]*)['\"] to (\w+)", _conversion),
    (r'column "([^"]*)" must appear in the GROUP BY', _grouping),
    (r'Ambiguous reference to column name "([^"]*)"', _ambiguous),
    (r"^(?:Permission|IO) Error|file system operations are disabled|external access", _outside),
)


def describe_refused_statement(kind: str) -> Message:
    """Say why a statement that does not only read, such as ``INSERT``, is refused."""
    return joined(
        [
            message("give exactly one query that reads, such as `select …` or `from …`"),
            message(
                "{kind} would change data or write a file, but a release never changes: `klynge "
                "export` and `klynge query … --out FILE` write files",
                kind=kind,
            ),
        ]
    )
