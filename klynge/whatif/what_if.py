"""Run the models of a release on a file of applications, in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.contracts import read_contracts
from klynge.intake.row_checks import sql_name, sql_text
from klynge.lineage.models import Model
from klynge.lineage.workspace import attach_views, run_models, workspace
from klynge.messages import message
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, Release
from klynge.whatif.applications import STATED, Applications, read_applications
from klynge.whatif.calls import read_call
from klynge.whatif.changes import SEEDS, Changes, change_seeds, copy_seeds, require_valid
from klynge.whatif.released import ReleasedApplications, read_released, write_released

ALLOCATION = "allocation.mart_allocation"
APPLICATIONS = "core.fct_applications"
SCORES = "core.fct_criterion_scores"
_ORGANISATIONS = "core.dim_organisation"
_REPORTING = "core.fct_reporting"
_SCORED = "intermediate.int_scored_applications"
#: The tables that a what-if does not build with models. Applications and scores come from the file.
#: Organisations and the state of submissions come from the release.
GIVEN = frozenset({APPLICATIONS, SCORES, _ORGANISATIONS, _REPORTING})
BASIS = "what_if"

#: ``minimum_met`` if criteria were not checked: true becomes null, because a criterion may fail.
_NOT_TRUE = "nullif(minimum_met, true)"
#: One row per application in the order of the file.
_BY_APPLICATION = f"""
    select
        organisation_id, area_id, grant_type_id as grant_type, applied_amount_kr, score,
        {{met}} as minimum_met, selected, reason, failed, share, recommended_amount_kr,
        lambda_rounded as lambda
    from {ALLOCATION}
    inner join (select organisation_id, grant_type_id, failed, source_row_key from {_SCORED})
        using (organisation_id, grant_type_id)
    order by cast(source_row_key as bigint)
"""
_BY_ORGANISATION = f"""
    select
        organisation_id,
        cast(sum(applied_amount_kr) as decimal(20, 2)) as applied_amount_kr,
        -- without the award to one grant, there is no sum
        if(
            count(*) = count(recommended_amount_kr),
            cast(sum(recommended_amount_kr) as decimal(20, 2)),
            null
        ) as recommended_amount_kr
    from {ALLOCATION}
    group by organisation_id
    order by organisation_id
"""
_POTS = f"""
    select
        if(scope = 'call', 'all', grant_type_id) as pot,
        any_value(pot_kr) as pot_kr,
        any_value(pot_state) as pot_state,
        cast(sum(recommended_amount_kr) as decimal(20, 2)) as given_kr,
        any_value(lambda_numerator) as lambda_numerator,
        any_value(lambda_denominator) as lambda_denominator,
        any_value(lambda_rounded) as lambda_rounded
    from {ALLOCATION}
    group by pot
    order by pot
"""
_TOTALS = f"""
    select
        coalesce(grant_type_id, 'all') as grant_type,
        count(*) as applications,
        count(*) filter (where selected) as selected,
        cast(sum(applied_amount_kr) as decimal(20, 2)) as applied_amount_kr,
        cast(sum(recommended_amount_kr) as decimal(20, 2)) as recommended_amount_kr
    from {ALLOCATION}
    group by rollup (grant_type_id)
    order by grant_type_id nulls last
"""
_CRITERION_MINIMUMS = """
    select count(*) > 0 from reference.requirements
    where call_id = $call and kind = 'minimum_score' and scope = 'sub_criterion'
"""
_UNKNOWN_ORGANISATIONS = f"""
    select distinct organisation_id from {APPLICATIONS}
    anti join {_ORGANISATIONS} using (organisation_id)
    order by organisation_id
"""
_FLOORS_EXCEED_POT = f"""
    select
        if(scope = 'call', 'all', grant_type_id) as pot,
        cast(sum(floor_kr) as decimal(20, 2)) as floors_kr,
        any_value(pot_kr) as pot_kr
    from {ALLOCATION}
    where pot_state = 'floors_exceed_pot'
    group by pot
    order by pot
"""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a what-if.

    ``by_application`` has one row per application, in the order of the file. ``by_organisation``
    has one row per organisation, with the sums over its applications. ``pots`` has one row per pot
    that has applications, with state and lambda. ``totals`` has one row per grant type and one row
    for all. ``organisations`` are all organisations of the release.
    ``unknown_organisations`` are in the file but not in the release. ``has_unchecked_criteria`` is
    true if the call has a minimum for each criterion, but the file has no criteria. Then
    ``minimum_met`` is false or null for every application, never true.
    """

    rule: str
    scope: str
    by_application: pa.Table
    by_organisation: pa.Table
    pots: pa.Table
    totals: pa.Table
    unknown_organisations: tuple[str, ...]
    organisations: tuple[str, ...]
    has_unchecked_criteria: bool = False


