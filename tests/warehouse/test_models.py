"""Check the rules for models on dbt's manifest and on the files."""

import json
import re

import duckdb
import pytest

from expectations.suites import lineage, quality_history
from klynge import checkout
from klynge.releases.reading import DATABASE

MODELS = checkout.DBT_PROJECT / "models"
#: Schema of a model -> the schemas that it may read. The names `source` and `seed` stand for all
#: sources and all seeds. Core models are built before the intermediate models, which prepare marts.
#: Only the audit reads the audit.
MAY_READ = {
    "staging": {"source", "seed"},
    "core": {"staging", "core"},
    "intermediate": {"staging", "core", "intermediate"},
    "evaluation": {"core", "intermediate", "evaluation"},
    "scores": {"core", "intermediate", "scores"},
    "allocation": {"core", "intermediate", "allocation", "scores"},
    "bi": {"core", "intermediate", "bi"},
    "audit_steps": {
        "staging",
        "core",
        "intermediate",
        "evaluation",
        "scores",
        "allocation",
        "bi",
        "audit_steps",
    },
    "audit": {
        "core",
        "intermediate",
        "evaluation",
        "scores",
        "allocation",
        "audit_steps",
        "audit",
        "source",
    },
}
MARTS = ("evaluation", "scores", "allocation", "bi", "audit")
#: Staging model -> why a mart may read it although a fact or dimension reads it, too.
AROUND_CORE = {
    "stg_evaluation_periods": "dim_period lists the periods, not the years that each is made of",
    "stg_ledger": "fct_reporting has a row per submission; mart_loads lists every load received",
}
#: These Python packages build, check or show the warehouse.
CODE_ROOMS = ("klynge", "expectations", "orchestration", "cli")
#: SQL that only DuckDB understands. It belongs in macros/dialect, where it can be replaced for
#: another engine.
ENGINE_SPECIFIC = re.compile(
    r"::|->|//|\b(hugeint|qualify|exclude)\b"
    r"|\b(try_cast|regexp_\w+|string_split|list_\w+|struct_\w+|strpos|generate_series|string_agg"
    r"|arg_max|strftime|sha256|unnest|read_\w+)\s*\("
)


@pytest.fixture(scope="module")
def manifest(published):
    path = published.build / "parsed" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models(manifest):
    return {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}


def without(pattern: str, text: str) -> str:
    """Remove the matches of a pattern from a text.

    Line breaks are kept, so that line numbers do not change.
    """
    return re.sub(pattern, lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)


def code(text: str) -> str:
    """Return a model's SQL without comments, strings and calls of macros."""
    return re.sub(r"'[^']*'", "''", without(r"\{#.*?#\}|\{\{.*?\}\}|--[^\n]*", text))


def test_every_layer_reads_only_what_it_may(manifest, models):
    for model in models.values():
        for parent in model["depends_on"]["nodes"]:
            node = manifest["nodes"].get(parent) or manifest["sources"][parent]
            kind = node["resource_type"]
            layer = node["schema"] if kind == "model" else kind
            assert layer in MAY_READ[model["schema"]], (
                f"{model['name']} reads {layer} {node['name']}"
            )


def models_reached(models, starts):
    """Return ``starts`` and all models that they read, directly or through other models."""
    found = set()
    waiting = [name for name in starts if name in models]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [read for read in models[name]["depends_on"]["nodes"] if read in models]
    return found


def edges_around_core(models):
    """Return pairs of (model, staging model) that break the rule about staging models.

    The model is a mart or is built for a mart. A fact or dimension also reads the staging model.
    """
    below_marts = {
        name: model for name, model in models.items() if model["schema"] not in ("staging", "core")
    }
    read_by_core = {
        read
        for model in models.values()
        if model["schema"] == "core"
        for read in model["depends_on"]["nodes"]
    }
    starts = [name for name, model in models.items() if model["schema"] in MARTS]
    return {
        (models[name]["name"], models[read]["name"])
        for name in models_reached(below_marts, starts)
        for read in models[name]["depends_on"]["nodes"]
        if read in read_by_core and models[read]["schema"] == "staging"
    }


def test_no_mart_goes_around_a_fact_or_dimension(models, record_property):
    edges = edges_around_core(models)
    around = sorted(edge for edge in edges if edge[1] not in AROUND_CORE)
    record_property("edges_around_core", len(around))
    assert not around
    assert {read for _, read in edges} == set(AROUND_CORE), "an exception is not needed any more"


def test_every_fact_is_read_by_a_mart(models):
    starts = [name for name, model in models.items() if model["schema"] in MARTS]
    facts = {name for name, model in models.items() if model["name"].startswith("fct_")}
    assert facts
    assert not facts - models_reached(models, starts)


def test_every_intermediate_model_prepares_a_mart_outside_the_audit(models):
    starts = [name for name, model in models.items() if model["schema"] in MARTS[:-1]]
    steps = {name for name, model in models.items() if model["schema"] == "intermediate"}
    assert not steps - models_reached(models, starts)


def test_schemas_are_named_as_folders(models):
    for model in models.values():
        _, *folders, _ = model["original_file_path"].split("/")
        if folders[0] == "marts":
            [_, schema] = folders
        elif folders[0] == "intermediate":
            # the folders below `intermediate` are subjects; one subject also has a folder for the
            # draws
            schema = "intermediate"
            assert len(folders) > 1, model["name"]
        else:
            schema = "_".join(folders)
        assert model["schema"] == schema, model["name"]


