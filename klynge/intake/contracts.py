"""The contracts of submitted datasets, with columns, rules, permitted reporters and CSV dialect.

``contracts/`` has one Open Data Contract Standard file for each dataset; only this module reads
them.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from open_data_contract_standard.model import (
    DataQuality,
    OpenDataContractStandard,
    SchemaProperty,
)
from pydantic import ValidationError

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.spelling import plain_name
from klynge.messages import message

#: The DuckDB type of a logical type, for columns without a physical type in the contract.
_SQL_TYPES = {"string": "varchar", "integer": "bigint", "boolean": "boolean", "date": "date"}


@dataclass(frozen=True)
class Dialect:
    """The CSV dialect of a dataset. The contract declares it; it is never guessed from a file."""

    delimiter: str
    quote: str
    decimal: str
    thousands: str
    #: a file is read in the first of these that can decode all its bytes
    encodings: tuple[str, ...]
    dates: tuple[str, ...]
    #: the words for true and false
    booleans: tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column of a dataset and the checks that a single value must pass."""

    name: str
    label_da: str
    description: str
    description_da: str
    logical_type: str
    #: its type in the raw zone and in the warehouse
    sql_type: str
    required: bool
    key_position: int | None
    pattern: str | None
    max_length: int | None
    minimum: float | None
    maximum: float | None
    #: value -> Danish label; empty where any value is allowed
    allowed: dict[str, str]
    #: seed and column of the reference data that declare the values
    register: tuple[str, str] | None
    #: for personal identifiers: the column with their country, or a fixed name of their kind
    identifier_of: str | None
    unit: str | None
    example: str

    @property
    def personal(self) -> bool:
        """Whether the door replaces the value by a pseudonym."""
        return self.identifier_of is not None

    @property
    def is_free_text(self) -> bool:
        """Whether the column has texts that neither a list nor a register limits."""
        return self.logical_type == "string" and not self.allowed and self.register is None

    @property
    def scale(self) -> int:
        """The largest number of decimals of a value."""
        declared = re.fullmatch(r"decimal\(\d+,\s*(\d+)\)", self.sql_type)
        return int(declared[1]) if declared else 0


@dataclass(frozen=True)
class RowRule:
    """A condition over the columns of one row, as a SQL expression that is true for valid rows.

    In the condition, ``${period}`` is replaced by the reported period. ``rule_en`` and ``rule_da``
    state the rule in words, such as "the end date is on or after the start date".
    """

    name: str
    predicate: str
    rule_en: str
    rule_da: str


@dataclass(frozen=True)
class Contract:
    """A submitted dataset."""

    dataset: str
    version: str
    label_da: str
    purpose: str
    grain: str
    grain_da: str
    #: kinds of reporters that may send it
    reporters: frozenset[str]
    #: ``year`` or ``call``
    period_kind: str
    dialect: Dialect
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...]
    #: (a, b): rows with the same a have the same b
    constants: tuple[tuple[str, str], ...] = ()
    #: whether a row that has all the columns' examples is refused, as earlier templates had such a
    #: row
    refuses_examples: bool = False
    #: whether ``klynge template`` writes an empty file of it
    has_template: bool = True

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Columns of the primary key, in order; a key is unique within a reporter's period."""
        keyed = [c for c in self.columns if c.key_position is not None]
        return tuple(c.name for c in sorted(keyed, key=lambda c: c.key_position or 0))

    @property
    def subject(self) -> str:
        """The column that says which organisation, or which area of companies, a row is about."""
        names = {column.name for column in self.columns}
        return "organisation_id" if "organisation_id" in names else "area_id"


def read_contracts(folder: Path) -> dict[str, Contract]:
    """Read all contracts; the keys are the datasets, in order of name.

    Raises :class:`InputError` for a file that does not follow the standard.
    """
    return {
        contract.dataset: contract
        for contract in map(_read_contract, sorted(folder.glob("*.odcs.yaml")))
    }