class WhatIf:
    """A call of a release that can be tried on one file; :func:`open_what_if` opens it."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, call_id: str, models: Sequence[Model]
    ) -> None:
        self._connection = connection
        self._models = models
        self.call = read_call(connection, call_id)

    def read(self, path: Path) -> Applications:
        """Read the applications of a file; see :func:`read_applications`."""
        areas = self._connection.execute("select area_id from reference.areas").fetchall()
        registers = {("areas", "area_id"): {area: "" for (area,) in areas}}
        return read_applications(path, self.call, read_contracts(checkout.CONTRACTS), registers)

    def read_released(self, basis: str) -> ReleasedApplications:
        """Find the release's own applications of a basis; see :func:`read_released`."""
        return read_released(self._connection, self.call, basis)

    def allocate(
        self, applications: Applications | ReleasedApplications, changes: Changes
    ) -> Outcome:
        """Score the applications and share out the pots, with ``changes`` to the call's rules.

        Raises :class:`InputError` if no call can have the changes, or if floors add up to more than
        their pot.
        """
        require_valid(changes, self.call)
        if not applications.has_criteria:
            _require_stated(changes)
        change_seeds(self._connection, self.call, changes)
        self._connection.execute("create schema if not exists core")
        if not applications.has_criteria or isinstance(applications, Applications):
            self._create_scores()
        if isinstance(applications, ReleasedApplications):
            write_released(self._connection, self.call, applications, BASIS)
        else:
            self._write_given(applications)
        # each model that reads a view would compute it again, so all models become tables
        run_models(
            self._connection, [replace(model, materialized="table") for model in self._models]
        )
        self._require_floors_fit()
        return self._outcome(applications)

    def _write_given(self, applications: Applications) -> None:
        connection = self._connection
        connection.register("applications", applications.rows)
        score = "null" if applications.criteria else STATED
        connection.execute(f"""
            create table {APPLICATIONS} as
            select
                {sql_text(self.call.call_id)} as call_id, organisation_id, area_id,
                grant_type as grant_type_id, applied_amount_kr,
                cast({score} as decimal(20, 6)) as score,
                cast(null as varchar) as figure_id, cast(null as varchar) as score_figure_id,
                '{BASIS}' as basis, cast(source_row as varchar) as source_row_key
            from applications
        """)
        for column, criteria in applications.criteria.items():
            for grant, criterion_id in criteria.items():
                connection.execute(f"""
                    insert into {SCORES}
                    select
                        {sql_text(self.call.call_id)}, organisation_id, grant_type,
                        {sql_text(criterion_id)}, '{BASIS}', {sql_name(column)}, '{BASIS}',
                        cast(source_row as varchar)
                    from applications
                    where grant_type = {sql_text(grant)}
                """)

    def _create_scores(self) -> None:
        """Create the table of the criteria's scores, without rows."""
        self._connection.execute(f"""
            create table {SCORES} (
                call_id varchar, organisation_id varchar, grant_type_id varchar,
                criterion_id varchar, assessor_id varchar, score decimal(4, 2), basis varchar,
                source_row_key varchar
            )
        """)

    def _require_floors_fit(self) -> None:
        broken = self._connection.execute(_FLOORS_EXCEED_POT).fetchone()
        if broken:
            pot, floors, holds = broken
            raise InputError(
                message(
                    "the floors add up to {floors:,.2f} kr., but the pot {pot} holds {holds:,.2f}: "
                    "lower --floor-percent or --floor-kr, or give a larger --pot",
                    floors=floors,
                    pot=pot,
                    holds=holds,
                )
            )

    def _outcome(self, applications: Applications | ReleasedApplications) -> Outcome:
        def table(sql: str) -> pa.Table:
            return self._connection.execute(sql).to_arrow_table()

        is_unchecked = not applications.has_criteria and self._has_criterion_minimums()
        scenario = table("select rule, scope from reference.allocation_scenarios").to_pylist()[0]
        unknown = table(_UNKNOWN_ORGANISATIONS)["organisation_id"].to_pylist()
        known = table(f"select organisation_id from {_ORGANISATIONS}")
        return Outcome(
            rule=scenario["rule"],
            scope=scenario["scope"],
            by_application=table(
                _BY_APPLICATION.format(met=_NOT_TRUE if is_unchecked else "minimum_met")
            ),
            by_organisation=table(_BY_ORGANISATION),
            pots=table(_POTS),
            totals=table(_TOTALS),
            unknown_organisations=tuple(unknown),
            organisations=tuple(known["organisation_id"].to_pylist()),
            has_unchecked_criteria=is_unchecked,
        )

    def _has_criterion_minimums(self) -> bool:
        found = self._connection.execute(_CRITERION_MINIMUMS, {"call": self.call.call_id})
        return found.fetchone() == (True,)


@contextmanager
def open_what_if(release: Release, call_id: str, *, restricted: bool = False) -> Iterator[WhatIf]:
    """Open a call in a workspace in memory, with the release's reference data and models.

    With ``restricted``, the release's own applications come with their scores of each criterion,
    from the restricted edition; it is for readers who may read that edition.

    Raises :class:`InputError` if the call is unknown or the release has no allocation models.
    """
    models = read_models(release)
    if ALLOCATION not in models:
        raise InputError(message("the release has no model {model!r}", model=ALLOCATION))
    chain = models.build_plan(GIVEN, [ALLOCATION])
    read = models.external_inputs(chain)
    if not read >= {APPLICATIONS, SCORES}:
        raise InputError(
            message(
                "an older version built release {release_id}, and its allocation does not start "
                "from {table}: run `klynge nightly` for a new release",
                release_id=release.release_id,
                table=APPLICATIONS,
            )
        )
    read -= {APPLICATIONS, SCORES} | SEEDS
    with workspace() as connection:
        database = release.whole_database if restricted else release.path / DATABASE
        attach_views(connection, database, [*read, "reference.calls", "reference.areas"])
        copy_seeds(connection)
        yield WhatIf(connection, call_id, chain)


def _require_stated(changes: Changes) -> None:
    for option in ("weights", "minimum_criterion"):
        if getattr(changes, option) is not None:
            raise InputError(
                message(
                    "--{option} needs a column for each criterion, but the file states scores: "
                    "give the criteria, or drop the option",
                    option=option.replace("_", "-"),
                )
            )
