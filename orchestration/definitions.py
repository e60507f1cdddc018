"""The code location that ``dagster`` loads: ``dagster dev -m orchestration.definitions``.

An import of this package's modules reads no files. :func:`build_definitions` reads the dbt project,
the contracts and the documents' origin cards.
"""

import dagster as dg

from klynge import checkout
from klynge.home import Home, read_json
from klynge.intake.contracts import read_contracts
from orchestration.assets.column_lineage import build_column_lineage
from orchestration.assets.inputs import build_inputs
from orchestration.assets.raw_tables import build_raw_tables
from orchestration.assets.release import build_release
from orchestration.assets.warehouse import build_warehouse
from orchestration.checks import build_gate, values_are_read_alike
from orchestration.dbt.project import parse
from orchestration.dbt.translator import Translator, is_published
from orchestration.jobs import nightly_evaluation_refresh
from orchestration.resources import CodeLocation, NightlyRun
from orchestration.schedules import every_night
from orchestration.sensors import inbox_watch


def build_definitions(home: Home) -> dg.Definitions:
    """Build assets, checks, job, schedule and sensor from the current files of the dbt project."""
    contracts = read_contracts(checkout.CONTRACTS)
    inputs = build_inputs(home, contracts)
    manifest, translator = read_json(parse(home)), Translator()
    warehouse = build_warehouse(manifest, translator)
    unpublished = [key for key in warehouse.keys if not is_published(key.path[0])]
    lineage = build_column_lineage(manifest, translator, unpublished)
    raw_tables = build_raw_tables(manifest, contracts, inputs, made_elsewhere=lineage.keys)
    models = [*warehouse.keys, *lineage.keys]
    release = build_release(home.releases, [key for key in models if is_published(key.path[0])])
    assets = [raw_tables, warehouse, lineage, release]
    checks = [values_are_read_alike, build_gate()]
    everything = CodeLocation(
        assets=frozenset(key for one in assets for key in one.keys),
        checks=frozenset(key for one in (*assets, *checks) for key in one.check_keys),
    )
    return dg.Definitions(
        assets=[*inputs, *assets],
        asset_checks=checks,
        jobs=[nightly_evaluation_refresh],
        schedules=[every_night],
        sensors=[inbox_watch],
        resources={"nightly": NightlyRun(code_location=everything)},
        # a partial run also has one process, because its steps share the home's lock
        executor=dg.in_process_executor,
    )


@dg.definitions
def definitions() -> dg.Definitions:
    """Build the code location of ``$KLYNGE_HOME``."""
    return build_definitions(Home.from_environment())
