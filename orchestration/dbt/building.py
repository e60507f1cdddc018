"""Call dbt to build and test all models or a selection. Each node has one result."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.sources import add_sources
from klynge.errors import GateRefusedError, MachineError
from klynge.home import Home, machine_remedy
from klynge.messages import counted, message
from klynge.quality import CheckResult
from klynge.warehouse.faulty_loads import Failure
from orchestration.dbt.data_tests import describe_test
from orchestration.dbt.invocation import invoke
from orchestration.dbt.manifest import Node, read_nodes, table_name
from orchestration.dbt.project import artifacts

#: An error message shows at most this many failing rows of a dbt test.
SHOWN_ROWS = 10
#: At most this many failing rows of a dbt test are followed to their loads.
MOST_ROWS = 10_000
_FAILED = ("fail", "error", "runtime error")

#: Unit tests run only in `make test`: they check the code, not the data of a run.
_NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class NodeResult:
    """The result of one dbt node: its status, the seconds it took, and dbt's message.

    ``failures`` is the number of rows that a test found. It is None for a model, and for a test
    that could not run.
    """

    unique_id: str
    resource_type: str
    status: str
    seconds: float
    message: str
    failures: int | None
    compiled_sql: str | None

    @property
    def passed(self) -> bool:
        return self.status in ("success", "pass")


def build(home: Home, selection: Iterable[Node] | None = None) -> list[NodeResult]:
    """Build and test the models, seeds and tests of ``selection`` in ``home.database``.

    None selects the whole project. A test runs only if the test itself is selected; it is not
    enough to select its model.
    """
    arguments = ["build", *_NO_UNIT_TESTS]
    if selection is not None:
        names = [f"fqn:{'.'.join(node['fqn'])}" for node in selection]
        arguments += ["--indirect-selection", "empty", "--select", *names]
    outcome = invoke(home, *arguments, target=artifacts(home))
    return [
        NodeResult(
            unique_id=one.node.unique_id,
            resource_type=str(one.node.resource_type),
            status=str(one.status),
            seconds=one.execution_time,
            message=one.message or "",
            failures=one.failures,
            compiled_sql=getattr(one.node, "compiled_code", None),
        )
        for one in outcome.results
    ]


def compile_project(home: Home) -> None:
    """Write the compiled SQL of every model without building anything."""
    invoke(home, "compile", "--no-introspect", target=artifacts(home))


def document(home: Home) -> Path:
    """Write the project's documentation as one page that needs no network, and return its path.

    The page shows the column types of the tables in ``home.database``, so the build must exist.
    """
    invoke(home, "docs", "generate", "--static", "--no-compile", target=artifacts(home))
    return artifacts(home) / "static_index.html"


def find_failures(home: Home, results: Sequence[NodeResult]) -> list[Failure]:
    """Find each test that found rows, and each node that could not be built.

    A failure has its failing rows. The list is empty if the machine made a node fail, for example
    by a full disk.
    """
    failed = [r for r in results if r.status in _FAILED]
    if any(machine_remedy(one.message) for one in failed):
        return []
    nodes = read_nodes(home)
    return [_describe_as_failure(home, one, nodes) for one in failed]


def _describe_as_failure(home: Home, result: NodeResult, nodes: Mapping[str, Node]) -> Failure:
    node = nodes[result.unique_id]
    is_test = result.resource_type == "test"
    attached = node.get("attached_node")
    tables = [attached] if attached else node["depends_on"]["nodes"]
    return Failure(
        check_id=node["name"],
        says=describe_test(node)
        if is_test
        else message("The model {model} can be built.", model=node["name"]),
        tables=tuple(table_name(nodes[table]) for table in tables)
        if is_test
        else (table_name(node),),
        rows=_failing_rows(home, result, node) if is_test and result.status == "fail" else [],
        acceptable=False,
    )


def _failing_rows(home: Home, result: NodeResult, test: Node) -> list[dict[str, object]]:
    """Read all rows that a test found. A column that dbt's own test renamed gets its name back."""
    column = str((test.get("test_metadata") or {}).get("kwargs", {}).get("column_name"))
    renamed = {"unique_field": column, "value_field": column}
    with duckdb.connect(str(home.database), read_only=True) as connection:
        found = connection.execute(f"from ({result.compiled_sql}) limit {MOST_ROWS}")
        names = [renamed.get(described[0], described[0]) for described in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def describe_results(home: Home, results: Iterable[NodeResult]) -> list[CheckResult]:
    """Turn the results of dbt's tests into check results. A skipped test has not passed."""
    nodes = read_nodes(home)
    return [_check_result(r, nodes) for r in results if r.resource_type == "test"]


def _check_result(result: NodeResult, nodes: Mapping[str, Node]) -> CheckResult:
    test, ran = nodes[result.unique_id], result.failures is not None
    attached = test.get("attached_node")
    tables = [attached] if attached else test["depends_on"]["nodes"]
    return CheckResult(
        check_id=test["name"],
        looks_at=", ".join(sorted(table_name(nodes[table]) for table in tables)),
        says=describe_test(test),
        passed=result.passed,
        observed=message("failing rows: {rows}", rows=result.failures) if ran else result.status,
        failing_rows=[],
        failing_count=result.failures or 0,
        seconds=round(result.seconds, 3),
        error=None if ran else result.message or result.status,
    )


def refuse_failures(home: Home, results: Sequence[NodeResult]) -> None:
    """If a node failed, raise :class:`GateRefusedError` with the rows that a test found."""
    failed = [r for r in results if r.status in _FAILED]
    for one in failed:
        if remedy := machine_remedy(one.message):
            raise MachineError(
                message(
                    "{model} could not be built: {remedy}, and run again",
                    model=one.unique_id,
                    remedy=remedy,
                )
            )
    if failed:
        details = "\n\n".join(_describe_failure(home, one) for one in failed)
        raise GateRefusedError(
            counted(
                "{count:,} dbt node failed:\n\n{details}",
                "{count:,} dbt nodes failed:\n\n{details}",
                len(failed),
                details=details,
            )
        )


def _describe_failure(home: Home, result: NodeResult) -> str:
    name = result.unique_id.split(".")[2]
    lines = [f"{result.resource_type} {name}: {result.message.strip()}"]
    if result.resource_type == "test" and result.status == "fail" and result.compiled_sql:
        with duckdb.connect(str(home.database), read_only=True) as connection:
            found = connection.execute(f"from ({result.compiled_sql}) limit {SHOWN_ROWS}")
            columns = [d[0] for d in found.description]
            rows = [dict(zip(columns, map(str, row), strict=True)) for row in found.fetchall()]
        lines += [
            "  " + ", ".join(f"{c}={v}" for c, v in row.items() if v != "None")
            for row in add_sources(rows, home.database)
        ]
    return "\n".join(lines)
