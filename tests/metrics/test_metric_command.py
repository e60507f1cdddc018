"""Test ``klynge metric``, ``klynge metrics``, and metrics as frames."""

import json
import zipfile
from decimal import Decimal

import pytest

from klynge import open_release
from klynge.errors import InputError
from klynge.metrics.declarations import METRICS
from tests.conftest import klynge_in_process


@pytest.fixture
def run(home, release_folder):
    def run(*arguments):
        return klynge_in_process(home, *arguments, "--release", str(release_folder))

    return run


def test_an_answer_for_a_person_says_what_it_is_of(run):
    done = run("metric", "money_consumed", "--by", "period,source", "--where", "organisation=made")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Money consumed, kr.\nMoney consumed.\nCluster organisations\n")
    assert "Cluster grant" in done.stdout
    assert " cluster_grant " not in done.stdout


def test_a_partial_answer_says_how_many_have_reported(run):
    done = run("metric", "money_consumed", "--where", "period=2025_so_far")
    assert "note: 3 of 14 reporters have reported" in done.stderr
    danish = run("metric", "money_consumed", "--where", "period=2025_so_far", "--language", "da")
    assert "bemærk: 3 af 14 indberettere" in danish.stderr


def test_an_answer_says_how_many_rows_were_refused(run):
    done = run("metric", "money_consumed", "--by", "organisation", "--where", "period=2025_so_far")
    assert "Rows refused" in done.stdout
    assert "2 rows of the files behind the answer were refused" in done.stderr
    assert "1,000.50 kr." in done.stderr


def test_an_answer_says_its_period_and_what_is_computed(run, release_folder):
    done = run("metric", "money_consumed", "--where", "period=2021-2023")
    assert "\nPeriod: 2021–2023\n" in done.stdout
    assert "Computed from printed figures" in done.stdout
    assert "Printed figure" not in done.stdout
    assert "1 finding is about printed figures of this answer: rows_miss_the_total" in done.stderr
    assert "mart_figure_findings where split_part(figure_id, '.', 1) in ('dfir" in done.stderr
    grant = run("metric", "cluster_grant", "--where", "period=2021-2023", "--language", "da")
    assert "dfir_2024#t7.total.cluster_grant" in grant.stdout
    assert "Periode: 2021–2023" in grant.stdout
    years = run("metric", "cluster_grant", "--where", "period=2021-2023,2024", "--by", "basis")
    assert "the rows do not have the same periods" in years.stdout
    frame = open_release(release_folder).metric("money_consumed", where={"period": "2021-2023"})
    assert frame.attrs["scope"][-1] == "Period: 2021–2023"
    assert frame.attrs["findings"] == ["rows_miss_the_total"]
    assert "dfir_2024#t7.made.private" in frame.attrs["sources"]["figures"]


def test_an_answer_by_organisation_names_those_without_a_figure(run):
    done = run("metric", "smes_under_250", "--by", "organisation", "--where", "period=2023")
    assert "withheld (confidential): CLEAN" in done.stderr
    done = run("metric", "money_consumed", "--by", "organisation", "--where", "period=2025_so_far")
    assert "no row for CLEAN: there is no printed or reported figure" in done.stderr


def test_an_answer_names_a_trace_of_one_row_behind_it(run):
    done = run("metric", "money_consumed", "--by", "organisation", "--where", "period=2024")
    assert (
        "`klynge trace fact_funding organisation_id=clean period_id=2024 "
        "funding_source_id=cluster_grant basis_id=reported --column amount_kr`"
    ) in done.stderr
    done = run("metric", "smes_under_250", "--where", "period=2024")
    assert (
        "`klynge trace mart_company_mix organisation_id=reported_so_far period_id=2024 "
        "category=under_50 basis=reported --column companies`"
    ) in done.stderr
    shown = run("metrics", "show", "money_consumed").stdout
    assert "klynge trace fact_funding organisation_id=… period_id=…" in shown


def test_quantities_have_marks_between_thousands(run, monkeypatch):
    # wide enough for all columns
    monkeypatch.setenv("COLUMNS", "200")
    where = ("--where", "period=2025_so_far")
    assert "1,000.5" in run("metric", "money_consumed", *where).stdout
    danish = run("metric", "money_consumed", *where, "--language", "da")
    assert "1.000,50" in danish.stdout


def test_a_list_without_a_metric_says_where_to_look(run):
    done = run("metrics", "list", "kursister")
    assert "without words lists all metrics" in done.stderr


def test_an_answer_for_a_program_has_codes_and_exact_numbers(run):
    done = run("metric", "private_cofinancing", "--where", "period=2021-2023", "--format", "json")
    assert json.loads(done.stdout) == [
        {
            "private_cofinancing": "51.83",
            "private_money": "15.55",
            "cluster_grant": "30.00",
            "basis": "published",
            "completeness": "printed",
            "is_computed": True,
        }
    ]


