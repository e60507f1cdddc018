"""Figures of small chains are traced to rows that a person can count."""

import pytest

from klynge.lineage import LineageError, Tracer
from klynge.lineage.models import CompiledModels, Model
from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.rows.temp_tables import RELEASE_NAME
from klynge.warehouse.compiled_models import mart_names
from tests.lineage.brute_force import built

VISITS = (
    "source_row_key varchar, organisation varchar, company varchar, persons integer",
    [
        ("v#1", "north", "a", 2), ("v#2", "north", "b", 3), ("v#3", "north", "b", None),
        ("v#4", "south", "a", 5), ("v#5", "south", None, 7), ("v#6", None, "c", 1),
    ],
)  # fmt: skip
NAMES = ("organisation varchar, name varchar", [("north", "North"), ("south", "South")])
BLOCKED = ("source_row_key varchar, company varchar", [("b#1", "b"), ("b#2", "z")])
TABLES = {"raw.visits": VISITS, "reference.names": NAMES, "raw.blocked": BLOCKED}


def model(name, sql, grain=(), materialized="table"):
    schema, _, table = name.partition(".")
    known = [*TABLES, "core.step", "core.other"]
    reads = frozenset(one for one in known if one in sql)
    for one in known:
        first, _, second = one.partition(".")
        sql = sql.replace(one, f'"klyngedata"."{first}"."{second}"')
    return Model(schema, table, materialized, sql, reads, tuple(grain), "", {})


def tracer(*models, most_rows=1000):
    compiled = CompiledModels(models, {})
    return Tracer(
        ReleaseDatabase(built(TABLES, compiled), compiled, mart_names(compiled)), most_rows
    )


def support(trace):
    return sorted(row["row_key"] for part in trace.support for row in trace.rows(part.table))


SUMMED = (
    "select organisation, sum(persons) as persons, count(*) as visits from raw.visits "
    "group by organisation"
)
SUMS = model("evaluation.sums", SUMMED, ["organisation"])


def test_a_sum_rests_on_the_rows_of_its_group_that_have_a_value():
    with tracer(SUMS) as one:
        trace = one.trace("sums", {"organisation": "north"}, "persons")
        assert (trace.figure.value, trace.proof.status) == (5, "proved")
        assert support(trace) == ["v#1", "v#2"]
        assert [part.rows for part in trace.support] == [2]


def test_a_count_rests_on_every_row_of_its_group():
    with tracer(SUMS) as one:
        trace = one.trace("sums", {"organisation": "north"}, "visits")
        assert support(trace) == ["v#1", "v#2", "v#3"]


def test_a_key_may_be_null():
    with tracer(SUMS) as one:
        trace = one.trace("sums", {"organisation": None}, "persons")
        assert support(trace) == ["v#6"]


def test_the_steps_lead_from_the_figure_to_its_source_rows():
    step = model("core.step", SUMMED, ["organisation"], "view")
    last = model("evaluation.last", "select * from core.step", ["organisation"])
    with tracer(step, last) as one:
        trace = one.trace("last", {"organisation": "north"}, "persons")
        mart, view, source = trace.steps()
        assert (mart.table, mart.reads, mart.rows, mart.of) == (
            "evaluation.last", ["core.step"], 1, 3,
        )  # fmt: skip
        assert (view.table, view.reads, view.rows) == ("core.step", ["raw.visits"], None)
        assert (source.table, source.sql, source.rows, source.of) == ("raw.visits", None, 2, 6)
        assert trace.stored_tables == {"evaluation.last", "raw.visits"}
        with pytest.raises(LineageError, match=r"it has rows of evaluation\.last, raw\.visits"):
            trace.rows("core.step")


def test_a_name_is_no_part_of_a_figure_that_does_not_need_it():
    named = model(
        "evaluation.named",
        "select sums.organisation, names.name, sums.persons from core.step as sums "
        "left join core.other as names on sums.organisation = names.organisation",
        ["organisation"],
    )
    step = model("core.step", SUMMED, ["organisation"], "view")
    other = model("core.other", "select * from reference.names", ["organisation"])
    with tracer(step, other, named) as one:
        figure = one.trace("named", {"organisation": "south"}, "persons")
        assert [part.table for part in figure.support] == ["raw.visits"]
        name = one.trace("named", {"organisation": "south"}, "name")
        assert [part.table for part in name.support] == ["raw.visits", "reference.names"]


