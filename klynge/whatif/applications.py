"""Read a file of applications to a call, and check it like a submission at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from klynge.intake.checking import CheckedFile, check_file
from klynge.intake.contracts import Column, Contract, RowRule
from klynge.intake.formats.text_file import FileRefusedError, HeaderRefusedError
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.intake.row_checks import Registers, sql_name, sql_text
from klynge.messages import message
from klynge.whatif.calls import Call

STATED = "score"


@dataclass(frozen=True)
class Applications:
    """A checked file of applications, with its contract.

    ``criteria`` has an entry for each score column of the file: it maps each grant type to the id
    of the criterion. ``criteria`` is empty if the file states total scores.
    """

    contract: Contract
    checked: CheckedFile
    criteria: dict[str, dict[str, str]]

    @property
    def has_criteria(self) -> bool:
        """Whether the file has scores of each criterion, and not total scores."""
        return bool(self.criteria)

    @property
    def rows(self) -> pa.Table:
        """The valid rows, with the column ``source_row`` and the contract's columns."""
        return self.checked.rows


def read_applications(
    path: Path, call: Call, contracts: dict[str, Contract], registers: Registers
) -> Applications:
    """Read a file with a column ``score``, or with one column per criterion (its code or id).

    ``contracts`` are the door's contracts, which give the columns of the file. ``registers`` has
    the known areas. An organisation need not be known. Raises :class:`FileRefusedError` if the file
    cannot be read.
    """
    layouts: dict[str, dict[str, dict[str, str]]] = {
        STATED: {},
        "codes": {
            code: {c.grant_type_id: c.criterion_id for c in call.criteria if c.code == code}
            for code in call.grants_of_code
        },
        "ids": {c.criterion_id: {c.grant_type_id: c.criterion_id} for c in call.criteria},
    }
    try:
        return _read(path, call, contracts, registers, layouts[STATED])
    except HeaderRefusedError as refused:
        layout = _find_layout(path.name, refused, layouts)
        if layout == STATED:
            raise
    return _read(path, call, contracts, registers, layouts[layout])


def _read(
    path: Path,
    call: Call,
    contracts: dict[str, Contract],
    registers: Registers,
    criteria: dict[str, dict[str, str]],
) -> Applications:
    contract = _contract(call, contracts, criteria)
    checked = check_file(
        path,
        contract,
        period=call.call_id,
        organisation_id=None,
        registers=registers,
        # the file has no personal identifiers, so the key is never used
        key=SAMPLE_KEY,
    )
    if not checked.rows_read:
        raise FileRefusedError(
            message("{file} holds no applications: add a row for each application", file=path.name)
        )
    return Applications(contract, checked, criteria)


def _find_layout(
    name: str, refused: HeaderRefusedError, layouts: dict[str, dict[str, dict[str, str]]]
) -> str:
    """Tell from a file's header whether it has stated scores, criterion codes or criterion ids."""
    header = {column.strip() for column in refused.header}
    found = [layout for layout, columns in layouts.items() if header & set(columns)]
    if len(found) + (STATED in header) > 1:
        raise FileRefusedError(
            message(
                "{file}, header: scores are given in two ways; keep either the column {column} or "
                "the columns of the criteria",
                file=name,
                column=STATED,
            )
        )
    if not found and not any(STATED in column.lower() for column in header):
        raise FileRefusedError(
            message(
                "{file}, header: there is neither a score nor a criterion; add a column {column}, "
                "or a column for each of {codes}",
                file=name,
                column=STATED,
                codes=list(layouts["codes"]),
            )
        )
    return found[0] if found else STATED


def _contract(
    call: Call, contracts: dict[str, Contract], criteria: dict[str, dict[str, str]]
) -> Contract:
    """Make the contract for applications to this call, with the file's score columns."""
    applications = contracts["applications"]
    [score] = [c for c in contracts["criterion_scores"].columns if c.name == STATED]
    by_name = {c.name: c for c in applications.columns}
    grant = by_name["grant_type"]
    columns = (
        replace(by_name["organisation_id"], register=None, max_length=100),
        by_name["area_id"],
        replace(grant, register=None, allowed=dict.fromkeys(call.pots, "")),
        by_name["applied_amount_kr"],
        *_score_columns(score, call, criteria),
    )
    return replace(
        applications,
        dataset="allocation",
        columns=columns,
        rules=tuple(
            rule for name, grants in criteria.items() for rule in _rules(name, grants, call)
        ),
        has_template=False,
    )


def _score_columns(
    score: Column, call: Call, criteria: dict[str, dict[str, str]]
) -> Sequence[Column]:
    plain = replace(score, key_position=None)
    if not criteria:
        return [replace(plain, sql_type="decimal(6,4)")]
    return [
        replace(
            plain,
            name=name,
            label_da=f"Score for {name}",
            required=grants.keys() == call.pots.keys(),
        )
        for name, grants in criteria.items()
    ]


def _rules(name: str, grants: dict[str, str], call: Call) -> list[RowRule]:
    """Require a score of the criterion for each grant that has the criterion, and for no other."""
    if grants.keys() == call.pots.keys():
        return []
    own = ", ".join(map(sql_text, grants))
    listed = ", ".join(grants)
    return [
        RowRule(
            name=f"{name} missing",
            predicate=f"grant_type not in ({own}) or {sql_name(name)} is not null",
            rule_en=f"{name} is a criterion of {listed}; fill it in",
            rule_da=f"{listed} bedømmes på {name}; udfyld feltet",
        ),
        RowRule(
            name=f"{name} foreign",
            predicate=f"grant_type in ({own}) or {sql_name(name)} is null",
            rule_en=f"{name} is a criterion of {listed} only; leave it empty here",
            rule_da=f"{name} er kun et kriterium for {listed}; lad feltet være tomt her",
        ),
    ]
