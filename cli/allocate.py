"""``klynge allocate``: the secretariat's what-if over a file of applications."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import console, errors, require_folder, show_table
from cli.validate import Language
from klynge import open_release
from klynge.errors import InputError
from klynge.home import write_atomically

if TYPE_CHECKING:
    from klynge.whatif.applications import Applications
    from klynge.whatif.what_if import Outcome

#: Applications that a terminal shows, faults and unknown organisations that it names.
_SHOWN, _NAMED = 200, 20


class Answer(StrEnum):
    """How to show what comes out."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


def allocate(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV or XLSX: organisation_id, area_id, grant_type, "
            "applied_amount_kr, and score or a column for each criterion."
        ),
    ],
    call: Annotated[str, typer.Option(help="The call that is applied to.")],
    rule: Annotated[
        str | None,
        typer.Option(
            help="proportional, proportional_above_minimum, "
            "equal_share_capped or score_share_capped; else the call's own."
        ),
    ] = None,
    scope: Annotated[
        str | None, typer.Option(help="grant_type: each pot apart; call: as one.")
    ] = None,
    pot: Annotated[
        list[str] | None, typer.Option(help="As cluster=200000000; repeat for others.")
    ] = None,
    minimum_average: Annotated[str | None, typer.Option(help="Lowest score, 0 to 10.")] = None,
    minimum_criterion: Annotated[
        str | None, typer.Option(help="Lowest score of a criterion.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Per cent, as cluster.A1=25,cluster.B1=50/3.")
    ] = None,
    competition: Annotated[str | None, typer.Option(help="best_mean_in_area or none.")] = None,
    cap_percent: Annotated[
        str | None, typer.Option(help="At most so much of what is applied for.")
    ] = None,
    cap_kr: Annotated[str | None, typer.Option(help="At most so many kroner each.")] = None,
    floor_percent: Annotated[str | None, typer.Option(help="At least so much of it.")] = None,
    floor_kr: Annotated[str | None, typer.Option(help="At least so many kroner each.")] = None,
    answer: Annotated[Answer, typer.Option("--format", help="How to show it.")] = Answer.table,
    out: Annotated[Path | None, typer.Option(help="Write it here; needed for xlsx.")] = None,
    language: Annotated[
        Language, typer.Option(help="Of reasons why rows are refused.")
    ] = Language.da,
) -> None:
    """Score applications and share out a call's pots, by the models of the current release."""
    # reading and sharing out bring DuckDB and Arrow
    from klynge.intake.formats.text_file import FileRefusedError  # noqa: PLC0415
    from klynge.whatif.changes import Changes  # noqa: PLC0415
    from klynge.whatif.what_if import open_what_if  # noqa: PLC0415

    _require_place(answer, out)
    if not file.is_file():
        raise InputError(f"{file} is no file: name the one with the applications")
    changes = Changes(
        rule=rule,
        scope=scope,
        competition=competition,
        pots=_pots(pot or []),
        minimum_average=_number("--minimum-average", minimum_average),
        minimum_criterion=_number("--minimum-criterion", minimum_criterion),
        weights=weights,
        cap_percent=_number("--cap-percent", cap_percent),
        cap_kr=_number("--cap-kr", cap_kr),
        floor_percent=_number("--floor-percent", floor_percent),
        floor_kr=_number("--floor-kr", floor_kr),
    )
    with open_what_if(open_release(), call) as what_if:
        try:
            applications = what_if.read(file)
        except FileRefusedError as error:
            told = error.reason_da if language is Language.da else str(error)
            raise InputError(told) from None
        _require_sound(file, applications, language)
        outcome = what_if.allocate(applications, changes)
    _warn(applications, outcome)
    _show(outcome, answer, out)


def _require_place(answer: Answer, out: Path | None) -> None:
    if answer is Answer.xlsx and out is None:
        raise InputError("a workbook needs a file: name it with --out")
    if answer is Answer.table and out is not None:
        raise InputError("--out takes --format csv, json or xlsx: name one of them")
    require_folder(out)