def test_who_comes_first_rests_on_its_own_row_and_the_others_were_considered():
    first = model(
        "evaluation.first",
        "select organisation, company from (select *, row_number() over (partition by organisation "
        "order by persons desc nulls last, source_row_key) as place from raw.visits) as ranked "
        "where place = 1",
        ["organisation"],
    )
    with tracer(first) as one:
        trace = one.trace("first", {"organisation": "north"}, "company")
        assert (support(trace), trace.proof.status) == (["v#2"], "proved")
        [considered] = trace.considered()
        assert (considered.kind, considered.model) == ("window", "evaluation.first")
        assert "place = 1" in considered.clause
        assert considered.rows == {"raw.visits": 2}


def test_what_an_anti_join_looks_for_was_considered():
    allowed = model(
        "evaluation.allowed",
        "select organisation, count(*) as visits from raw.visits as visits "
        "where not exists "
        "(select 1 from raw.blocked as blocked where blocked.company = visits.company) "
        "group by organisation",
        ["organisation"],
    )
    with tracer(allowed) as one:
        trace = one.trace("allowed", {"organisation": "north"}, "visits")
        assert support(trace) == ["v#1"]
        [considered] = trace.considered()
        assert (considered.kind, considered.rows) == ("absent", {"raw.blocked": 2})


def test_a_row_shared_by_two_ways_is_guarded():
    """With the support alone, ``small`` would have one group more than with all rows."""
    step = model(
        "core.step",
        "select company, count(*) as visits from raw.visits group by company having count(*) < 2",
        ["company"],
    )
    both = model(
        "evaluation.both",
        "select visits.organisation, count(small.company) + count(*) as figure from raw.visits as "
        "visits left join core.step as small on visits.company = small.company "
        "group by visits.organisation",
        ["organisation"],
    )
    with tracer(step, both) as one:
        trace = one.trace("both", {"organisation": "south"}, "figure")
        assert trace.figure.value == 2
        assert (support(trace), trace.proof.status) == (["v#4", "v#5"], "guarded")
        assert "another value" in trace.proof.reasons[0]


def test_what_is_not_taken_apart_is_coarse():
    top = model(
        "evaluation.top",
        "select source_row_key, persons from raw.visits order by persons nulls last limit 2",
        ["source_row_key"],
    )
    with tracer(top) as one:
        trace = one.trace("top", {"source_row_key": "v#6"}, "persons")
        assert trace.proof.status == "coarse"
        assert "limited" in trace.proof.reasons[0]
        assert len(support(trace)) == 6


def test_a_scalar_sub_query_is_global():
    shares = model(
        "evaluation.shares",
        "select source_row_key, persons * 100 // (select sum(persons) from raw.visits) as share "
        "from raw.visits",
        ["source_row_key"],
    )
    with tracer(shares) as one:
        trace = one.trace("shares", {"source_row_key": "v#5"}, "share")
        assert (trace.proof.status, trace.figure.value) == ("global", 38)


def counted(condition):
    """Make a model that counts each organisation's visits that fulfil a condition."""
    return model(
        "evaluation.counted",
        "select organisation, count(*) as visits from raw.visits as visits "
        f"where {condition} group by organisation",
        ["organisation"],
    )


@pytest.mark.parametrize(
    "condition",
    [
        "exists (select 1 from raw.blocked as b where b.company > visits.company)",
        "exists (select 1 from raw.blocked)",
        "exists (select company from raw.blocked group by company)",
    ],
)
def test_of_exists_one_witness_is_enough(condition):
    with tracer(counted(f"{condition} and company = 'a'")) as one:
        trace = one.trace("counted", {"organisation": "north"}, "visits")
        assert (trace.figure.value, trace.proof.status) == (1, "proved")
        witness, visit = support(trace)
        assert (witness in ("b#1", "b#2"), visit) == (True, "v#1")
        assert one.verify("counted").statuses == {"proved": 2}
        assert len(one.forward(witness).destinations) == 2
        assert [found.unaccounted for found in one.coverage(["visits", "blocked"])] == [0, 0]


def test_what_is_no_witness_is_left_out_by_name():
    condition = "exists (select * from raw.blocked as b where b.company > visits.company)"
    with tracer(counted(f"company = 'b' and {condition}")) as one:
        assert support(one.trace("counted", {"organisation": "north"})) == ["b#2", "v#2", "v#3"]
        [clause] = one.forward("b#1").left_out
        assert clause.model == "evaluation.counted"
        assert clause.clause.startswith("EXISTS")
        [blocked] = one.coverage(["blocked"])
        assert (blocked.reaching, blocked.unaccounted) == (1, 0)


