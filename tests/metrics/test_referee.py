"""Compare answers to random questions with the referee's answers, and ask meaningless questions.

``make fuzz-metrics`` asks 10,000 random questions and 1,000 meaningless ones.
"""

import os
import random
import shlex
from collections import Counter
from fractions import Fraction

import duckdb
import pytest

from cli.metrics import read_filters, split_names
from klynge import open_release
from klynge.metrics.answers import answer_question
from klynge.metrics.declarations import BASIS, COMPLETENESS, FIGURE
from klynge.metrics.refusals import NOT_ADDED, RefusalError
from klynge.metrics.requests import Request, as_command, as_python
from klynge.metrics.sql import quote
from klynge.releases.reading import DATABASE
from tests.metrics.referee import METRICS, REFUSED, Referee
from tests.warehouse.recounting import open_for_recounts, read_recount

QUESTIONS = int(os.environ.get("KLYNGE_TEST_QUESTIONS", "600"))
MEANINGLESS = int(os.environ.get("KLYNGE_TEST_MEANINGLESS", "100"))


class World:
    """Has a release in memory, its metrics, and the rows for the referee.

    The referee's rows are counted from core facts, so that a fault of the star or of a mart is
    seen. With ``seed``, the tables are changed at random, and the referee reads the changed tables.
    """

    def __init__(self, release, seed=None):
        self.catalogue = catalogue = release.catalogue
        self.connection = duckdb.connect()
        self._copy_tables(release.path / DATABASE)
        if seed is None:
            self.rows = count_rows(release.whole_database, catalogue.tables)
        else:
            self._mix_bases(seed)
            self.rows = {
                name: read_rows(self.connection, f"from {name}") for name in catalogue.tables
            }
        self.referee = Referee(self.rows)
        self.values = {
            (table.name, name): self._values(table.name, dimension)
            for table in catalogue.tables.values()
            for name, dimension in table.dimensions.items()
        }

    def _copy_tables(self, database):
        self.connection.execute(f"attach '{database}' as release (read_only)")
        dimensions = [d for t in self.catalogue.tables.values() for d in t.dimensions.values()]
        names = {one.names.table for one in dimensions if one.names}
        reports = ("evaluation.mart_reporting", "reference.figure_groups")
        for table in {*self.catalogue.tables, *names, *reports}:
            self.connection.execute(f"create schema if not exists {table.split('.')[0]}")
            self.connection.execute(f"create table {quote(table)} as from release.{quote(table)}")
        self.connection.execute("detach release")

    def _mix_bases(self, seed):
        """Add rows of another basis, and rows of a year that not all have reported."""
        for place, (name, table) in enumerate(sorted(self.catalogue.tables.items())):
            basis, period = table.dimensions["basis"].column, table.dimensions["period"].column
            # in a mart, two years would become one, with two rows for each key
            stays = "accounts" in name or not name.startswith("bi.")
            later = period if stays else "'2030_so_far'"
            # take the rows of one basis only, so that each key has one row
            self.connection.execute(
                f"insert into {name} by name select * replace ('reported' as {basis}, "
                f"case when hash({seed + place}, rowid) % 3 = 0 then {later} else {period} end "
                f"as {period}) from {name} where hash({seed + place}, rowid) % 5 < 2 "
                f"and {basis} = (select min({basis}) from {name}) and {basis} <> 'reported'"
            )

    def _values(self, table, dimension):
        found = self.connection.execute(
            f"select distinct coalesce(cast({dimension.column} as varchar), 'not_stated') as key "
            f"from {table} order by key"
        )
        return [key for (key,) in found.fetchall()]

    def ask(self, request):
        """Return the values of an answer by key, and the questions that it names instead."""
        answer = answer_question(self.connection, self.catalogue, request)
        values = {
            row.keys: None if row.value is None else Fraction(row.value) for row in answer.rows
        }
        return values, answer.instead


def count_rows(database, tables):
    """Count the rows of each table from the core facts of a whole release."""
    with open_for_recounts(database) as connection:
        return {
            table: read_rows(
                connection, read_recount(table.partition(".")[2].removeprefix("mart_"))[0]
            )
            for table in tables
        }


