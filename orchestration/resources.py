"""What the steps of a run share: the home they write to, held for this run alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from klynge import runs
from klynge.errors import GateRefusedError
from klynge.home import Home


class NightlyRun(dg.ConfigurableResource):
    """``$KLYNGE_HOME`` with the writer's lock held from a run's first step to its last."""

    _run_id: str = PrivateAttr()

    @property
    def home(self) -> Home:
        return Home.from_environment()

    @property
    def run_id(self) -> str:
        return self._run_id

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
