"""What the steps of a run share: the home they write to, held for this run alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from klynge import runs
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
            self.home.remove_unfinished()
            self._run_id = context.run_id or "unknown"
            runs.start(self.home, self._run_id)
            yield self
            # whoever got here without a word from publishing or the failure hook was cut short
            runs.end(self.home, self._run_id, runs.FAILED, reason="the run ended before its end")