def test_an_answer_is_a_file_for_a_danish_spreadsheet(run, tmp_path):
    out = tmp_path / "svar.csv"
    question = ("metric", "money_consumed", "--by", "source", "--where", "period=2021-2023")
    done = run(*question, "--format", "csv-da", "--out", str(out))
    assert done.returncode == 0, done.stderr
    first, grant, *_ = out.read_text(encoding="utf-8-sig").splitlines()
    # a person reads the file, so it has names in place of codes
    assert first == "Finansieringskilde;Forbrug;Grundlag;Trykt tal"
    assert grant.startswith("Klyngebevilling;30,00;")


def test_shares_are_not_to_be_added(run):
    done = run("metric", "coverage", "--by", "organisation", "--where", "period=2021")
    assert "do not add the rows over organisation" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("smes_under_250",), "--by period"),
        (("money", "--by", "period"), "money_consumed"),
        (("money_consumed", "--where", "period"), "write DIMENSION=VALUE"),
        (("money_consumed", "--by", "perod"), "did you mean period?"),
        (("money_consumed", "--basis", "sample"), "no figures of the basis"),
    ],
)
def test_a_refusal_is_wrong_use(run, arguments, said):
    done = run("metric", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("word", "found"),
    [("tilskud", "money_consumed"), ("smv", "smes_under_250"), ("DÆKNING", "coverage")],
)
def test_the_list_is_searched_in_danish(run, word, found):
    done = run("metrics", "list", word)
    assert found in done.stdout
    assert "1 metric" in done.stdout
    assert run("metrics", "show", found).returncode == 0


def test_the_exports_write_files(run, tmp_path):
    for target, name in (("osi", "a.yaml"), ("superset", "a.zip"), ("tmdl", "model")):
        done = run("metrics", "export", "--to", target, "--out", str(tmp_path / name))
        assert done.returncode == 0, done.stderr
    assert "money_consumed" in (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert "klyngedata/metadata.yaml" in zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert (tmp_path / "model" / "definition" / "tables" / "fact_funding.tmdl").is_file()
    again = run("metrics", "export", "--to", "tmdl", "--out", str(tmp_path / "model"))
    assert again.returncode == 2
    assert "exists already" in again.stderr
    # the refused attempt has left no file
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "a.zip", "home", "model"]


def test_a_metric_is_a_frame_that_says_what_it_holds(release_folder):
    release = open_release(release_folder)
    frame = release.metric("money_consumed", by="period", where={"organisation": "made"})
    assert list(frame.columns) == [
        *("period_id", "period", "money_consumed", "basis", "completeness"),
        *("reporters_in", "reporters_due", "rows_refused", "refused_amount_kr", "is_computed"),
    ]
    assert frame["money_consumed"].tolist() == [Decimal(8), Decimal(1), Decimal(40)]
    assert frame.attrs["unit"] == "kr"
    assert frame.attrs["basis"] == ["published", "reported"]
    assert frame.attrs["population"] == "Cluster organisations"
    assert frame.attrs["sources"]["tables"] == ["bi.fact_funding"]
    danish = release.metric("money_consumed", by="period", labels="da", numbers="float")
    assert danish.columns[:2].tolist() == ["Periode", "Forbrug"]
    assert danish["Forbrug"].dtype == "float64"


def test_a_zero_with_a_meaning_says_it(run):
    question = ("metric", "cluster_grant", "--by", "organisation", "--where", "period=2021-2023")
    assert "note: 0 means: the application was refused (CLEAN)" in run(*question).stderr
    danish = run(*question, "--language", "da")
    assert "bemærk: 0 betyder: afslag (CLEAN)" in danish.stderr


def test_a_frame_names_other_questions_in_python(release_folder):
    release = open_release(release_folder)
    with pytest.raises(InputError, match=r'ask `release.metric\("smes_under_250", by="period"'):
        release.metric("smes_under_250")
    empty = release.metric("money_consumed", where={"source": "eu", "organisation": "made"})
    assert empty.attrs["ask_instead"] == [
        'release.metric("money_consumed", where={"funding_source": "eu"})'
    ]


def test_printed_figures_are_named_as_sources(release_folder):
    frame = open_release(release_folder).metric(
        "coverage", by="organisation", where={"period": "2021"}
    )
    assert frame.attrs["sources"]["figures"] == ["dfir_2024#t1.clean", "dfir_2024#t1.made"]


def test_a_release_of_an_older_version_has_no_metrics(release_folder, tmp_path):
    for path in release_folder.iterdir():
        if path.name != METRICS:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(InputError, match="has no metrics"):
        open_release(tmp_path).metric("money_consumed")