def find_contract(dataset: str) -> Contract:
    """Return the checkout's contract for a dataset, which is named by its id or its Danish label.

    Raises :class:`InputError` if there is none.
    """
    contracts = read_contracts(checkout.CONTRACTS)
    labels = {plain_name(one.label_da): name for name, one in contracts.items()}
    named = labels.get(plain_name(dataset), dataset)
    if named not in contracts:
        raise InputError(
            message(
                "unknown dataset {dataset!r}: use one of {datasets}",
                dataset=dataset,
                datasets=list(contracts),
            )
        )
    return contracts[named]


def _read_contract(path: Path) -> Contract:
    try:
        whole = OpenDataContractStandard.from_file(str(path))
        [schema] = whole.schema_ or []
        custom = _custom(whole)
        return Contract(
            dataset=str(schema.name),
            version=str(whole.version),
            label_da=str(schema.businessName),
            purpose=str(whole.description and whole.description.purpose),
            grain=str(schema.dataGranularityDescription),
            grain_da=str(custom.get("granularityDa", schema.dataGranularityDescription)),
            reporters=frozenset(str(role.role) for role in whole.roles or ()),
            period_kind=str(custom["period"]),
            dialect=_dialect(custom["csvDialect"]),
            columns=tuple(map(_column, schema.properties or ())),
            rules=tuple(map(_rule, schema.quality or ())),
            refuses_examples=bool(custom.get("refusesExamples")),
            constants=tuple(dict(custom.get("constants") or {}).items()),
        )
    except (yaml.YAMLError, ValidationError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            message(
                "{path} is not a contract of the Open Data Contract Standard: {error}; correct it",
                path=str(path),
                error=str(error),
            )
        ) from error


def _dialect(declared: Any) -> Dialect:
    true, false = declared["booleans"]
    return Dialect(
        delimiter=declared["delimiter"],
        quote=declared["quote"],
        decimal=declared["decimal"],
        thousands=declared["thousands"],
        encodings=tuple(declared["encodings"]),
        dates=tuple(declared["dates"]),
        booleans=(true, false),
    )


def _custom(element: OpenDataContractStandard | SchemaProperty | DataQuality) -> dict[str, Any]:
    """The custom properties of a part of the contract, by name."""
    return {str(p.property): p.value for p in element.customProperties or ()}


def _register(declared: SchemaProperty) -> tuple[str, str] | None:
    """The seed and column that a relationship such as ``areas.area_id`` names."""
    for relationship in declared.relationships or ():
        seed, _, column = str(relationship.to).partition(".")
        return seed, column
    return None


def _column(declared: SchemaProperty) -> Column:
    options = declared.logicalTypeOptions or {}
    custom = _custom(declared)
    logical = str(declared.logicalType)
    return Column(
        name=str(declared.name),
        label_da=str(declared.businessName),
        description=str(declared.description),
        # a contract kept in a release of an older version has no Danish description
        description_da=str(custom.get("descriptionDa", declared.description)),
        logical_type=logical,
        sql_type=declared.physicalType or _SQL_TYPES[logical],
        required=bool(declared.required),
        key_position=declared.primaryKeyPosition if declared.primaryKey else None,
        pattern=options.get("pattern"),
        max_length=options.get("maxLength"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        allowed={str(v.value): str(v.label) for v in declared.enum or ()},
        register=_register(declared),
        identifier_of=custom.get("identifierOf"),
        unit=custom.get("unit"),
        example=str((declared.examples or [""])[0]),
    )


def _rule(declared: DataQuality) -> RowRule:
    custom = _custom(declared)
    # a contract in a release of an older version describes the fault instead, in `reasonDa`
    rule_da = custom["ruleDa"] if "ruleDa" in custom else custom["reasonDa"]
    return RowRule(
        name=str(declared.name),
        predicate=str(declared.implementation),
        rule_en=str(declared.description),
        rule_da=str(rule_da),
    )
