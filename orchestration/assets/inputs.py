"""The inputs of the raw tables: printed documents, files in the inbox, and contracts.

Dagster does not materialise the inputs. They are assets, so that Dagster's graph begins with
them. A run that writes raw tables records an observation of each input.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dagster as dg
import yaml

from klynge import checkout
from klynge.home import Home
from klynge.intake.contracts import Contract
from klynge.print import documents
from klynge.raw_zone import Load
from orchestration.owners import owners_of


def document_key(document_id: str) -> dg.AssetKey:
    """The asset key of a printed document."""
    return dg.AssetKey(["documents", document_id])


def submission_keys(dataset: str) -> list[dg.AssetKey]:
    """The asset keys of a submitted dataset's two inputs: files in the inbox, and contract."""
    return [dg.AssetKey(["inbox", dataset]), dg.AssetKey(["contracts", dataset])]


def build_inputs(home: Home, contracts: Mapping[str, Contract]) -> list[dg.AssetSpec]:
    """Make an external asset for each document, each dataset in the inbox and each contract."""
    cards = sorted((checkout.SEEDS / "documents").glob("*/origin.yml"))
    return [
        *map(_document, cards),
        *(_inbox_dataset(home, contract) for contract in contracts.values()),
        *map(_contract, contracts.values()),
    ]


def _document(card: Path) -> dg.AssetSpec:
    origin = yaml.safe_load(card.read_text(encoding="utf-8"))
    return dg.AssetSpec(
        document_key(origin["document_id"]),
        description=f"{origin['title']} ({origin['publisher']}, {origin['published']}). "
        f"{origin['covers']}",
        group_name="documents",
        kinds={"csv"},
        owners=owners_of("documents"),
        metadata={
            "path": dg.MetadataValue.path(card.parent),
            "document": origin["file_name"],
            "sha256": origin["sha256"],
        },
    )


def _inbox_dataset(home: Home, contract: Contract) -> dg.AssetSpec:
    [inbox, _] = submission_keys(contract.dataset)
    return dg.AssetSpec(
        inbox,
        description=f"{contract.purpose}: the files that reporters drop into their folder of the "
        f"inbox. {contract.grain}.",
        group_name="inbox",
        kinds={"csv", "excel", "parquet"},
        owners=owners_of("inbox"),
        metadata={
            "path": dg.MetadataValue.path(home.inbox),
            "file name": f"<reporter>/{contract.dataset}_<{contract.period_kind}>.csv",
            "reporters": ", ".join(sorted(contract.reporters)),
        },
    )


def _contract(contract: Contract) -> dg.AssetSpec:
    [_, key] = submission_keys(contract.dataset)
    return dg.AssetSpec(
        key,
        description=f"The contract of {contract.dataset}: its {len(contract.columns)} columns, "
        f"{len(contract.rules)} rules for a row, and who may send it.",
        group_name="contracts",
        kinds={"yaml"},
        owners=owners_of("contracts"),
        code_version=contract.version,
        metadata={
            "path": dg.MetadataValue.path(checkout.CONTRACTS / f"{contract.dataset}.odcs.yaml"),
            "version": contract.version,
        },
    )


def observe(
    loads: Sequence[Load], contracts: Mapping[str, Contract]
) -> Iterator[dg.AssetObservation]:
    """Yield an observation for each document and each submitted dataset in a run's loads."""
    for load in loads:
        if load.dataset == documents.CELLS:
            yield dg.AssetObservation(
                document_key(load.about["document_id"]),
                metadata={"cells": load.rows_loaded, "load": load.load_id},
            )
    for dataset in contracts:
        counted = [load for load in loads if load.dataset == dataset]
        periods = sorted({load.period for load in counted})
        yield dg.AssetObservation(
            submission_keys(dataset)[0],
            metadata={
                "loads": len(counted),
                "rows": sum(0 if load.erased else load.rows_loaded for load in counted),
                "periods": ", ".join(periods) or "none",
                "last received": max((load.received_at for load in counted), default="never"),
            },
        )
