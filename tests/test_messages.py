"""Test messages in English and Danish, and that the catalogue is complete."""

import ast
import contextlib
import copy
import json
import pickle
import re
import string
from datetime import date, datetime
from decimal import Decimal

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from klynge import checkout, messages
from klynge.messages import Language, counted, for_reader, joined, message, restored, shown, stored


def texts(entry):
    """Return all texts of an entry: one text, or the texts for singular and plural."""
    return (entry,) if isinstance(entry, str) else tuple(entry)


def placeholders(text):
    return {
        (name, conversion, spec)
        for _, name, spec, conversion in string.Formatter().parse(text)
        if name is not None
    }


@pytest.fixture(scope="module")
def catalogue():
    with (checkout.ROOT / "klynge" / messages.CATALOGUE).open("rb") as file:
        return read_po(file, locale="da", abort_invalid=True)


@pytest.fixture(scope="module")
def in_the_code(tmp_path_factory):
    """Collect the messages that are written in the code, as `make messages` does it."""
    found = tmp_path_factory.mktemp("messages") / "klynge.pot"
    with contextlib.chdir(checkout.ROOT):
        CommandLineInterface().run(
            [
                *("pybabel", "--quiet", "extract", "--mapping=pyproject.toml"),
                *("--no-default-keywords", "--keyword=message unfilled explain counted:1,2"),
                *("--ignore-dirs=.* tests var", f"--output={found}", "."),
            ]
        )
    with found.open("rb") as file:
        return read_po(file)


def test_every_message_in_the_code_has_a_danish_text(catalogue, in_the_code):
    danish = {entry.id: entry for entry in catalogue if entry.id}
    missing = [
        entry.id
        for entry in in_the_code
        if entry.id
        and not (
            entry.id in danish
            and all(texts(danish[entry.id].string))
            and not danish[entry.id].fuzzy
        )
    ]
    assert not missing, "run `make messages`, and write their Danish texts"


def test_no_text_of_the_catalogue_is_unused(catalogue, in_the_code):
    used = {entry.id for entry in in_the_code}
    assert [entry.id for entry in catalogue if entry.id not in used] == []
    assert not catalogue.obsolete


def test_danish_texts_have_the_placeholders_of_the_english(catalogue):
    differing = [
        (english, danish)
        for entry in catalogue
        if entry.id and all(texts(entry.string))
        for english, danish in zip(texts(entry.id), texts(entry.string), strict=True)
        if placeholders(english) != placeholders(danish)
    ]
    assert differing == []


def test_the_catalogue_is_in_the_order_that_babel_writes(catalogue):
    ids = [texts(entry.id)[0] for entry in catalogue if entry.id]
    assert ids == sorted(ids), "run `make messages`"


