"""Test the differences between the rows of a table in two databases."""

import duckdb
import pytest

from klynge.releases.row_differences import (
    ADDED,
    CHANGED,
    WITHDRAWN,
    RowComparer,
    RowDifference,
    Table,
    condition,
)

BEFORE = """
    create table before.main.t as
    from (values (1, 'a', 1.50), (2, 'b', 2.00), (null, 'n', 3.00)) as t(id, says, kr)
"""
AFTER = """
    create table after.main.t as
    from (values (1, 'a', 1.75, null), (3, 'b', 2.00, 9), (null, 'n', 3.00, null))
        as t(id, says, kr, further)
"""
T = Table("main.t", ("id",))


@pytest.fixture
def connection():
    with duckdb.connect() as made:
        for statement in ("attach ':memory:' as before", "attach ':memory:' as after"):
            made.execute(statement)
        made.execute(BEFORE)
        made.execute(AFTER)
        yield made


@pytest.fixture
def comparer(connection):
    return RowComparer(connection)


def test_rows_are_told_apart_by_their_key_nulls_equal(comparer):
    assert comparer.rows(T) == [
        RowDifference(CHANGED, {"id": "1"}, {"kr": ("1.50", "1.75")}),
        RowDifference(WITHDRAWN, {"id": "2"}, {"says": ("b", None), "kr": ("2.00", None)}),
        RowDifference(
            ADDED, {"id": "3"}, {"says": (None, "b"), "kr": (None, "2.00"), "further": (None, "9")}
        ),
    ]
    assert comparer.count(T) == {ADDED: 1, CHANGED: 1, WITHDRAWN: 1}
    assert len(comparer.rows(T, limit=2)) == 2


def test_what_is_ignored_is_no_difference_and_where_a_row_came_from_is_told(comparer):
    [changed] = comparer.rows(Table("main.t", ("id",), where="id = 1", source="says"))
    assert changed.sources == ("a", "a")
    assert comparer.rows(Table("main.t", ("id",), frozenset({"kr"}), "id = 1")) == []


def test_a_table_that_is_in_one_of_them_only(connection, comparer):
    connection.execute("drop table after.main.t")
    assert comparer.count(T) == {WITHDRAWN: 3}
    assert comparer.count(Table("main.nowhere", ("id",))) == {}


def test_a_key_that_one_of_them_lacks_leaves_no_row_unnamed(comparer):
    assert comparer.count(Table("main.t", ("id", "further"))) == {
        ADDED: 1,
        CHANGED: 1,
        WITHDRAWN: 1,
    }


def test_another_type_is_compared_as_it_is_written(connection, comparer):
    connection.execute("alter table after.main.t alter kr type decimal(18, 3)")
    assert comparer.count(T) == {ADDED: 1, CHANGED: 2, WITHDRAWN: 1}


def test_a_condition_holds_for_rows_that_say_so(connection):
    for key, found in (([("id", "2"), ("says", "b")], 1), ([("id", None)], 1), ([("id", "4")], 0)):
        [(rows,)] = connection.execute(
            f"select count(*) from before.main.t where {condition(key)}"
        ).fetchall()
        assert rows == found


def test_a_column_may_have_the_name_of_any_word(connection, comparer):
    for database, number in (("before", 1), ("after", 2)):
        connection.execute(
            f"create table {database}.main.w as select 'k' as id, {number} as value, 1 as differs"
        )
    [changed] = comparer.rows(Table("main.w", ("id",)))
    assert changed.values == {"value": ("1", "2")}
