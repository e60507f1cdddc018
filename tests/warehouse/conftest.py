"""Evaluate the audit of the print a second time in Python."""

import pytest

from benchmarks.audit_evaluator import AuditEvaluator
from benchmarks.mutation_score import Auditor
from klynge.releases.reading import open_release
from tests.releases.conftest import publish_number  # noqa: F401 - a fixture that is shared


@pytest.fixture(scope="session")
def evaluator(published):
    return AuditEvaluator(open_release(home=published).whole_database)


@pytest.fixture(scope="session")
def auditor(evaluator):
    return Auditor(evaluator)