def read_rows(connection, query):
    result = connection.execute(query)
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def worlds(published, sampled):
    printed, sample = open_release(home=published), open_release(home=sampled)
    return [World(printed), World(sample), World(sample, seed=1)]


def draw_question(world, chance):
    """Draw a question with names that exist; some of these questions have no figures."""
    metric = world.catalogue.metrics[chance.choice(sorted(world.catalogue.metrics))]
    dimensions = sorted(world.catalogue.dimensions(metric))
    # some questions have up to seven dimensions: with fewer, a figure is often refused as ambiguous
    most = min(len(dimensions), chance.choice((0, 1, 1, 2, 2, 3, 7)))
    table, where = world.catalogue.table(metric).name, {}
    for name in chance.sample(dimensions, chance.choice((0, 0, 1, 1, 2))):
        if values := world.values[table, name]:
            where[name] = chance.sample(values, min(len(values), chance.choice((1, 1, 2, 3))))
    basis = None
    if BASIS not in where and chance.random() < 0.2:
        basis = chance.choice(("published", "reported", "sample"))
    return Request(metric.name, tuple(chance.sample(dimensions, most)), where, basis)


def expect(world, request):
    where = {name: set(keys) for name, keys in request.where.items()}
    if request.basis:
        where[BASIS] = {request.basis}
    return world.referee.answer(request.metric, tuple(request.by), where)


def test_the_referee_knows_every_metric(worlds):
    assert set(METRICS) == set(worlds[0].catalogue.metrics)


def test_declarations_are_whole(worlds):
    catalogue = worlds[0].catalogue
    metrics = list(catalogue.metrics.values())
    assert len(metrics) >= 40
    for label in ("label_da", "label_en"):
        assert len({getattr(metric, label) for metric in metrics}) == len(metrics)
    for metric in metrics:
        assert metric.description_da, metric.name
        assert metric.population_da, metric.name
        assert metric.population_en, metric.name
        assert metric.words, metric.name
        assert {BASIS, COMPLETENESS} <= set(catalogue.dimensions(metric)), metric.name
        assert metric.other_series is None or metric.other_series in catalogue.metrics
        assert set(metric.added_over) <= set(catalogue.dimensions(metric)), metric.name
        if metric.kind == FIGURE:
            assert metric.not_added in NOT_ADDED, metric.name


def test_the_dimensions_of_a_figure_are_a_key_of_its_table(worlds):
    catalogue = worlds[0].catalogue
    for metric in (one for one in catalogue.metrics.values() if one.kind == FIGURE):
        table = catalogue.table(metric)
        keys = ", ".join(dimension.column for dimension in table.dimensions.values())
        for world in worlds[:2]:
            twice = world.connection.execute(
                f"select {keys} from {table.name} where {metric.value} is not null "
                f"group by {keys} having count(*) > 1"
            ).fetchall()
            assert not twice, metric.name


def require_answers(world, advice):
    """Ask what a refusal or an empty answer advises, as a reader types it; each has rows."""
    for advised in advice:
        typed = read_command(as_command(advised))
        assert world.ask(typed)[0], (advised, typed)
        assert eval(as_python(advised), {"release": Asked()}) == typed  # noqa: S307


class Asked:
    """Takes the place of a release, and returns the question that it is asked."""

    @staticmethod
    def metric(name, by=(), where=None, basis=None):
        return Request(
            name,
            (by,) if isinstance(by, str) else tuple(by),
            {k: (v,) if isinstance(v, str) else tuple(v) for k, v in (where or {}).items()},
            basis,
        )


def read_command(command):
    """Read a command as the shell and the program do."""
    _, _, name, *options = shlex.split(command)
    given = {"--by": [], "--where": [], "--basis": []}
    for option, value in zip(options[::2], options[1::2], strict=True):
        given[option].append(value)
    where = {one: tuple(values) for one, values in read_filters(given["--where"]).items()}
    return Request(name, tuple(split_names(given["--by"])), where, *given["--basis"])


