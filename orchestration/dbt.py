"""dbt, called in this process: parsing once, building, documenting, and saying what came of it."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from expectations.sources import add_sources
from klynge import checkout, progress
from klynge.errors import GateRefusedError, InterruptedRunError, MachineError
from klynge.home import Home, machine_errors, machine_remedy, read_json, write_atomically
from klynge.quality import CheckResult

#: How many failing rows of a dbt test are shown.
SHOWN_ROWS = 10


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node: its status, how long it took, what it said."""

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


def artifacts(home: Home) -> Path:
    """Where dbt writes manifest, compiled SQL and docs."""
    return home.build / "dbt"


def parse(home: Home) -> Path:
    """The path of a manifest that fits the project's files as they are now.

    The project is parsed when any of its files, its place or dbt itself has changed since, or the
    manifest is not the one that was parsed. The stamp is written last and lies apart from what a
    build rewrites, so a parse or a build that was cut short is never mistaken for a finished one.
    """
    parsed = home.build / "parsed"
    manifest, stamp = parsed / "manifest.json", parsed / "project.sha256"
    with _one_parser(home):
        if not stamp.is_file() or stamp.read_text() != _stamp(home, manifest):
            progress.detail("parsing the dbt project")
            # dbt's own cache names the place of the project that it was made from
            for folder in (parsed, artifacts(home)):
                shutil.rmtree(folder, ignore_errors=True)
            _invoke(home, "parse", target=parsed)
            write_atomically(stamp, _stamp(home, manifest).encode())
    return manifest


def _stamp(home: Home, manifest: Path) -> str:
    parts = (
        checkout.hash_files(_project_files()),
        hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else "",
        checkout.ROOT,
        home.root,
        *(version(name) for name in ("dbt-core", "dbt-duckdb", "dagster-dbt")),
    )
    return " ".join(map(str, parts))


@contextmanager
def _one_parser(home: Home) -> Iterator[None]:
    """Two processes that load the code location at once parse one after the other."""
    with machine_errors(str(home.build)):
        home.build.mkdir(parents=True, exist_ok=True)
        file = (home.build / "parse.lock").open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(home: Home) -> list[NodeResult]:
    """Build and test every model of the project into ``home.database``.

    Unit tests are left to ``make test``: they prove the code, which is the same every night.
    """
    outcome = _invoke(home, "build", "--exclude-resource-type", "unit_test", target=artifacts(home))
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


def refuse_failures(home: Home, results: list[NodeResult]) -> None:
    """Raise :class:`GateRefusedError` where a test said no, with the rows it found."""
    failed = [r for r in results if r.status in ("fail", "error", "runtime error")]
    for one in failed:
        if remedy := machine_remedy(one.message):
            raise MachineError(f"{one.unique_id} could not be built: {remedy}, and run again")
    if failed:
        details = "\n\n".join(_describe(home, one) for one in failed)
        raise GateRefusedError(f"{len(failed)} dbt node(s) failed:\n\n{details}")


def describe_tests(home: Home, results: Iterable[NodeResult]) -> list[CheckResult]:
    """What became of dbt's tests, as the gate's checks are kept; those that were skipped failed."""
    manifest = read_json(artifacts(home) / "manifest.json")
    nodes = {**manifest["nodes"], **manifest["sources"]}
    described = []
    for one in (r for r in results if r.resource_type == "test"):
        node = nodes[one.unique_id]
        tables = [node.get("attached_node")] if node.get("attached_node") else None
        names = sorted(
            f"{nodes[t]['schema']}.{nodes[t]['name']}"
            for t in tables or node["depends_on"]["nodes"]
        )
        described.append(
            CheckResult(
                check_id=node["name"],
                looks_at=", ".join(names),
                says=_said(node),
                passed=one.passed,
                observed=f"failing rows: {one.failures}"
                if one.failures is not None
                else one.status,
                failing_rows=[],
                failing_count=one.failures or 0,
                seconds=round(one.seconds, 3),
                error=None if one.failures is not None else one.message or one.status,
            )
        )
    return described


def _said(test: dict[str, Any]) -> str:
    """A test as its yml declares it, such as ``unique(load_id)``; else its name in words."""
    declared = test.get("test_metadata")
    if not declared:
        return str(test["name"]).replace("_", " ")
    arguments = {k: v for k, v in declared["kwargs"].items() if k != "model"}
    column = arguments.pop("column_name", None)
    said = [*([column] if column else []), *(f"{k}: {v}" for k, v in arguments.items())]
    return f"{declared['name']}({', '.join(said)})"


