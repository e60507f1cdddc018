"""What the steps of a run share: the home, held for this run alone, and what the run is to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import dagster as dg
from pydantic import Field, PrivateAttr

from klynge import runs
from klynge.errors import GateRefusedError
from klynge.home import Home


class NightlyRun(dg.ConfigurableResource):
    """``$KLYNGE_HOME`` with the writer's lock held from a run's first step to its last."""

    with_sample: bool = Field(
        default=False, description="Build from the calibrated sample, too; the release says so."
    )
    as_of: str | None = Field(
        default=None,
        description="Build what was known then (ISO 8601 with offset), and leave current alone.",
    )
    _run_id: str = PrivateAttr()

    @property
    def home(self) -> Home:
        return Home.from_environment()

    @property
    def run_id(self) -> str:
        return self._run_id

    @property
    def known_at(self) -> datetime | None:
        """The time asked for; None asks for all that is known now."""
        return None if self.as_of is None else datetime.fromisoformat(self.as_of)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["NightlyRun"]:
        """Lock the home, clear what a killed run left, and open this run's record."""
        with self.home.locked():
            self._run_id = context.run_id or "unknown"
            if not runs.is_over(self.home, self._run_id):
                self.home.clear()
                runs.start(self.home, self._run_id)
            yield self
            # whoever got here without a word from a failed step or from publishing was cut short
            runs.end(self.home, self._run_id, runs.FAILED, reason="the run ended before its end")

    @contextmanager
    def step(self, name: str) -> Iterator[Home]:
        """Do a step's work on the home; where it fails, the run's record says where and why."""
        try:
            yield self.home
        except Exception as error:
            outcome = runs.REFUSED if isinstance(error, GateRefusedError) else runs.FAILED
            runs.end(self.home, self.run_id, outcome, failed_step=name, reason=str(error))
            raise
