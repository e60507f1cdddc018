"""Time traces, including their replays, on 10 million participants.

Run it with ``make bench-trace``; the current release must contain the sample. The participants,
activities and members of the release are multiplied, and the models are run on them. If the
variable ``KLYNGE_BENCH_TRACED`` is set, the database is kept at this path for the next run.
"""

import os
import random
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from klynge.lineage import Tracer
from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import run_models, string_literal, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.warehouse.compiled_models import mart_names

PARTICIPANTS = 10_000_000
#: EACH: how many figures are traced in each mart that depends on participants.
#: OTHERS: how many figures are traced in all other marts together.
EACH, OTHERS = 12, 24
#: Largest number of supporting rows in a group of traces -> seconds. In the group, 95 per cent of
#: the traces must take at most this many seconds.
AIMS = {10_000: 1.0, 1_000_000: 5.0}
GIGABYTES = 2.0

#: Copied table -> the columns that get a suffix, so that copies of a row have different keys.
_COPIED = {
    "raw.participants": ("source_row_key", "activity_id", "participant_id"),
    "raw.activities": ("source_row_key", "activity_id"),
    "raw.memberships": ("source_row_key", "member_id"),
}


def main() -> None:
    """Build the database, trace figures, print times; exit with code 1 if an aim is missed."""
    release = open_release()
    models = read_models(release)
    with tempfile.TemporaryDirectory() as folder:
        kept = os.environ.get("KLYNGE_BENCH_TRACED")
        database = Path(kept) if kept else Path(folder) / "traced.duckdb"
        if not database.exists():
            # a separate process builds the database, so its memory is not counted as memory of
            # tracing
            making = (release.whole_database, database, models)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
                other.submit(_multiply, *making).result()
        sys.exit(_trace(database, models))


def _multiply(small: Path, database: Path, models: CompiledModels) -> None:
    started = time.perf_counter()
    with workspace(database) as connection:
        connection.execute("set memory_limit = '8GB'")
        connection.execute(f"set temp_directory = {string_literal(database.with_suffix('.spill'))}")
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach {string_literal(small)} as small (read_only)")
        [(rows,)] = connection.execute("select count(*) from small.raw.participants").fetchall()
        copies = -(-PARTICIPANTS // rows)
        for table in sorted(models.external_inputs(models.values())):
            schema, _, name = table.partition(".")
            connection.execute(f'create schema if not exists "{schema}"')
            source = f'small."{schema}"."{name}"'
            if table in _COPIED:
                changed = ", ".join(f"{c} || '/' || copy as {c}" for c in _COPIED[table])
                source = (
                    f"(select * exclude (copy) replace ({changed}) "
                    f"from {source}, range({copies}) as copies (copy) order by load_id)"
                )
            connection.execute(f'create table "{schema}"."{name}" as from {source}')
        run_models(connection, models.values())
    print(f"{copies * rows:,} participants in {time.perf_counter() - started:.0f} s")


def _trace(database: Path, models: CompiledModels) -> int:
    rng = random.Random(0)  # noqa: S311 - no secret
    with Tracer.reading(database, models, mart_names(models)) as tracer:
        dependent = [m for m in tracer.marts if _depends_on_participants(models, m)]
        others = [m for m in tracer.marts if m not in dependent]
        chosen = [(mart, EACH) for mart in dependent]
        chosen += [(mart, -(-OTHERS // len(others))) for mart in others]
        timed = []
        for mart, number in chosen:
            for key, column in tracer.some_figures(mart, number, rng):
                started = time.perf_counter()
                trace = tracer.trace(mart, key, column)
                seconds = time.perf_counter() - started
                timed.append((sum(part.rows for part in trace.support), seconds))
                rows, status = timed[-1][0], trace.proof.status
                print(f"{seconds:6.2f} s {rows:>10,} rows {status:8} {mart} {column}")
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    missed, least = gigabytes > GIGABYTES, 0
    for most, aim in AIMS.items():
        taken = sorted(s for rows, s in timed if least < rows <= most)
        least = most
        if taken:
            p95 = taken[min(len(taken) - 1, int(0.95 * len(taken)))]
            missed |= p95 > aim
            median = taken[len(taken) // 2]
            print(
                f"up to {most:,} rows: {len(taken)} figures, "
                f"median {median:.2f} s, p95 {p95:.2f} s, aimed at {aim} s"
            )
    print(f"peak {gigabytes:.2f} GB, aimed at {GIGABYTES} GB")
    return int(missed)


def _depends_on_participants(models: CompiledModels, mart: str) -> bool:
    return any(
        "raw.participants" in model.reads or "staging.stg_participants" in model.reads
        for model in models.build_plan((), [mart])
    )


if __name__ == "__main__":
    main()
