"""A build is compared with the current release; a loss passes only with a recorded reason."""

from dataclasses import replace

import duckdb
import pytest

from expectations import gate
from expectations.results import describe
from expectations.suites.row_counts import with_losses
from klynge import runs
from klynge.errors import InputError
from klynge.home import write_json
from klynge.metrics.declarations import Catalogue
from klynge.quality import keep_verdict, read_verdict, results_in
from klynge.raw_zone import Load
from klynge.releases.manifest import describe_reference
from klynge.releases.reading import DATABASE
from klynge.releases.shrinkage import accept_losses, with_accepted_losses
from tests.conftest import klynge_in_process as klynge

FACT, MART = "core.fct_participants", "evaluation.mart_activity_attendance"
LOSSES = "former_loads_count_or_say_why"
CHECKS = [LOSSES, "fct_participants_has_not_shrunk", "mart_activity_attendance_has_not_shrunk"]
SHRUNK_MART = "mart_activity_attendance_has_not_shrunk"
NO_METRICS = Catalogue({}, {})
NOTE = {"role": "secretariat", "reason": "sent by mistake"}


def load(load_id, reporter="made", correction_no=0, *, partial=False, **about):
    return Load(
        load_id=load_id * 16,
        dataset="participants",
        reporter=reporter,
        period="2024",
        correction_no=correction_no,
        basis="reported",
        contract_version="1.0.0",
        files={},
        rows_read=10,
        rows_loaded=10,
        rows_rejected=0,
        rows_held=0,
        received_at="2026-01-01T00:00:00.000+00:00",
        accepted_by="door",
        accepted_because="sound",
        about=about,
        partial=partial,
    )


MADE, CLEAN = load("a"), load("b", "clean")


