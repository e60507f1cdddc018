"""A frame of a mart with several bases, or with invented rows, comes with a warning."""

import warnings

import pytest

from klynge.releases.bases import describe_bases
from tests.bare_release import write_release


def test_a_mart_with_several_bases_is_read_with_a_warning(tmp_path):
    release = write_release(tmp_path / "release")
    with pytest.warns(UserWarning, match="several bases") as caught:
        release.table("mart_money")
    [warning] = caught
    assert warning.filename == __file__
    assert "several bases: published, reported, sample. Do not add them up" in str(warning.message)
    assert 'basis="published"' in str(warning.message)
    assert "sample rows, which are invented" in str(warning.message)


def test_a_frame_of_one_chosen_basis_is_read_without_a_warning(tmp_path):
    release = write_release(tmp_path / "release")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        release.table("mart_money", basis="sample")
        release.table("mart_exact")


@pytest.mark.parametrize(
    ("column", "bases", "said"),
    [
        ("basis", ["published"], False),
        ("basis", ["published", "reported"], True),
        # a fact of the star has each figure once, whatever its basis
        ("basis_id", ["published", "reported"], False),
        ("basis_id", ["published", "sample"], True),
        (None, [], False),
    ],
)
def test_only_repeated_or_invented_figures_need_a_word(column, bases, said):
    assert (describe_bases(column, bases, "mart_money") is not None) == said
