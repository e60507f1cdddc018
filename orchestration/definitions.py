"""The code location that ``dagster`` loads: ``dagster dev -m orchestration.definitions``."""

from klynge.home import Home
from orchestration.assembly import build_definitions

definitions = build_definitions(Home.from_environment())
