"""The hash of a table depends on its rows, but not on their order."""

import hashlib
from collections import Counter
from decimal import Decimal

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from klynge.warehouse.content_hash import PARTS, combine, content_hash

rows = st.lists(
    st.tuples(
        st.one_of(st.none(), st.text(alphabet="æøåabc:-1 ", max_size=6)),
        st.one_of(st.none(), st.decimals(-999, 999, places=2)),
        st.one_of(st.none(), st.booleans()),
    ),
    max_size=12,
)


#: All examples use one database, because opening it takes longer than hashing a dozen rows.
DATABASE = duckdb.connect()


def hash_of(content):
    DATABASE.execute("create or replace table t (a varchar, b decimal(18, 2), c boolean)")
    if content:
        DATABASE.executemany("insert into t values (?, ?, ?)", content)
    return content_hash(DATABASE, "main", "t")


def hash_in_python(content):
    """Compute the hash by its definition, without SQL; this shows that no engine is needed."""

    def text(value):
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"{value:.2f}" if isinstance(value, Decimal) else value

    sums = [0] * PARTS
    for row in content:
        parts = [text(v) for v in row]
        joined = "".join("-" if p is None else f"{len(p)}:{p}" for p in parts)
        digest = hashlib.sha256(joined.encode()).hexdigest()
        for i in range(PARTS):
            sums[i] += int(digest[16 * i : 16 * (i + 1)], 16)
    columns = [("a", "VARCHAR"), ("b", "DECIMAL(18,2)"), ("c", "BOOLEAN")]
    return combine(columns, len(content), sums)


@given(rows, st.randoms())
def test_order_does_not_matter(content, random):
    shuffled = list(content)
    random.shuffle(shuffled)
    assert hash_of(content) == hash_of(shuffled)


@given(rows)
def test_any_engine_can_compute_it(content):
    assert hash_of(content) == hash_in_python(content)


@given(rows, rows)
def test_other_content_has_another_hash(one, other):
    assert (hash_of(one) == hash_of(other)) == (Counter(one) == Counter(other))


def test_the_clock_is_left_out():
    with duckdb.connect() as connection:
        connection.execute("create table t as select 1 as a, now() as seen_at")
        first = content_hash(connection, "main", "t")
        connection.execute("update t set seen_at = seen_at + interval 1 hour")
        assert content_hash(connection, "main", "t") == first


def test_order_of_columns_does_not_matter_but_their_names_do():
    with duckdb.connect() as connection:
        connection.execute("create table t as select 1 as a, 2 as b")
        connection.execute("create table u as select 2 as b, 1 as a")
        connection.execute("create table v as select 1 as a, 2 as c")
        hashes = [content_hash(connection, "main", name) for name in "tuv"]
    assert hashes[0] == hashes[1] != hashes[2]
