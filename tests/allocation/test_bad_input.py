"""Test invalid files and changes, each with its message."""

from decimal import Decimal

import pytest

from klynge.errors import InputError
from klynge.intake.formats.text_file import FileRefusedError
from klynge.intake.rejects import rejected_rows
from klynge.messages import Language
from klynge.whatif.what_if import open_what_if
from tests.allocation.files import CALL, CODES, HEADER, SMALL, small, tried
from tests.intake.door import write


def refused(release, path, language="en"):
    """Return the line, column, value and reason of every fault."""
    with open_what_if(release, CALL) as what_if:
        applications = what_if.read(path)
        return rejected_rows(applications.checked.rejected, applications.contract, language)


#: (the line after a file's first valid row; line, column and reason of the fault)
ROWS = [
    ("made;construction;cluster;-90;7", 3, "applied_amount_kr", "outside the allowed range"),
    ("made;construction;cluster;;7", 3, "applied_amount_kr", "required"),
    ("made;construction;cluster;0;7", 3, "applied_amount_kr", "outside the allowed range"),
    ("made;construction;cluster;90;10,5", 3, "score", "outside the allowed range"),
    ("made;construction;cluster;90;-1", 3, "score", "outside the allowed range"),
    ("made;construction;cluster;90;7.5", 3, "score", "write 7,5"),
    ("made;construction;cluster;90.50;7", 3, "applied_amount_kr", "write 90,50"),
    ("made;construction;cluster;1,234.50;7", 3, "applied_amount_kr", "not a number"),
    ("made;construction;cluster;90;seven", 3, "score", "not a number"),
    ("made;construction;clusters;90;7", 3, "grant_type", "is it cluster?"),
    ("made;construction;innovationskraft;90;7", 3, "grant_type", "use one of cluster, innovation"),
    ("made;constructions;cluster;90;7", 3, "area_id", "is it construction?"),
    ("clean;tourism;cluster;31;8", 2, "organisation_id, grant_type", "lines 2, 3"),
    (
        "clean;tourism;cluster;30;8",
        3,
        "organisation_id, grant_type",
        "lines 2, 3 hold the same row",
    ),
    ("clean;construction;innovation;31;8", 2, "organisation_id, area_id", "lines 2, 3"),
    ("made;construction;cluster;90", 3, "the whole record", "fields in the record: 4"),
]


class TestRefusedRows:
    @pytest.mark.parametrize(("row", "line", "column", "words"), ROWS)
    def test_a_fault_is_reported_with_line_and_column(
        self, release, tmp_path, row, line, column, words
    ):
        path = write(tmp_path, "faulty.csv", *SMALL[:2], row)
        (told_line, told_column, _, reason), *_ = refused(release, path)
        assert (told_line, words in reason) == (line, True), reason
        names = ", ".join(part.rpartition("(")[2].rstrip(")") for part in told_column.split(", "))
        assert names == column

    def test_two_grants_in_different_areas_in_danish(self, release, tmp_path):
        path = write(tmp_path, "a.csv", *SMALL[:2], "clean;construction;innovation;31;8")
        assert [reason for *_, reason in refused(release, path, "da")] == [
            "linje 2, 3 har samme organisation_id, men forskellig area_id; ret de forkerte linjer"
        ] * 2

    def test_a_criterion_of_the_other_grant_and_one_that_is_missing(self, release, tmp_path):
        header = HEADER.replace("score", CODES)
        path = write(
            tmp_path,
            "criteria.csv",
            header,
            "clean;tourism;cluster;30;6;6;7;7;9;5;;",
            "clean;tourism;innovation;30;6;6;7;7;;5;;5",
        )
        told = [(line, column, reason) for line, column, _, reason in refused(release, path)]
        assert told == [
            (
                2,
                "Bevillingstype (grant_type), Score for A3 (A3)",
                "rule: A3 is a criterion of innovation only; leave it empty here",
            ),
            (
                3,
                "Bevillingstype (grant_type), Score for C1 (C1)",
                "rule: C1 is a criterion of innovation; fill it in",
            ),
        ]