#: Plural nouns that messages count.
COUNTED = (
    "activities|applications|bytes|categories|cells|changes|checks|claims|clauses|columns|companies"
    "|conditions|datasets|days|decimals|documents|facts|faults|fields|figures|files|findings|loads"
    "|lines|marts|members|metrics|nodes|organisations|participants|periods|persons|pots|releases"
    "|reporters|rows|runs|sheets|sources|submissions|tables|times|values|ways|weights|years"
)
#: These messages need no singular. They state a limit, a list, or a number greater than 1.
ALWAYS_SEVERAL = {
    # these limits are fixed and greater than 1
    "In a file of {rows} rows or more, at most {percent} per cent of the rows are rejected.",
    "a sheet holds at most {most:,} rows, and the answer has {rows:,}: choose --format csv-da or "
    "parquet",
    "more than {rows:,} rows of one table: every row that the key selects",
    "{file}: {packed:,} bytes unpack to {unpacked:,}: send it as CSV, or in parts",
    "{file}: {rows:,} rows in {bytes:,} bytes cannot all be told apart: write each row once",
    "{file}: {size:,} bytes; the limit is {limit} MB: send a file and partial corrections",
    "… only the first {lines} lines; --format csv or json lists all figures",
    "A correction has at most {factor} times, and at least 1/{factor} of, the rows of the load "
    "that it replaces.",
    "In a correction, the sum of {column} is at most {factor} times, and at least 1/{factor} of, "
    "the sum in the load that it replaces.",
    "The number of rows is at most {factor} times, and at least 1/{factor} of, the average of the "
    "reporter's files for other periods.",
    "The sum of {column} is at most {factor} times, and at least 1/{factor} of, the average of the "
    "reporter's files for other periods.",
    "{name} {number}: give a number from 0 to {highest} with a decimal point and at most "
    "{decimals} decimals",
    "{place}: a key of {bytes} bytes is not long enough; give at least {shortest} bytes, for "
    "example the output of `openssl rand -hex 32`",
    # these messages are shown only if a number is above a limit
    " … of {count} changes",
    "{shown:,} of {rows:,} rows; --limit 0 shows all, and --out FILE writes them to a file",
    "{shown} of {columns} columns fit the screen; not shown: {names}",
    "… ({count:,} values)",
    "… {count:,} clauses in total; json and csv list all of them",
    "… {count} clauses in total; --format json and html list all of them",
    "… {shown} of {rows:,} rows",
    # these messages are shown only if the number is 0 or greater than 1
    "{call} has {own} rows where is_call_rule is true; there must be one",
    "{file}: {sheets} sheets hold rows: {names}; put the rows of {dataset} into one sheet, and "
    "delete the others; hide a sheet that is not part of the report",
    "{path}, row {row}: {columns} columns expected; check the commas and the quotes of this row",
    "column {column} occurs {count} times",
    "{reason}; none of the {count} loads has changed",
    "{rows:,} rows of {model} have {key}: choose one by {columns}",
    # a whole release has many tables
    "release {release_id} has its database again: {tables} tables were rebuilt from its own loads, "
    "reference data and models, each with the same content hash as before",
    "the database holds the {tables} tables of release {release_id}",
    # several reporters are due
    "note: {count} of {due} reporters have reported",
    "{count} of {due} reporters have reported {period}",
    # `rows` is a list of the numbers of rows by basis, or it is greater than 1
    "{rows} rows",
}


def test_a_message_with_a_count_has_a_singular_and_a_plural(catalogue):
    """A message such as "1 rows" is wrong in both languages."""
    number_and_noun = re.compile(rf"\{{\w+(?::[^}}]*)?\}} (?:more |printed )?(?:{COUNTED})\b")
    without_singular = {
        entry.id
        for entry in catalogue
        if isinstance(entry.id, str) and number_and_noun.search(entry.id)
    }
    assert without_singular - ALWAYS_SEVERAL == set(), "use `counted`"


def test_no_message_leaves_the_plural_to_the_reader(catalogue):
    """A message such as "2 file(s)" leaves the right form of the word to the reader."""
    texts_of_all = [
        text for one in catalogue if one.id for text in (*texts(one.id), *texts(one.string))
    ]
    assert [text for text in texts_of_all if re.search(r"\w\((?:e?s|e?r|n?e)\)", text)] == []


@pytest.fixture
def danish(monkeypatch):
    """Give Danish texts to messages that only these tests use."""
    known = {
        "{rows:,} rows at {time}": ("{rows:,} rækker {time}",),
        "{count:,} row was refused": ("{count:,} række er afvist", "{count:,} rækker er afvist"),
        "held": ("tilbageholdt",),
        "load {load_id} is {state}": ("indlæsning {load_id} er {state}",),
    }
    monkeypatch.setattr(messages, "danish_texts", lambda: known)


@pytest.mark.usefixtures("danish")
def test_numbers_and_times_follow_the_language():
    at = datetime.fromisoformat("2025-03-01T13:05:09+00:00")
    said = message("{rows:,} rows at {time}", rows=1234, time=at)
    assert said == "1,234 rows at 2025-03-01 14:05 CET"
    assert said.text(Language.da) == "1.234 rækker 01-03-2025 kl. 14.05 (dansk tid)"


