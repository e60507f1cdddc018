"""A release names the commit of its code, for any user, or says why the commit is unknown."""

import subprocess

import pytest

from klynge import checkout


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Make a checkout with one commit, in a folder with a blank and an apostrophe in its name."""
    root = tmp_path / "Anna's checkout"
    (root / "klynge").mkdir(parents=True)
    (root / "klynge" / "code.py").write_text("one = 1\n")
    monkeypatch.setattr(checkout, "ROOT", root)
    for key in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{key}_NAME", "test")
        monkeypatch.setenv(f"{key}_EMAIL", "test@example.org")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "one")
    return root


def git(root, *arguments):
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_commit_is_known_and_clean_until_a_file_changes(repository):
    version = checkout.code_version()
    assert (version.commit, version.clean) == (git(repository, "rev-parse", "HEAD"), True)
    assert version.commit_unknown_because is None
    (repository / "klynge" / "code.py").write_text("one = 2\n")
    changed = checkout.code_version()
    assert (changed.commit, changed.clean) == (version.commit, False)
    assert changed.sha256 != version.sha256


def test_another_user_than_the_owner_is_told_the_commit(repository, monkeypatch):
    commit = git(repository, "rev-parse", "HEAD")
    # with this variable, made for git's own tests, git treats every folder as another user's
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "rev-parse", "HEAD")
    version = checkout.code_version()
    assert (version.commit, version.clean) == (commit, True)


def test_without_a_repository_the_reason_is_given(repository, monkeypatch):
    (repository / ".git").rename(repository / "git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.parent))
    version = checkout.code_version()
    assert (version.commit, version.clean) == ("unknown", False)
    assert "not a git repository" in version.commit_unknown_because


def test_without_git_the_reason_is_given(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository))
    assert checkout.code_version().commit_unknown_because == (
        "git cannot be run (No such file or directory)"
    )