#: (the lines of a file; the reason for its refusal in English; the reason in Danish)
FILES = [
    ([""], "is empty", "er tom"),
    ([HEADER], "holds no applications", "indeholder ingen ansøgninger"),
    ([HEADER.removesuffix(";score"), "clean;tourism;cluster;30"], "neither a score", "hverken"),
    ([f"{HEADER};A1", "clean;tourism;cluster;30;8;8"], "in two ways", "på to måder"),
    (
        [HEADER.replace("score", f"{CODES};D9"), "clean;tourism;cluster;30;6;6;7;7;9;;;;"],
        "unknown column 'D9'",
        "ukendt kolonne 'D9'",
    ),
    (
        [HEADER.replace("score", CODES.removesuffix(";C2")), "clean;tourism;cluster;3;6;6;7;7;9;;"],
        "missing column C2",
        "kolonnen Score for C2 (C2) mangler",
    ),
    (
        [HEADER.replace("score", "scores"), "clean;tourism;cluster;30;8"],
        "is it score?",
        "er det Score (score)?",
    ),
    ([HEADER.replace(";", ","), "clean,tourism,cluster,30,8"], "separated by ';'", "adskilles"),
]


class TestRefusedFiles:
    @pytest.mark.parametrize(("content", "english", "danish"), FILES)
    def test_an_unreadable_file_is_refused_with_its_reason(
        self, release, tmp_path, content, english, danish
    ):
        path = write(tmp_path, "file.csv", *content)
        with open_what_if(release, CALL) as what_if, pytest.raises(FileRefusedError) as error:
            what_if.read(path)
        assert english in str(error.value)
        assert danish in error.value.message.text(Language.da)
        assert "klynge template" not in str(error.value)


class TestRefusedChanges:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"rule": "proportionel"}, "did you mean proportional"),
            ({"scope": "grants"}, "did you mean grant_type?"),
            ({"competition": "best"}, "best_mean_in_area"),
            ({"pots": {"clusters": Decimal(1)}}, "did you mean cluster?"),
            ({"pots": {"cluster": Decimal(-1)}}, "the pot of cluster -1: give a number from 0"),
            ({"pots": {"cluster": Decimal("200.000")}}, "at most 2 decimals"),
            ({"pots": {"cluster": Decimal("NaN")}}, "give a number"),
            ({"minimum_average": Decimal(11)}, "give a number from 0 to 10 with"),
            ({"minimum_average": Decimal("NaN")}, "give a number from 0 to 10 with"),
            ({"minimum_criterion": Decimal(5)}, "needs a column for each criterion"),
            ({"weights": "A1=25"}, "needs a column for each criterion"),
            ({"cap_percent": Decimal(101)}, "from 0 to 100 with"),
            ({"floor_kr": Decimal(-1)}, "--floor-kr -1: give a number"),
            ({"cap_kr": Decimal(5), "floor_kr": Decimal(6)}, "cap kr 5 is below floor kr 6"),
        ],
    )
    def test_an_impossible_change_is_refused_with_its_reason(
        self, release, tmp_path, changes, words
    ):
        with pytest.raises(InputError) as error:
            tried(release, small(tmp_path), **changes)
        assert words in str(error.value)

    @pytest.mark.parametrize(
        ("call_id", "words"),
        [
            ("klyngeprogram_2025_2029", "did you mean klyngeprogram_2025_2028?"),
            ("innovationskraft_2021_2024", "has no allocation rule"),
        ],
    )
    def test_a_call_without_a_rule_is_refused_with_its_reason(self, release, call_id, words):
        with pytest.raises(InputError, match=words), open_what_if(release, call_id):
            pass

    def test_a_release_of_an_older_version_is_refused(self, release, monkeypatch):
        # with such a release, the allocation would ignore the given applications
        monkeypatch.setattr("klynge.whatif.what_if.APPLICATIONS", "core.fct_other")
        with pytest.raises(InputError, match="klynge nightly"), open_what_if(release, CALL):
            pass
