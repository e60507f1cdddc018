"""Read the applications to a call from a release, as the start of a what-if."""

from dataclasses import dataclass

import duckdb

from klynge.errors import InputError
from klynge.messages import message
from klynge.whatif.calls import Call
from klynge.words import BASES

#: The applications in both grants together have no score, and no pot of their own.
_APPLICATIONS = """
    from borrowed.core.fct_applications
    where call_id = $call and basis = $basis
"""
_ORGANISATIONS = f"""
    select
        count(distinct organisation_id),
        count(distinct organisation_id) filter (where list_contains($grants, grant_type_id))
    {_APPLICATIONS}
"""
_TABLES = """
    select count(*) > 0 from duckdb_tables()
    where database_name = 'borrowed' and schema_name = 'core'
        and table_name = 'fct_criterion_scores'
"""
_SCORES = """
    from borrowed.core.fct_criterion_scores where call_id = $call and basis = $basis
"""


@dataclass(frozen=True)
class ReleasedApplications:
    """The applications of one basis to a call.

    ``has_criteria`` is true if their scores of each criterion are known. Only the restricted
    edition has them. Otherwise each application has its total score.
    """

    basis: str
    has_criteria: bool


def read_released(
    connection: duckdb.DuckDBPyConnection, call: Call, basis: str
) -> ReleasedApplications:
    """Find the applications of a basis in the release that is attached as ``borrowed``.

    Raises :class:`InputError` if there are none, or if an applicant has no application to a single
    grant. Then every award would rest on a part of the applications only.
    """
    found = connection.execute(
        _ORGANISATIONS, {"call": call.call_id, "basis": basis, "grants": [*call.pots]}
    ).fetchone()
    applicants, with_grants = found or (0, 0)
    words = BASES.get(basis, basis)
    if not applicants:
        raise InputError(
            message(
                "the release holds no applications to {call_id} on the basis {basis}",
                call_id=call.call_id,
                basis=words,
            )
        )
    if with_grants < applicants:
        raise InputError(
            message(
                "on the basis {basis}, amounts and scores of each grant are known for {known:,} of "
                "{all:,} applicants: every award depends on every application, so nothing can be "
                "shared out",
                basis=words,
                known=with_grants,
                all=applicants,
            )
        )
    return ReleasedApplications(basis, _has_criteria(connection, call, basis))


def _has_criteria(connection: duckdb.DuckDBPyConnection, call: Call, basis: str) -> bool:
    if connection.execute(_TABLES).fetchone() != (True,):
        return False
    known = {"call": call.call_id, "basis": basis}
    return connection.execute(f"select count(*) > 0 {_SCORES}", known).fetchone() == (True,)


def write_released(
    connection: duckdb.DuckDBPyConnection,
    call: Call,
    released: ReleasedApplications,
    basis: str,
) -> None:
    """Write ``core.fct_applications`` and ``core.fct_criterion_scores`` of a workspace.

    The rows get the basis ``basis``. Their source row key is their number in the order of
    organisation and grant.
    """
    known = {
        "call": call.call_id,
        "basis": released.basis,
        "grants": [*call.pots],
        "new": basis,
    }
    score = "null" if released.has_criteria else "coalesce(given.score, scored.score)"
    connection.execute(
        f"""
        create table core.fct_applications as
        select
            given.call_id, given.organisation_id, given.area_id, given.grant_type_id,
            given.applied_amount_kr,
            cast({score} as decimal(20, 6)) as score,
            cast(null as varchar) as figure_id, cast(null as varchar) as score_figure_id,
            $new as basis,
            cast(row_number() over (
                order by given.organisation_id, given.grant_type_id
            ) as varchar) as source_row_key
        from borrowed.core.fct_applications as given
        left join borrowed.scores.mart_application_scores as scored
            using (call_id, organisation_id, grant_type_id, basis)
        where given.call_id = $call and given.basis = $basis
            and list_contains($grants, given.grant_type_id)
        """,
        known,
    )
    columns = "call_id, organisation_id, grant_type_id, criterion_id, assessor_id, score"
    if released.has_criteria:
        connection.execute(
            f"""
            create table core.fct_criterion_scores as
            select {columns}, $new as basis, source_row_key {_SCORES}
            """,
            {"call": call.call_id, "basis": released.basis, "new": basis},
        )