@pytest.mark.parametrize(
    ("condition", "visits"),
    [
        # an aggregate returns a row even without input rows
        ("exists (select count(*) from raw.blocked as b where b.company = visits.company)", 3),
        ("persons in (select max(o.persons) from raw.visits as o where "
         "o.organisation = visits.organisation)", 1),
        ("persons in (select row_number() over (order by o.source_row_key) + 1 from raw.visits "
         "as o where o.organisation = visits.organisation)", 2),
        ("exists (select 1 from raw.blocked as b where b.company = visits.company offset 0)", 2),
        ("exists (values (1))", 3),
    ],
)  # fmt: skip
def test_what_each_outer_row_has_of_its_own_is_no_join(condition, visits):
    with tracer(counted(condition)) as one:
        trace = one.trace("counted", {"organisation": "north"}, "visits")
        assert (trace.figure.value, trace.proof.status) == (visits, "global")


@pytest.mark.parametrize(
    ("select", "visits", "status"),
    [
        # a sub-query may use the same names as the outer query or as a block's own SQL
        ("select organisation, count(*) as visits from (select * from raw.visits union all "
         "select * from raw.visits) as v where exists (select 1 from reference.names as v "
         "where v.name > 'A') group by organisation", 6, "proved"),
        ("select organisation, count(*) as visits from raw.visits as v group by organisation "
         "having exists (select 1 from reference.names as source "
         "where source.organisation <> v.organisation)", 3, "proved"),
        ("select organisation, count(case when found then 1 end) as visits from (select *, exists "
         "(select 1 from reference.names as n where n.organisation = v.organisation) as found "
         "from raw.visits as v) as known group by organisation", 3, "global"),
    ],
)  # fmt: skip
def test_names_within_a_sub_query_are_its_own(select, visits, status):
    with tracer(model("evaluation.counted", select, ["organisation"])) as one:
        trace = one.trace("counted", {"organisation": "north"}, "visits")
        assert (trace.figure.value, trace.proof.status) == (visits, status)
        assert [found.unaccounted for found in one.coverage(["visits"])] == [0]


def test_a_figure_on_too_many_rows_is_answered_by_condition():
    with tracer(SUMS, most_rows=2) as one:
        trace = one.trace("sums", {"organisation": "north"}, "visits")
        assert trace.proof.status == "global"
        [part] = trace.support
        assert (part.rows, "'north'" in part.condition) == (3, True)
        assert support(trace) == ["v#1", "v#2", "v#3"]


def test_a_figure_that_its_rows_do_not_give_fails():
    with tracer(SUMS) as one:
        one._release.connection.execute(
            f"update {RELEASE_NAME}.evaluation.sums set persons = 6 where organisation = 'north'"
        )
        trace = one.trace("sums", {"organisation": "north"}, "persons")
        assert trace.proof.status == "failed"
        assert one.verify("sums").statuses == {"proved": 2, "failed": 1}


def test_every_cell_is_verified():
    with tracer(SUMS) as one:
        verdict = one.verify("sums")
        assert (verdict.rows, verdict.cells, verdict.statuses) == (3, 9, {"proved": 3})


def test_a_row_goes_to_its_figures_or_is_left_out_by_name():
    counted = model(
        "evaluation.counted",
        "select organisation, count(*) as visits from raw.visits where persons > 2 "
        "group by organisation",
        ["organisation"],
    )
    with tracer(counted) as one:
        there = one.forward("v#2")
        assert [d.key for d in there.destinations] == [{"organisation": "north"}]
        left_out = one.forward("v#1")
        assert not left_out.destinations
        [clause] = left_out.left_out
        assert (clause.model, clause.clause) == ("evaluation.counted", "where visits.persons > 2")
        [visits, blocked] = one.coverage(["visits", "blocked"])
        assert (visits.rows, visits.reaching, visits.unaccounted) == (6, 3, 0)
        assert visits.left_out == {(clause,): 3}
        assert [c.clause for (c,) in blocked.left_out] == ["no mart reads it"]


def test_wrong_use_says_what_there_is():
    with tracer(SUMS) as one:
        with pytest.raises(LineageError, match="did you mean sums"):
            one.trace("sum", {})
        with pytest.raises(LineageError, match="it has organisation, persons, visits"):
            one.trace("sums", {"organisation": "north"}, "people")
        with pytest.raises(LineageError, match="it has organisation"):
            one.trace("sums", {"area": "north"})
        with pytest.raises(LineageError, match="no row"):
            one.trace("sums", {"organisation": "east"})
        with pytest.raises(LineageError, match=r"(?s)several rows.*organisation=north"):
            one.trace("sums", {})
        with pytest.raises(LineageError, match="no row has the key"):
            one.forward("v#99")
