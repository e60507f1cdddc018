"""Test ``klynge reference`` and ``klynge periods`` as a secretariat uses them."""

import re

from klynge.seed_files import read_seed
from tests.conftest import klynge_in_process
from tests.reference.overlays import period, put, reporter
from tests.submitted import staff_file

WHY = ("--role", "secretariat", "--reason", "decided at the meeting")


def test_a_template_is_edited_checked_added_shown_and_taken_back(home, tmp_path):
    template = tmp_path / "reporters.csv"
    done = klynge_in_process(home, "reference", "template", "reporters", "--out", str(template))
    assert done.returncode == 0, done.stderr
    text = template.read_text(encoding="utf-8-sig")
    old = "made;cluster_organisation;made;reported;2021-01-01;2025-12-31"
    assert old in text
    template.write_text(text.replace(old, old.replace("2025-12-31", "30-06-2026")), "utf-8-sig")
    changes = "changed: reporters made 2021-01-01\n  reports_to: 2025-12-31 → 2026-06-30"
    checked = klynge_in_process(home, "reference", "check", str(template))
    assert checked.returncode == 0
    assert changes in checked.stdout
    assert not home.reference.exists()
    added = klynge_in_process(home, "reference", "add", str(template), *WHY)
    assert added.returncode == 0, added.stderr
    assert changes in added.stdout
    assert "accepted as version 20" in added.stdout
    [row] = read_seed(home.reference / "reporters.csv")
    assert row["reports_to"] == "2026-06-30"
    assert "→ made" in " ".join(
        klynge_in_process(home, "reference", "show", "reporters").stdout.split()
    )
    history = klynge_in_process(home, "reference", "history").stdout
    assert "decided at the meeting  reporters: 1 changed" in history
    listed = klynge_in_process(home, "reference", "list").stdout
    assert "by secretariat: decided at the meeting" in listed
    back = klynge_in_process(home, "reference", "remove", "reporters", "reporter_id=made", *WHY)
    assert "reports_to: 2026-06-30 → 2025-12-31" in back.stdout
    again = klynge_in_process(home, "reference", "remove", "reporters", *WHY)
    assert again.returncode == 2
    assert "has no such row of reporters" in again.stderr


def test_a_period_is_closed_and_opened_again_with_role_and_reason(home, tmp_path):
    early = klynge_in_process(home, "periods", "close", "2024", "--on", "2025-01-01", *WHY)
    assert early.returncode == 2
    assert "closes_on 2025-01-01 is before due_on 2025-03-01" in early.stderr
    danish = klynge_in_process(
        home, "--language", "da", "periods", "close", "2024", "--on", "2025-01-01", *WHY
    )
    assert "closes_on 2025-01-01 ligger før due_on 2025-03-01" in danish.stderr
    done = klynge_in_process(home, "periods", "close", "2024", "--on", "2025-06-01", *WHY)
    assert "2024 accepts files until 2025-06-01" in done.stdout
    assert "closed" in klynge_in_process(home, "periods", "list").stdout
    path = staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"})
    late = klynge_in_process(home, "load", str(path), "--reporter", "made")
    assert late.returncode == 2
    said = " ".join(late.stderr.split())
    assert "2024 was closed on 2025-06-01: reopen it with `klynge periods reopen 2024`" in said
    done = klynge_in_process(home, "periods", "reopen", "2024", *WHY)
    assert "2024 accepts files" in done.stdout
    assert klynge_in_process(home, "load", str(path), "--reporter", "made").returncode == 0
    assert klynge_in_process(home, "reference", "history").stdout.count("secretariat") == 2


def test_a_period_is_closed_with_a_warning_of_what_is_missing(home, tmp_path):
    path = staff_file(tmp_path, "full_time_equivalents_2024", {"ufs": "1"})
    assert klynge_in_process(home, "load", str(path), "--reporter", "made").returncode == 0
    done = klynge_in_process(home, "periods", "close", "2024", "--on", "30-06-2026", *WHY)
    assert done.returncode == 0, done.stderr
    assert "2024 accepts files until 2026-06-30" in done.stdout
    said = " ".join(done.stderr.split())
    [missing, expected] = re.findall(r"warning: (\d+) of (\d+) submissions are missing", said)[0]
    assert int(missing) == int(expected) - 1
    assert "they can no longer be sent" in said


def test_wrong_use_of_periods_is_refused(home):
    for arguments, says in (
        (("close", "2099"), "there is no period '2099': did you mean 2029?"),
        (("close", "2024", "--on", "1.3.2025"), "'1.3.2025' is not a day"),
        (("reopen", "2024", "--until", "2020-01-01"), "2020-01-01 has passed"),
    ):
        done = klynge_in_process(home, "periods", *arguments, *WHY)
        assert done.returncode == 2
        assert says in done.stderr


def test_status_names_refused_reference_data_until_they_are_mended(home):
    put(home, "reporting_periods", period("2024", closes_on="2025-01-01"))
    done = klynge_in_process(home, "reference", "add", *WHY)
    assert done.returncode == 2
    assert "reporting_periods.csv: 1 problem" in done.stderr
    put(home, "reporting_periods", period("2024", closes_on="2025-12-01"))
    done = klynge_in_process(home, "reference", "add", *WHY)
    assert done.returncode == 0
    assert "closes_on: - → 2025-12-01" in done.stdout
    put(home, "reporters", reporter(reports_to="2026-06-30"))
    listed = klynge_in_process(home, "reference", "check").stdout
    assert "reports_to: 2025-12-31 → 2026-06-30" in listed


def test_an_unknown_name_of_reference_data_is_refused(home):
    done = klynge_in_process(home, "reference", "show", "findings")
    assert done.returncode == 2
    assert "a home cannot keep rows of 'findings': use one of reporters" in done.stderr
    done = klynge_in_process(home, "reference", "remove", "reporters", "made", *WHY)
    assert "'made': write COLUMN=VALUE" in done.stderr
