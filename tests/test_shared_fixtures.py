"""A shared fixture that fails is reported once, however many tests need it."""

pytest_plugins = ["pytester"]

CONFTEST = "from tests.conftest import pytest_fixture_setup"


def test_the_first_test_shows_the_error_and_the_others_are_skipped(pytester):
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="session")
        def broken():
            raise ValueError("the whole reason")

        @pytest.fixture(scope="module")
        def built_on_it(broken):
            return 1

        def test_first(broken): ...
        def test_second(broken): ...
        def test_third(built_on_it): ...
        def test_alone(): ...
        """
    )
    result = pytester.runpytest_inprocess("-rs")
    result.assert_outcomes(errors=1, skipped=2, passed=1)
    assert str(result.stdout).count("E       ValueError: the whole reason") == 1
    result.stdout.fnmatch_lines("*the fixture 'broken' failed; the first test*")


def test_a_fixture_of_one_test_fails_for_each_test(pytester):
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def broken():
            pytest.fail("no")

        def test_first(broken): ...
        def test_second(broken): ...
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(errors=2)