def write_database(path, loads, rows=10, mart_rows=4):
    """Write a build with the participants of some loads, and with a mart."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw; create schema core; create schema evaluation")
        connection.execute(
            "create table raw.loads (load_id varchar, reporter varchar, dataset varchar, "
            "period varchar, basis varchar)"
        )
        connection.execute(f"create table {FACT} (source_row_key varchar, basis varchar)")
        for one in loads:
            connection.execute(
                "insert into raw.loads values (?, ?, ?, ?, ?)",
                [one.load_id, *one.slot, one.basis],
            )
            connection.execute(
                f"insert into {FACT} select $load || '#' || n, 'reported' "
                "from range($rows) as t (n)",
                {"load": one.load_id, "rows": rows},
            )
        connection.execute(
            f"create table {MART} as select 'reported' as basis from range({mart_rows})"
        )


@pytest.fixture
def home(home):
    """Make a home whose current release was built from the loads of two reporters."""
    folder = home.releases / "20260101T000000Z-former"
    folder.mkdir()
    write_database(folder / DATABASE, [MADE, CLEAN])
    entries = [
        {**vars(one), "document_id": None, "erased": None, "rows_erased": 0}
        for one in (MADE, CLEAN)
    ]
    tables = [{"schema": name.split(".")[0], "table": name.split(".")[1]} for name in (FACT, MART)]
    inputs = {"loads": entries, "reference": describe_reference(home), "documents": {}}
    write_json(folder / "manifest.json", {"inputs": inputs, "tables": tables})
    (home.releases / "current").symlink_to(folder.name)
    return home


def judge(home, tmp_path, loads, ledger, **build):
    """Return the failed checks and the observed values of all checks."""
    database = tmp_path / DATABASE
    write_database(database, loads, **build)
    former = gate.compare_with_current(home, loads, ledger)
    results = with_losses(describe(gate.run_gate(database, NO_METRICS, former, CHECKS)), former)
    with duckdb.connect(str(database)) as connection:
        left = "select count(*) from information_schema.schemata where schema_name = 'comparison'"
        assert connection.execute(left).fetchall() == [(0,)]
    assert [r.error for r in results if r.error] == []
    failed = sorted(r.check_id for r in results if not r.passed)
    return failed, {r.check_id: r.observed for r in results}


def test_the_same_loads_with_all_their_rows_pass(home, tmp_path):
    failed, _ = judge(home, tmp_path, [MADE, CLEAN], [MADE, CLEAN])
    assert failed == []


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("withdrawal", "is withdrawn by secretariat: sent by mistake"),
        ("erasure", "is erased by secretariat: sent by mistake"),
        ("set_aside", "is set aside by secretariat: sent by mistake"),
    ],
)
def test_a_recorded_loss_passes_and_is_shown(home, tmp_path, note, words):
    gone = replace(MADE, about={note: NOTE})
    built = [gone, CLEAN] if note == "erasure" else [CLEAN]
    failed, observed = judge(home, tmp_path, built, [gone, CLEAN], mart_rows=1)
    assert failed == []
    said = f"load {MADE.load_id} (made participants 2024) {words}"
    assert said in observed[LOSSES]
    assert said in observed["fct_participants_has_not_shrunk"]
    assert said in observed["mart_activity_attendance_has_not_shrunk"]


def test_a_correction_explains_the_loss_of_what_it_replaces(home, tmp_path):
    correction = load("c", correction_no=1)
    built = [correction, CLEAN]
    failed, observed = judge(home, tmp_path, built, [MADE, *built])
    assert failed == []
    assert f"load {correction.load_id} corrects it" in observed[LOSSES]


def test_a_loss_without_a_reason_fails(home, tmp_path):
    failed, _ = judge(home, tmp_path, [CLEAN], [MADE, CLEAN])
    assert LOSSES in failed


def test_a_load_that_the_ledger_does_not_know_any_more_fails(home, tmp_path):
    failed, _ = judge(home, tmp_path, [CLEAN], [CLEAN])
    assert LOSSES in failed


def test_rows_of_a_load_that_still_counts_may_not_be_lost_beside_a_lawful_loss(home, tmp_path):
    gone = replace(MADE, about={"withdrawal": NOTE})
    failed, _ = judge(home, tmp_path, [CLEAN], [gone, CLEAN], rows=8)
    assert failed == ["fct_participants_has_not_shrunk"]


def test_a_mart_may_not_shrink_while_its_loads_are_the_same(home, tmp_path):
    failed, _ = judge(home, tmp_path, [MADE, CLEAN], [MADE, CLEAN], mart_rows=3)
    assert failed == ["mart_activity_attendance_has_not_shrunk"]


def test_erased_rows_of_a_person_are_a_recorded_loss(home, tmp_path):
    erased = replace(MADE, about={"row_erasures": [{**NOTE, "rows": 9}]})
    failed, observed = judge(home, tmp_path, [erased, CLEAN], [erased, CLEAN], rows=10)
    assert failed == []
    assert "is erased in part by secretariat: sent by mistake" in observed[LOSSES]


def results_of(home, run_id):
    return results_in(read_verdict(home, run_id))


def run_that_found(home, tmp_path, name, mart_rows):
    """Record a refused run whose build has fewer rows in the mart.

    Returns the checks that still fail when accepted losses are considered.
    """
    failed, _ = judge(home, tmp_path, [MADE, CLEAN], [MADE, CLEAN], mart_rows=mart_rows)
    assert failed == [SHRUNK_MART]
    database = tmp_path / DATABASE
    former = gate.compare_with_current(home, [MADE, CLEAN], [MADE, CLEAN])
    results = list(describe(gate.run_gate(database, NO_METRICS, former, CHECKS)))
    database.unlink()
    runs.start(home, name)
    keep_verdict(home, name, results)
    runs.end(home, name, runs.REFUSED, reason="a check failed")
    return [one.check_id for one in with_accepted_losses(home, results) if not one.passed]


def test_a_loss_of_rows_is_accepted_once_with_role_and_reason(home, tmp_path):
    assert run_that_found(home, tmp_path, "one", mart_rows=3) == [SHRUNK_MART]
    told = klynge(home, "quality").stdout
    assert "klynge releases accept-loss CHECK --role" in told
    why = ("--role", "secretariat", "--reason", "the types are merged")
    done = klynge(home, "releases", "accept-loss", SHRUNK_MART, *why)
    assert done.returncode == 0, done.stderr
    assert f"accepted: {SHRUNK_MART} on {MART}" in done.stdout
    # a loss of the same size passes, a larger loss does not
    assert run_that_found(home, tmp_path, "two", mart_rows=3) == []
    [result] = [r for r in results_of(home, "two") if r.check_id == SHRUNK_MART]
    [passed] = with_accepted_losses(home, [result])
    assert passed.observed.startswith("the loss is accepted by secretariat: the types are merged")
    assert run_that_found(home, tmp_path, "three", mart_rows=2) == [SHRUNK_MART]


def test_an_acceptance_holds_for_one_current_release(home, tmp_path):
    run_that_found(home, tmp_path, "one", mart_rows=3)
    accept_losses(home, [SHRUNK_MART], role="secretariat", reason="the types are merged")
    with pytest.raises(InputError, match="accepted already, by secretariat"):
        accept_losses(home, [SHRUNK_MART], role="secretariat", reason="once more")
    former = (home.releases / "current").resolve()
    former.rename(home.releases / "20260102T000000Z-later")
    (home.releases / "current").unlink()
    (home.releases / "current").symlink_to("20260102T000000Z-later")
    assert run_that_found(home, tmp_path, "two", mart_rows=3) == [SHRUNK_MART]


def test_only_a_loss_that_the_last_run_found_can_be_accepted(home, tmp_path):
    run_that_found(home, tmp_path, "one", mart_rows=3)
    for checks, role, words in (
        ([LOSSES], "secretariat", f"it found losses by {SHRUNK_MART}"),
        ([SHRUNK_MART, "funding_shares_add_up"], "secretariat", "found no loss of rows by funding"),
        ([SHRUNK_MART], " ", "role and reason must not be empty"),
    ):
        with pytest.raises(InputError, match=words):
            accept_losses(home, checks, role=role, reason="the types are merged")
    assert not list(home.runs.glob("*/accepted-loss-*"))
