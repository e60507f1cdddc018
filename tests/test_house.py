"""Rules for the whole repository that a test can check."""

import ast
import re
import subprocess

import pytest
import yaml
from radon.complexity import average_complexity, cc_rank, cc_visit
from radon.metrics import mi_rank, mi_visit

from cli.main import COMMANDS
from klynge import checkout
from klynge.seed_files import read_seed
from tests.conftest import DOCUMENTS

#: A run of this many words that is also in a source document counts as a copied sentence.
COPIED_WORDS = 12


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607
        cwd=checkout.ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    if not listed:
        pytest.skip("not a git checkout")
    return [checkout.ROOT / name for name in listed if (checkout.ROOT / name).is_file()]


def words(text):
    return re.findall(r"[^\W_]+", text.lower())


def test_no_sentence_of_a_document_is_in_the_project(documents):
    runs = set()
    for path in documents.glob("*.txt"):
        w = words(path.read_text(encoding="utf-8"))
        runs.update(tuple(w[i : i + COPIED_WORDS]) for i in range(len(w) - COPIED_WORDS + 1))
    # cells.csv may have long names, because it copies them from the print
    for path in (p for p in tracked_files() if p.name != "cells.csv"):
        w = words(path.read_text(encoding="utf-8", errors="replace"))
        for i in range(len(w) - COPIED_WORDS + 1):
            run = tuple(w[i : i + COPIED_WORDS])
            # rows of figures may be copied, but sentences may not
            if not any(word.isdigit() for word in run):
                assert run not in runs, f"{path.name}: {' '.join(run)}"


def test_no_path_of_a_machine_is_in_the_project():
    here = re.compile(re.escape(str(checkout.ROOT.parent)) + r"/|/home/\w+/|/Users/\w+/")
    for path in tracked_files():
        assert not here.search(path.read_text(encoding="utf-8", errors="replace")), path.name


PAGES = [checkout.ROOT / "README.md", *sorted((checkout.ROOT / "docs").rglob("*.md"))]
#: The documentation names paths in these top-level folders in backticks.
FOLDERS = (
    "seeds|contracts|klynge|sample|dbt_project|profiles|expectations|orchestration|dashboard|cli"
    "|tests|benchmarks|docs"
)


def named_in_docs(pattern: str):
    """Yield (page, place, match) for every match of a pattern in the docs."""
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            for name in re.findall(pattern, line):
                yield page, f"{page.relative_to(checkout.ROOT)}:{number}: {name}", name


def test_paths_named_in_the_docs_exist():
    missing = [
        where
        for _, where, name in named_in_docs(rf"`((?:{FOLDERS})/[\w./*-]*)`")
        if not list(checkout.ROOT.glob(name.removesuffix("/")))
    ]
    assert not missing, "\n".join(["", *missing])


def test_links_in_the_docs_lead_to_files():
    missing = [
        where
        for page, where, target in named_in_docs(r"\]\(([^)#\s]+)")
        if not (page.parent / target).exists()
    ]
    assert not missing, "\n".join(["", *missing])


FIND_THE_FILE = checkout.ROOT / "docs" / "how-to" / "find-the-file.md"


#: The page names each of these files, unless the rules of names at its top lead to the file.
NAMED_FILES = (
    "klynge/**/*.py",
    "cli/*.py",
    "dashboard/**/*.py",
    "orchestration/**/*.py",
    "expectations/**/*.py",
    "sample/*.*",
    "benchmarks/*.*",
    "tests/**/*.py",
    "seeds/reference/*.csv",
    "dbt_project/macros/**/*.sql",
    "dbt_project/models/intermediate/**/*.sql",
    "dbt_project/models/marts/**/*.sql",
    "dbt_project/models/audit/**/*.sql",
    "dbt_project/models/bi/metrics/*.yml",
)


def test_every_file_can_be_found_by_subject():
    """The page names each file, or a rule of names leads to the file."""
    root = checkout.ROOT
    named = set(re.findall(r"`([\w./-]+\.\w+)`", FIND_THE_FILE.read_text(encoding="utf-8")))
    models = {path.name: path for path in (checkout.DBT_PROJECT / "models").rglob("*.sql")}
    found = {models.get(name, root / name) for name in named}
    found |= {root / "cli" / f"{command}.py" for command in COMMANDS}
    files = {path for pattern in NAMED_FILES for path in root.glob(pattern)}
    tested = {f"test_{path.name}" for path in files if "tests" not in path.parts}
    missing = [
        str(path.relative_to(root))
        for path in files - found
        if path.name not in ("__init__.py", "conftest.py") and path.name not in tested
    ]
    assert not missing, "\n".join(["", *sorted(missing)])