def compare(world, request):
    """Ask the metrics and the referee.

    Returns what both answered, or the request with both answers if they differ.
    """
    expected = expect(world, request)
    try:
        answer, instead = world.ask(request)
    except RefusalError as refusal:
        require_answers(world, refusal.advice)
        if expected == REFUSED:
            return "refused"
        # a filter by a value without figures is refused, but the referee finds fewer rows or none
        if any(one in str(refusal) for one in ("has no figures", "has no value")):
            return "no figures"
        return (request, str(refusal), expected)
    require_answers(world, instead)
    if answer == expected:
        return "answered" if answer else "empty"
    return (request, answer, expected)


def test_random_questions_have_the_answers_of_the_referee(worlds):
    chance, outcomes = random.Random(20261130), Counter()  # noqa: S311
    for _ in range(QUESTIONS):
        world = chance.choice(worlds)
        outcome = compare(world, draw_question(world, chance))
        assert isinstance(outcome, str), outcome
        outcomes[outcome] += 1
    assert outcomes["answered"] > QUESTIONS / 4, outcomes
    assert outcomes["refused"] > QUESTIONS / 20, outcomes


def test_a_fault_of_the_star_is_seen(worlds):
    world, request = worlds[0], Request("recommended_amount")
    assert compare(world, request) == "answered"
    world.connection.execute("begin")
    world.connection.execute("delete from bi.fact_applications where organisation_id = 'clean'")
    _, answer, expected = compare(world, request)
    world.connection.execute("rollback")
    assert expected == {(): 662_000_000}
    assert answer == {(): 662_000_000 - 83_400_000}


def draw_meaningless(world, kind, chance):
    """Draw a meaningless question of the given kind."""
    metrics = world.catalogue.metrics
    metric = metrics[chance.choice(sorted(metrics))]
    dimensions = sorted(world.catalogue.dimensions(metric))
    one = chance.choice(dimensions)
    every = {name for table in world.catalogue.tables.values() for name in table.dimensions}
    return {
        "metric": lambda: Request(spoil(metric.name, chance), (one,)),
        "dimension": lambda: Request(metric.name, (spoil(one, chance),)),
        "dimension of others": lambda: Request(
            metric.name, (chance.choice(sorted(every - set(dimensions))),)
        ),
        "value": lambda: Request(metric.name, (), {one: [spoil("2021-2023", chance)]}),
        "basis": lambda: Request(metric.name, (one,), {}, spoil("reported", chance)),
        "twice": lambda: Request(metric.name, (one, one)),
        "series": lambda: draw_other_series(world, chance),
        "added": lambda: draw_added(world, chance),
    }[kind]()


def draw_other_series(world, chance):
    """Ask for a period that only the other series has."""
    metrics = [one for one in world.catalogue.metrics.values() if one.other_series]
    metric = chance.choice([one for one in metrics if not one.operands])
    other = world.catalogue.metrics[metric.other_series]
    held, own = ({row["period_id"] for row in world.rows[one.table]} for one in (other, metric))
    return Request(metric.name, (), {"period": [chance.choice(sorted(held - own))]})


def draw_added(world, chance):
    """Draw a question that would add figures of several years, organisations or bases.

    The referee decides whether a question does this.
    """
    while True:
        request = draw_question(world, chance)
        if expect(world, request) == REFUSED:
            return request


def spoil(name, chance):
    place = chance.randrange(len(name))
    return f"{name[:place]}{chance.choice('qxzæ')}{chance.choice('qxz')}{name[place:]}"


KINDS = (
    "metric",
    "dimension",
    "dimension of others",
    "value",
    "basis",
    "twice",
    "series",
    "added",
)


def test_questions_without_meaning_are_refused(worlds):
    chance = random.Random(7)  # noqa: S311
    for number in range(MEANINGLESS):
        world = chance.choice(worlds)
        request = draw_meaningless(world, KINDS[number % len(KINDS)], chance)
        with pytest.raises(RefusalError) as refusal:
            world.ask(request)
        # the refusal says why, and what to ask instead
        assert len(str(refusal.value)) > 30, request
        require_answers(world, refusal.value.advice)