def test_every_model_has_its_grain_described_and_tested(manifest, models):
    tested = set()
    for node in manifest["nodes"].values():
        # a test that is written for a whole model has no metadata
        if node.get("test_metadata") and node["test_metadata"]["name"] in (
            "unique",
            "unique_grain",
        ):
            tested.add(node["attached_node"])
    # the gate, not dbt, checks rows that are written after dbt's tests
    for table, grain in (
        (lineage.MART, lineage.COLUMNS),
        (quality_history.TABLE, quality_history.GRAIN),
    ):
        [model] = [m for m in models.values() if f"{m['schema']}.{m['name']}" == table]
        assert model["config"]["meta"]["grain"] == list(grain)
        tested.add(model["unique_id"])
    for identifier, model in models.items():
        assert model["description"].startswith("One row per "), model["name"]
        assert identifier in tested, f"the grain of {model['name']} is not tested"


def test_what_is_published_keeps_a_contract_and_speaks_both_languages(models):
    for model in models.values():
        if model["schema"] in ("staging", "intermediate", "audit_steps"):
            continue
        assert model["contract"]["enforced"], model["name"]
        for name, column in model["columns"].items():
            where = f"{model['name']}.{name}"
            assert column["data_type"], where
            assert column["description"], where
            assert {"label_da", "label_en"} <= column["config"]["meta"].keys(), where


def test_whoever_names_a_person_or_company_is_kept_for_the_restricted_edition(published, models):
    with duckdb.connect(str(published.releases / "current" / DATABASE), read_only=True) as release:
        names = release.execute(
            "select distinct table_name from information_schema.columns "
            "where column_name in "
            "('participant_id', 'member_id', 'company_id', 'assessor_id') and table_schema <> 'raw'"
        ).fetchall()
    restricted = {
        model["name"]
        for model in models.values()
        if model["config"]["meta"].get("edition") == "restricted"
    }
    assert {"fct_participants", "fct_memberships", "fct_company_population"} <= restricted
    assert {name for (name,) in names} <= restricted


#: Rule -> pattern that the SQL of a model must not have.
FORBIDDEN = {
    "division and averages go through the dialect macros": re.compile(r"\w\s*/\s*\w|\bavg\s*\("),
    "what one engine understands belongs in macros/dialect": ENGINE_SPECIFIC,
    "a model has no clock and no random numbers": re.compile(
        r"\b(now|current_\w+|today|random|uuid|is_incremental)\b"
    ),
}
LONGEST = 120


def style_faults(text: str) -> list[tuple[int, str]]:
    """Return the faults of a model's SQL as (line, the rule with the words that break it)."""
    sql, found = code(text), []

    def note(position: int, rule: str, words: str) -> None:
        found.append((sql.count("\n", 0, position) + 1, f"{rule}: {words.strip()}"))

    for rule, forbidden in FORBIDDEN.items():
        for match in forbidden.finditer(sql):
            note(match.start(), rule, match[0])
    for order in re.finditer(r"order by(.*?)\)", sql, flags=re.DOTALL):
        for column in re.finditer(r"[^,]+", order[1]):
            if not re.search(r"nulls (first|last)", column[0]):
                start = order.start(1) + column.start() + len(column[0]) - len(column[0].lstrip())
                note(start, "an order says where nulls stand", column[0])
    if (lines := len(text.splitlines())) > LONGEST:
        found.append((lines, f"a model has at most {LONGEST} lines"))
    return sorted(found)


def test_every_model_keeps_the_style_rules():
    faults = [
        f"{path.relative_to(checkout.ROOT)}:{line}: {fault}"
        for path in sorted(MODELS.rglob("*.sql"))
        for line, fault in style_faults(path.read_text(encoding="utf-8"))
    ]
    assert not faults, "\n".join(["", *faults])


def test_every_model_has_its_own_yml():
    models = sorted(MODELS.rglob("*.sql"))
    assert models
    assert [path.name for path in models if not path.with_suffix(".yml").is_file()] == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("a / b as share,", "division and averages"),
        ("avg (a) as mean,", "division and averages"),
        ("a::date as day,", "macros/dialect"),
        ("string_agg (a) as names,", "macros/dialect"),
        ("row_number() over (order by a nulls last, b) as place,", "where nulls stand: b"),
        ("random() as chance,", "no clock and no random numbers"),
        ("current_date as day,", "no clock and no random numbers"),
    ],
)
def test_a_fault_of_style_is_found_with_its_line(line, rule):
    comment = "-- a / b\n{# avg(\n c) #}\n"
    [(number, fault)] = style_faults(f"{comment}select\n    {line}\n    'a / b' as words\n")
    assert number == 5
    assert rule in fault


def test_a_model_that_is_too_long_is_found():
    assert style_faults("select 1\n" * LONGEST) == []
    assert style_faults("select 1\n" * (LONGEST + 1)) == [(121, "a model has at most 120 lines")]


def test_macros_outside_the_dialect_are_portable():
    faults = []
    for path in sorted((checkout.DBT_PROJECT / "macros").glob("*.sql")):
        text = without(r"\{#.*?#\}", path.read_text(encoding="utf-8"))
        for match in ENGINE_SPECIFIC.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            faults.append(f"{path.relative_to(checkout.ROOT)}:{line}: {match[0]}")
    assert not faults, "\n".join(["", *faults])


def test_models_know_documents_by_role():
    """With this rule, a later document of the same kind needs no change of a model."""
    folders = sorted((checkout.SEEDS / "documents").iterdir())
    named = re.compile(r"'(table_\d+|figure_\d+|" + "|".join(f.name for f in folders) + r")'")
    code = [
        *MODELS.rglob("*.sql"),
        *(checkout.DBT_PROJECT / "macros").rglob("*.sql"),
        *(path for room in CODE_ROOMS for path in (checkout.ROOT / room).rglob("*.py")),
    ]
    for path in code:
        found = named.search(path.read_text(encoding="utf-8").replace('"', "'"))
        assert found is None, f"{path.name} names {found.group()}; ask for it by role"