def _pots(said: list[str]) -> dict[str, Decimal]:
    pots = {}
    for item in said:
        grant, equals, amount = item.partition("=")
        if not equals:
            raise InputError(f"--pot {item!r}: write a grant type and kroner: cluster=200000000")
        if grant.strip() in pots:
            raise InputError(f"--pot names {grant.strip()} twice: keep one of them")
        pots[grant.strip()] = _decimal("--pot", amount)
    return pots


def _number(option: str, said: str | None) -> Decimal | None:
    return None if said is None else _decimal(option, said)


def _decimal(option: str, said: str) -> Decimal:
    try:
        return Decimal(said.strip().replace(",", "."))
    except InvalidOperation:
        raise InputError(
            f"{option} {said!r} is no number: write digits, and a point before decimals only"
        ) from None


def _require_sound(file: Path, applications: "Applications", language: Language) -> None:
    """Refuse a file with a row that cannot be used: an award depends on all of them."""
    from klynge.intake.rejects import rejected_rows  # noqa: PLC0415 - as above

    faults = applications.checked.rejected
    if not faults.num_rows:
        return
    word = {Language.da: "linje", Language.en: "line"}[language]
    for line, column, value, reason in rejected_rows(
        faults.slice(0, _NAMED), applications.contract, language
    ):
        told = f"{file.name}, {word} {line}, {column}: {value!r}: {reason}"
        errors.print("".join(c if c.isprintable() else "␣" for c in told), style="red")
    raise InputError(
        f"{file.name} has {faults.num_rows} fault(s), and an award depends on every row: "
        "mend them; nothing was shared out"
    )


def _warn(applications: "Applications", outcome: "Outcome") -> None:
    from klynge.whatif.calls import nearest  # noqa: PLC0415 - as above

    unknown = outcome.unknown_organisations
    if unknown:
        named = []
        for name in unknown[:_NAMED]:
            near = nearest(name, outcome.organisations)
            named.append(f"{name} (did you mean {near}?)" if near else name)
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        errors.print(
            f"note: not among the organisations: {', '.join(named)}{more}; a misspelt one competes "
            "with itself for its area",
            style="yellow",
        )
    if not applications.criteria:
        errors.print(
            "note: the file states scores, so that no minimum of a criterion is asked for",
            style="yellow",
        )


def _show(outcome: "Outcome", answer: Answer, out: Path | None) -> None:
    from klynge.whatif import answers  # noqa: PLC0415 - as above

    if answer is Answer.table:
        _show_tables(outcome)
        return
    if answer is Answer.xlsx:
        content = answers.as_xlsx(outcome)
    else:
        written = answers.as_csv if answer is Answer.csv else answers.as_json
        content = written(outcome).encode()
    if out is None:
        print(content.decode(), end="")  # noqa: T201
        return
    write_atomically(out, content)
    console.print(f"wrote {out}")


def _show_tables(outcome: "Outcome") -> None:
    from klynge.whatif.answers import FORMULAS, lines  # noqa: PLC0415 - as above

    rows = list(lines(outcome))
    totals = len(outcome.totals)
    left_out = max(len(rows) - totals - _SHOWN, 0)
    shown = rows[:_SHOWN] + rows[-totals:] if left_out else rows
    show_table(list(rows[0]), [list(row.values()) for row in shown])
    if left_out:
        console.print(f"… {left_out} application(s) not shown: --format csv has them all")
    console.print(f"rule {outcome.rule}, by {outcome.scope}: {FORMULAS[outcome.rule]}", style="dim")
    for pot in outcome.pots.to_pylist():
        level = "no lambda"
        if pot["lambda_numerator"] is not None:
            fraction = f"{pot['lambda_numerator']}/{pot['lambda_denominator']}"
            level = f"lambda = {fraction} = {pot['lambda_rounded']:f}"
        console.print(
            f"pot {pot['pot']}: {pot['pot_kr']} kr., {pot['pot_state']}; {pot['given_kr']} kr. "
            f"given; {level}"
        )