def test_the_page_of_files_names_models_and_no_folders():
    """A bare name of a SQL file is a model. The second column of a table names no folder."""
    page = FIND_THE_FILE.read_text(encoding="utf-8")
    models = {path.name for path in (checkout.DBT_PROJECT / "models").rglob("*.sql")}
    unknown = set(re.findall(r"`(\w+\.sql)`", page)) - models
    assert not unknown, unknown
    rows = page.partition("## Data and rules")[2].splitlines()
    folders = [row for row in rows if row.startswith("|") and re.search(r"/`|`[^`]*\*", row)]
    assert not folders, "\n".join(["", *folders])


def is_number(node: ast.AST) -> bool:
    """Whether an expression is built from numbers alone, such as ``timedelta(hours=26)``."""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.BinOp(left=left, right=right):
            return is_number(left) and is_number(right)
        case ast.Tuple(elts=parts):
            return all(is_number(part) for part in parts)
        case ast.Call(func=ast.Name(id="Decimal")):
            return True
        case ast.Call(func=ast.Name(), args=args, keywords=keywords):
            values = [*args, *(keyword.value for keyword in keywords)]
            return bool(values) and all(is_number(value) for value in values)
    return False


def test_the_page_of_files_names_every_limit():
    """The section names each numeric constant of a module, in a row with the module's path."""
    page = FIND_THE_FILE.read_text(encoding="utf-8")
    section = page.partition("## Limits and defaults\n")[2].partition("\n## ")[0]
    rows = [set(re.findall(r"`([^`]+)`", row)) for row in section.splitlines()]
    packages = ("klynge", "cli", "dashboard", "expectations", "orchestration", "sample")
    missing = []
    for path in (p for package in packages for p in (checkout.ROOT / package).rglob("*.py")):
        module = path.relative_to(checkout.ROOT).as_posix()
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.Assign) or not is_number(node.value):
                continue
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            names = {name for name in names if name.lstrip("_").isupper()}
            missing += [
                f"{module}: {one}" for one in names if not any({module, one} <= r for r in rows)
            ]
    assert not missing, "\n".join(["", *sorted(missing)])


def test_every_document_has_its_card():
    for folder in (checkout.SEEDS / "documents").iterdir():
        card = yaml.safe_load((folder / "origin.yml").read_text(encoding="utf-8"))
        assert card["sha256"]
        if DOCUMENTS.is_dir():
            assert (DOCUMENTS / card["file_name"]).is_file()


def test_every_reference_seed_is_used_by_a_model():
    models = "".join(
        p.read_text(encoding="utf-8") for p in (checkout.DBT_PROJECT / "models").rglob("stg_*.sql")
    )
    for seed in checkout.reference_files():
        assert f"ref('{seed.stem}')" in models, seed.name


def test_every_column_of_a_seed_is_declared_as_text():
    # staging models cast the columns, so no new value can change the type that dbt gives a column
    for seed in checkout.reference_files():
        [declared] = yaml.safe_load(seed.with_suffix(".yml").read_text("utf-8"))["seeds"]
        header = seed.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert declared["config"]["column_types"] == dict.fromkeys(header, "varchar"), seed.name
        assert [column["name"] for column in declared["columns"]] == header, seed.name


def test_every_alias_stands_in_its_document(documents):
    """A row has the line on which the spelling begins.

    The spelling may continue on the next lines.
    """
    lines = {}
    for folder in (checkout.SEEDS / "documents").iterdir():
        card = yaml.safe_load((folder / "origin.yml").read_text(encoding="utf-8"))
        text = (documents / card["file_name"]).read_text(encoding="utf-8")
        lines[card["document_id"]] = text.split("\n")
    for row in read_seed(checkout.SEEDS / "reference" / "organisation_aliases.csv"):
        first = int(row["line_number"]) - 1
        here = " ".join(lines[row["document_id"]][first : first + 8])
        squeezed = re.sub(r"[\s-]", "", here)
        assert re.sub(r"[\s-]", "", row["alias"]) in squeezed, row


def test_every_python_file_is_easy_to_maintain():
    """Maintainability and average complexity have the rank A or B, as radon measures them."""
    found = []
    for path in (file for file in tracked_files() if file.suffix == ".py"):
        code = path.read_text(encoding="utf-8")
        ranks = (
            mi_rank(mi_visit(code, multi=True)),
            cc_rank(average_complexity(cc_visit(code))),
        )
        if not set(ranks) <= {"A", "B"}:
            found.append(f"{path.relative_to(checkout.ROOT)}: {ranks}")
    assert not found, "\n".join(found)
