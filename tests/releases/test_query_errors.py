"""DuckDB's errors in sentences: what is wrong, where, and the nearest names."""

import duckdb
import pytest

from klynge.messages import Language
from klynge.releases.descriptions import ColumnDescription, TableDescription
from klynge.releases.query_errors import describe_query_error, describe_refused_statement

MIX = "evaluation.mart_funding_mix"
TABLES = {
    MIX: TableDescription(
        MIX,
        label_da="Finansiering efter kilde",
        columns={
            "organisation_id": ColumnDescription("Organisation", "Organisation"),
            "amount_kr": ColumnDescription("Beløb i kroner", "Amount"),
        },
    ),
    "bi.period": TableDescription("bi.period", label_da="Periode"),
}


def error_of(sql):
    with duckdb.connect() as connection:
        connection.execute("create schema evaluation")
        connection.execute(
            f"create table {MIX} (organisation_id varchar, amount_kr decimal(18, 2))"
        )
        connection.execute("set enable_external_access = false")
        with pytest.raises(duckdb.Error) as raised:
            connection.sql(sql).fetchall()
    return describe_query_error(str(raised.value), sql, TABLES, TABLES)


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (f"select amount_k from {MIX}", "en kolonne 'amount_k': mente du amount_kr?"),
        (f"select m.amountkr from {MIX} as m", "en kolonne 'amountkr': mente du amount_kr?"),
        (f"select beløb from {MIX}", "en kolonne 'beløb': mente du amount_kr?"),
        (f"select zz from {MIX}", "en kolonne 'zz': der er organisation_id, amount_kr"),
        ("from mart_funding", f"ingen tabel 'mart_funding': mente du {MIX}?"),
        ("from finansiering", f"ingen tabel 'finansiering': mente du {MIX}?"),
        ("from zz", "ingen tabel 'zz': `klynge query \"show tables\"` viser tabellerne"),
        ("selec 1", "forespørgslen kan ikke forstås ved 'selec'"),
        (f"select 1 from {MIX} where", "forespørgslen slutter for tidligt"),
        (f"select sum(organisation_id) from {MIX}", "typerne passer ikke sammen: sum(VARCHAR)"),
        (f"select organisation_id, sum(amount_kr) from {MIX}", "'organisation_id' er hverken"),
        ("select cast('stor' as int)", "værdien 'stor' kan ikke laves om til typen INT32"),
        (f"select amount_kr from {MIX} a, {MIX} b", "flere tabeller i forespørgslen har"),
        ("select summe(1)", "ingen funktion 'summe'"),
        ("from 'hemmelig.csv'", "kun udgivelsens tabeller, ingen fil"),
        ("select error('zz')", "DuckDB kan ikke udføre forespørgslen"),
    ],
)
def test_an_error_is_a_danish_sentence_with_the_nearest_names(sql, sentence):
    said = error_of(sql)
    first, *_, last = said.text(Language.da).splitlines()
    assert sentence in first
    assert last.startswith("  DuckDB skriver: »")


def test_the_line_and_the_place_are_shown():
    said = error_of(f"with a as (select 1 as x)\nselect amount_k\nfrom {MIX}")
    assert said.text(Language.da).splitlines()[1:4] == [
        "  linje 2 i forespørgslen:",
        "    select amount_k",
        "           ^",
    ]


def test_a_long_list_of_candidates_is_not_quoted():
    assert len(error_of(f"select amount_kr + organisation_id from {MIX}")) < 600


def test_a_statement_that_writes_is_named():
    assert "INSERT ville ændre data" in describe_refused_statement("INSERT").text(Language.da)