def document(home: Home) -> Path:
    """Write the project's documentation as one page that needs no network.

    The page shows the types that the columns of ``home.database`` have, so the build must exist.
    """
    _invoke(home, "docs", "generate", "--static", "--no-compile", target=artifacts(home))
    return artifacts(home) / "static_index.html"


def compiled_models(home: Home) -> Path:
    """The folder of the models' compiled SQL."""
    return artifacts(home) / "compiled" / "klyngedata" / "models"


def restricted_tables(home: Home) -> frozenset[str]:
    """``schema.table`` of every model and source whose meta keeps it from the analysts."""
    manifest = read_json(artifacts(home) / "manifest.json")
    return frozenset(
        f"{node['schema']}.{node['name']}"
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in ("model", "source", "seed")
        and node["config"].get("meta", {}).get("edition") == "restricted"
    )


def describe_models(home: Home) -> dict[str, Any]:
    """What the compiled SQL does not say of itself, as :mod:`klynge.lineage.models` reads it."""
    manifest = read_json(artifacts(home) / "manifest.json")
    nodes = manifest["nodes"]
    names = {
        unique_id: f"{node['schema']}.{node['name']}"
        for unique_id, node in (*nodes.items(), *manifest["sources"].items())
    }
    grains = _grains(nodes.values())
    models = [
        {
            "schema": node["schema"],
            "table": node["name"],
            "file": node["path"],
            "materialized": node["config"]["materialized"],
            "reads": sorted(names[one] for one in set(node["depends_on"]["nodes"])),
            "grain": grains.get(unique_id, []),
            "description": node["description"],
            "columns": {
                name: {
                    "type": column["data_type"] if node["contract"]["enforced"] else None,
                    "description": column["description"],
                    **{said: column["meta"].get(said) for said in ("label_da", "label_en", "unit")},
                }
                for name, column in node["columns"].items()
            },
        }
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model"
    ]
    seeds = {
        node["name"]: node["config"]["column_types"]
        for node in nodes.values()
        if node["resource_type"] == "seed"
    }
    return {"models": sorted(models, key=lambda m: m["file"]), "seeds": dict(sorted(seeds.items()))}


def _grains(nodes: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """By model, the columns that a test says no two of its rows share."""
    tests = [n for n in nodes if n["resource_type"] == "test" and n.get("test_metadata")]
    found: dict[str, list[str]] = {}
    for test in tests:
        name, said = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
        if name == "unique_grain":
            found[test["attached_node"]] = said["columns"]
        elif name == "unique":
            found[test["attached_node"]] = [said["column_name"]]
    return found


def _describe(home: Home, result: NodeResult) -> str:
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


def _invoke(home: Home, *arguments: str, target: Path) -> Any:
    """Call dbt and return its result; the connection to the database is closed afterwards."""
    os.environ["KLYNGE_HOME"] = str(home.root)
    # dbt says nothing itself: its events go to the watchers, its errors are raised
    flags = ("--log-level", "none", "--log-level-file", "none", "--no-version-check")
    try:
        done = dbtRunner(callbacks=[_report_progress]).invoke(
            [
                *flags,
                *arguments,
                "--project-dir",
                str(checkout.DBT_PROJECT),
                "--profiles-dir",
                str(checkout.PROFILES),
                "--target-path",
                str(target),
                "--log-path",
                str(target),
            ]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if done.exception is not None:
        remedy = machine_remedy(done.exception)
        reason = f"{remedy}, and run again" if remedy else str(done.exception)
        raise MachineError(f"dbt {arguments[0]} failed: {reason}") from done.exception
    if done.result is None and not done.success:
        raise InterruptedRunError(f"dbt {arguments[0]} was stopped")
    return done.result


def _report_progress(event: Any) -> None:
    """Pass on each finished model or test; callbacks get every event dbt fires."""
    if event.info.name == "NodeFinished":
        node = event.data.node_info
        progress.detail(f"{node.resource_type} {node.node_name}: {node.node_status}")


def _project_files() -> list[Path]:
    folders = (checkout.DBT_PROJECT, checkout.PROFILES, checkout.SEEDS / "reference")
    return sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
