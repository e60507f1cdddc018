"""The resource that the steps of a run share: the locked home, and the run's options."""

from collections.abc import Iterator, Set
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field, PrivateAttr

from klynge import progress, runs
from klynge.errors import GateRefusedError
from klynge.garbage_collection import collect_rarely
from klynge.home import Home
from klynge.reference.seeds import place_seeds, read_reference
from orchestration.partial_build import ensure_build

RELEASE = dg.AssetKey(["release"])

StepContext = dg.AssetExecutionContext | dg.AssetCheckExecutionContext


@dataclass(frozen=True)
class CodeLocation:
    """All assets that a run can materialise, and all their checks."""

    assets: frozenset[dg.AssetKey]
    checks: frozenset[dg.AssetCheckKey]


class EventLog:
    """Writes the project's progress into the event log of the Dagster run.

    It writes only milestones, because the events of each table have the details.
    """

    def __init__(self, log: dg.DagsterLogManager) -> None:
        self._log = log

    def milestone(self, message: str) -> None:
        self._log.info(message)

    def detail(self, message: str) -> None:
        """Ignore progress within a step."""


class NightlyRun(dg.ConfigurableResource):
    """``$KLYNGE_HOME``, whose writer's lock is held from a run's first step to its last.

    A run is either whole or partial. A whole run has every asset and every check. It starts a new
    build, is recorded in ``runs/`` and publishes a release. A partial run has a selection. It works
    on the existing build, leaves no record in ``runs/`` and publishes nothing.
    """

    with_sample: bool = Field(
        default=False, description="Build from the calibrated sample, too; the release says so."
    )
    as_of: str | None = Field(
        default=None,
        description="Build what was known then (ISO 8601 with offset), and leave current alone.",
    )
    wait_minutes: float = Field(
        default=0, description="How long to wait while another process writes in the home."
    )
    code_location: dg.ResourceDependency[CodeLocation]
    _run_id: str = PrivateAttr()
    _is_whole: bool | None = PrivateAttr(default=None)

    @property
    def home(self) -> Home:
        return Home.from_environment()

    @property
    def run_id(self) -> str:
        return self._run_id

    @property
    def is_whole(self) -> bool:
        """Whether the run has every asset and check. This is known when the first step starts."""
        return bool(self._is_whole)

    @property
    def known_at(self) -> datetime | None:
        """The time up to which data are used (``as_of``), or None for all data known now."""
        return None if self.as_of is None else datetime.fromisoformat(self.as_of)

    @property
    def about(self) -> datetime:
        """The time of the build: the given ``as_of``, or the start of the run."""
        if self.known_at is not None:
            return self.known_at
        if self.is_whole:
            return datetime.fromisoformat(runs.read(self.home, self.run_id).started_at)
        return datetime.now(UTC)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["NightlyRun"]:
        """Lock the home during the run. If the run is interrupted, record its end."""
        self._run_id = context.run.run_id if context.run else "unknown"
        with ExitStack() as lock:
            with progress.watched(EventLog(context.log)) if context.log else nullcontext():
                lock.enter_context(self.home.locked(wait_seconds=60 * self.wait_minutes))
            collect_rarely()
            yield self
            # the first outcome wins, so a run that has published or failed already is not changed
            if self._is_whole:
                reason = "the run ended before its end"
                runs.end(self.home, self._run_id, runs.FAILED, reason=reason)

    @contextmanager
    def step(self, context: StepContext) -> Iterator[Home]:
        """Give the home to a step. If the step fails, record its name and error in the run."""
        with progress.watched(EventLog(context.log)):
            if self._is_whole is None:
                self._begin(context)
            try:
                yield self.home
            except Exception as error:
                if self._is_whole:
                    outcome = runs.REFUSED if isinstance(error, GateRefusedError) else runs.FAILED
                    step = context.op_def.name
                    runs.end(self.home, self.run_id, outcome, failed_step=step, reason=str(error))
                raise

    def _begin(self, context: StepContext) -> None:
        """Before the first step, find out whether the run is whole, and prepare its build.

        Raises :class:`dagster.Failure` if a release would be published without all checks.
        """
        assets, checks = _selection(context)
        whole = self.code_location.assets <= assets and self.code_location.checks <= checks
        if whole:
            # Dagster may set up the resource again after the run has ended
            if not runs.is_over(self.home, self._run_id):
                self.home.clear()
                runs.start(self.home, self._run_id)
        elif RELEASE in assets:
            raise dg.Failure(
                "A release is published only by a run with every asset and every check: launch the "
                "job nightly_evaluation_refresh, or leave `release` out of the selection.",
                allow_retries=False,
            )
        else:
            self.home.clear_unfinished()
            place_seeds(self.home, read_reference(self.home, self.known_at))
            ensure_build(self.home)
        # set this last: if the first step is refused, every other step is refused here, too
        self._is_whole = whole


def _selection(context: StepContext) -> tuple[Set[dg.AssetKey], Set[dg.AssetCheckKey]]:
    """Return all assets that the run materialises and all checks that it runs.

    Dagster's public API does not offer this. ``selected_asset_keys`` has only the assets of one
    step, and ``run.asset_selection`` is None for a whole job.
    """
    graph = context.job_def.asset_layer.asset_graph
    return graph.executable_asset_keys, graph.asset_check_keys
