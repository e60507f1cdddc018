"""Time questions to metrics on the current release, without the time of their SQL queries.

Processor time on one thread is measured, so a busy machine does not change the results.
"""

import statistics
import time

from klynge import open_release
from klynge.metrics.answers import answer_question
from klynge.metrics.requests import Request

REPETITIONS = 20
#: A limit in milliseconds for two durations together: reading the declarations, and answering the
#: slowest question without running its query.
LIMIT_MS = 50
QUESTIONS = (
    Request("money_consumed", ("period",)),
    Request("private_cofinancing", ("organisation",)),
    Request("success_rate"),
    Request("coverage", ("organisation",), {"period": "2021"}),
    Request("participants", ("organisation", "period")),
)


def main() -> None:
    """Print the times; end with an error if a question takes too long."""
    release = open_release()
    started = time.process_time()
    catalogue = release.catalogue
    reading = _milliseconds(started)
    print(f"reading the declarations: {reading:.1f} ms")
    slowest = 0.0
    with release.connect() as connection:
        connection.execute("set threads = 1")
        for request in QUESTIONS:
            answers, queries = [], []
            for _ in range(REPETITIONS):
                started = time.process_time()
                answer = answer_question(connection, catalogue, request)
                answers.append(_milliseconds(started))
                started = time.process_time()
                compiled = answer.compiled
                connection.execute(compiled.sql, dict(compiled.parameters)).fetchall()
                queries.append(_milliseconds(started))
            beyond = statistics.median(answers) - statistics.median(queries)
            slowest = max(slowest, beyond)
            print(f"{request.metric}: {beyond:.1f} ms beyond {statistics.median(queries):.1f} ms")
    assert reading + slowest <= LIMIT_MS, f"{reading + slowest:.1f} ms"  # noqa: S101


def _milliseconds(started: float) -> float:
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    main()
