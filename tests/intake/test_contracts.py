"""Contracts follow the standard, and every register that they name exists."""

import json

import pytest
import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.contracts import read_contracts
from klynge.intake.countries import register_rows
from klynge.reference.seeds import shipped_reference

FILES = sorted(checkout.CONTRACTS.glob("*.yaml"))
CONTRACTS = read_contracts(checkout.CONTRACTS)


def test_every_contract_follows_the_schema_of_the_standard():
    validator = Draft201909Validator(json.loads(OpenDataContractStandard.json_schema()))
    faults = [
        f"{path.name}: {error.json_path}: {error.message}"
        for path in FILES
        for error in validator.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))
    ]
    assert not faults, "\n".join(["", *faults])


def test_every_contract_is_complete():
    for name, contract in CONTRACTS.items():
        assert contract.key, name
        assert all(c.required for c in contract.columns if c.name in contract.key), name
        assert contract.reporters <= {"cluster_organisation", "agency"}, name
        assert contract.period_kind in {"year", "call"}, name
        names = {c.name for c in contract.columns}
        for column in contract.columns:
            where = f"{name}.{column.name}"
            if column.register:
                seed, key = column.register
                assert key in register_rows(shipped_reference(), seed)[0], where
            if column.identifier_of and column.identifier_of.islower():
                assert column.identifier_of in names | {"assessor"}, where


def test_one_contract_for_each_file():
    assert len(CONTRACTS) == len(FILES) == 11
    assert all(path.name == f"{d}.odcs.yaml" for d, path in zip(CONTRACTS, FILES, strict=True))


def test_unreadable_contract_is_named(tmp_path):
    (tmp_path / "broken.odcs.yaml").write_text("kind: DataContract\nschema: 7\n")
    with pytest.raises(InputError, match=r"broken\.odcs\.yaml is not a contract"):
        read_contracts(tmp_path)


def test_a_contract_of_an_older_version_is_read(tmp_path):
    """A release is rebuilt with its own contracts, which an older version may have written."""
    path = checkout.CONTRACTS / "activities.odcs.yaml"
    older = path.read_text(encoding="utf-8").replace("property: ruleDa", "property: reasonDa")
    (tmp_path / path.name).write_text(older, encoding="utf-8")
    [contract] = read_contracts(tmp_path).values()
    assert contract.rules == read_contracts(checkout.CONTRACTS)["activities"].rules