@pytest.mark.parametrize(
    ("value", "spec", "english", "written_in_danish"),
    [
        (Decimal("3000000.00"), ":,", "3,000,000", "3.000.000"),
        (Decimal("1234.50"), ":,", "1,234.50", "1.234,50"),
        (0.25, ":.1f", "0.2", "0,2"),
        (2024, "", "2024", "2024"),
        (date(2025, 3, 1), "", "2025-03-01", "01-03-2025"),
        (datetime.fromisoformat("2025-10-26T00:30Z"), "", "2025-10-26 02:30 CEST", None),
        (["a", "b"], "", "a, b", "a, b"),
        ("a\n", "!r", "'a\\n'", "'a\\n'"),
        (None, "", "", ""),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(
    monkeypatch, value, spec, english, written_in_danish
):
    source = f"{{value{spec}}}"
    monkeypatch.setattr(messages, "danish_texts", lambda: {source: (source,)})
    said = message(source, value=value)
    assert said == english
    if written_in_danish is not None:
        assert said.text(Language.da) == written_in_danish


@pytest.mark.usefixtures("danish")
def test_a_count_chooses_singular_or_plural():
    one, several = (
        counted("{count:,} row was refused", "{count:,} rows were refused", count)
        for count in (1, 1500)
    )
    assert (one, several) == ("1 row was refused", "1,500 rows were refused")
    assert one.text(Language.da) == "1 række er afvist"
    assert several.text(Language.da) == "1.500 rækker er afvist"


@pytest.mark.usefixtures("danish")
def test_a_message_may_be_a_value_of_another_one():
    said = message("load {load_id} is {state}", load_id="ab12", state=message("held"))
    assert said == "load ab12 is held"
    assert said.text(Language.da) == "indlæsning ab12 er tilbageholdt"
    assert message("{states}", states=[message("held"), "broken"]) == "held, broken"


@pytest.mark.usefixtures("danish")
def test_several_texts_are_joined_with_semicolons():
    both = joined([message("held"), "broken", message("held")])
    assert both == "held; broken; held"
    assert both.text(Language.da) == "tilbageholdt; broken; tilbageholdt"
    assert (joined([]), joined(["broken"])) == ("", "broken")
    assert restored(stored(both)).text(Language.da) == both.text(Language.da)


@pytest.mark.usefixtures("danish")
def test_a_stored_message_can_be_shown_in_either_language():
    for said in (
        message("load {load_id} is {state}", load_id="ab12", state=message("held")),
        counted("{count:,} row was refused", "{count:,} rows were refused", 3),
        message(
            "{a} {b} {c} {d:,}",
            a=[Decimal("1.50"), "x"],
            b=date(2025, 3, 1),
            c=datetime.fromisoformat("2025-03-01T13:05:09+00:00"),
            d=Decimal("3000000.00"),
        ),
    ):
        read = restored(json.loads(json.dumps(stored(said))))
        assert read == said
        assert read.text(Language.da) == said.text(Language.da)


@pytest.mark.usefixtures("danish")
def test_a_text_that_an_older_version_stored_is_shown_as_it_is():
    assert restored("half as many rows") == "half as many rows"
    assert stored("half as many rows") == "half as many rows"
    assert shown("half as many rows", Language.da) == "half as many rows"


@pytest.mark.usefixtures("danish")
def test_a_message_that_the_catalogue_no_longer_has_is_shown_in_english():
    assert message("not in it: {x}", x=1).text(Language.da) == "not in it: 1"


@pytest.mark.usefixtures("danish")
def test_a_copy_of_a_message_is_a_message():
    said = message("load {load_id} is {state}", load_id="ab12", state=message("held"))
    for copied in (copy.deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301
        assert copied.text(Language.da) == "indlæsning ab12 er tilbageholdt"
    assert json.dumps({"reason": said}) == '{"reason": "load ab12 is held"}'


def test_the_language_is_that_of_the_variable(monkeypatch):
    monkeypatch.delenv(messages.VARIABLE, raising=False)
    assert messages.current_language() is Language.en
    assert messages.current_language(Language.da) is Language.da
    monkeypatch.setenv(messages.VARIABLE, "da")
    assert messages.current_language() is Language.da
    monkeypatch.setenv(messages.VARIABLE, "klingon")
    assert messages.current_language() is Language.en


#: The texts of these modules are in English only. Three modules have commands for auditors of the
#: transcription and for developers. The fourth module starts the command, and must work without the
#: package that reads the catalogue.
ENGLISH_ONLY = {"cli/documents.py", "cli/sample.py", "cli/reporter_wheel.py", "cli/start.py"}
SHOWN_BY_BOTH = (
    *("cli/*.py", "klynge/intake/**/*.py", "klynge/overlay/*.py", "klynge/reference/*.py"),
    *("klynge/persons/*.py", "klynge/releases/*.py", "klynge/tracing/*.py"),
    *("klynge/whatif/*.py", "klynge/*.py"),
)


def modules(*patterns):
    """Return path -> syntax tree, for modules whose texts are in both languages."""
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for pattern in patterns
        for path in sorted(checkout.ROOT.glob(pattern))
        if (name := str(path.relative_to(checkout.ROOT))) not in ENGLISH_ONLY
    }


def words_of(node):
    """Return the letters in a text or in the fixed parts of an f-string.

    Other expressions have no letters.
    """
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [one.value for one in parts if isinstance(one, ast.Constant)]
    return " ".join(one for one in texts if isinstance(one, str))


def is_text(node):
    """Return whether an expression is a text with words, but not a message."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    return re.search("[A-Za-z]{2}", words_of(node)) is not None


def shows_its_argument(call):
    """Return whether a call prints a text, or raises an error for a reader."""
    name = ast.unparse(call.func)
    is_error = re.fullmatch(r"[A-Z]\w*Error", name) and name not in ("KeyError", "ValueError")
    return is_error or name.endswith((".print", ".status", ".add")) or name in SHOWING


SHOWING = {"print_indented", "progress.milestone", "progress.detail", "show_facts", "show_table"}


def shown_texts(call):
    """Yield the texts that a call shows.

    They are its arguments, and the items of tuples and lists among the arguments.
    """
    for argument in call.args:
        rows = argument.elts if isinstance(argument, ast.Tuple | ast.List) else [argument]
        for row in rows:
            yield from row.elts if isinstance(row, ast.Tuple | ast.List) else [row]


def test_no_text_is_shown_that_is_not_a_message():
    """A reporter or the secretariat must be able to read each shown text in Danish."""
    found = [
        f"{name}:{call.lineno}: {ast.unparse(text)}"
        for name, tree in modules(*SHOWN_BY_BOTH).items()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and shows_its_argument(call)
        for text in shown_texts(call)
        if is_text(text)
    ]
    assert not found, "\n".join(["", *found])


#: The texts of these calls have translations, or nobody reads them.
_OTHER_TEXTS = {
    *("message", "counted", "unfilled", "typer.Option", "typer.Argument", "typer.Typer"),
    *("re.fullmatch", "re.compile"),
}
_COMMAND = re.compile(r"klynge trace |select [a-z]")


def prose(node):
    """Yield the texts below a node that are sentences or parts of sentences."""
    if isinstance(node, ast.JoinedStr | ast.Constant):
        text = words_of(node)
        if re.search(r"[A-Za-z]{2} | [A-Za-z]{2}", text) and not _COMMAND.match(text):
            yield node
    elif isinstance(node, ast.Dict):
        # the keys of a dictionary are names and patterns
        for value in node.values:
            yield from prose(value)
    elif not is_docstring(node) and not has_other_texts(node):
        for below in ast.iter_child_nodes(node):
            yield from prose(below)


def is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def has_other_texts(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func) in _OTHER_TEXTS


def test_a_command_holds_no_text_that_is_not_a_message():
    """A text that a function returns or a table contains is shown sooner or later."""
    found = [
        f"{name}:{node.lineno}: {ast.unparse(node)}"
        for name, tree in modules("cli/*.py").items()
        for node in prose(tree)
    ]
    assert not found, "\n".join(["", *found])


def test_a_message_has_the_words_of_its_reader(monkeypatch):
    said = for_reader(reporter=message("ask the secretariat to reopen it"), secretariat="do it")
    whole = message("{reason}; {addition}", reason=said, addition="x")
    kept = json.dumps(stored(whole))
    assert shown(whole, Language.da) == "do it; x"
    monkeypatch.setenv(messages.READER_VARIABLE, messages.Reader.reporter)
    assert shown(whole, Language.da) == "bed sekretariatet om at genåbne den; x"
    assert restored(json.loads(kept)).text(Language.en) == "ask the secretariat to reopen it; x"
