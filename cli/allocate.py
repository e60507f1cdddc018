"""``klynge allocate``: compute the awards for the applications in a file."""

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import console, errors, require_folder, show_table
from klynge import open_release
from klynge.errors import InputError
from klynge.home import require_file, write_atomically
from klynge.messages import counted, current_language, message, shown
from klynge.words import POT_SCOPES

if TYPE_CHECKING:
    from klynge.whatif.applications import Applications
    from klynge.whatif.what_if import Outcome

#: The text output shows at most this many applications. It names at most this many faults or
#: unknown organisations.
_SHOWN, _NAMED = 200, 20


class OutputFormat(StrEnum):
    """The output format."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


def allocate(
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV or XLSX file with the columns organisation_id, area_id, grant_type, "
            "applied_amount_kr, and either score or one column for each criterion. A workbook has "
            "all rows in one visible sheet."
        ),
    ],
    call: Annotated[str, typer.Option(help="The call, such as klyngeprogram_2025_2028.")],
    rule: Annotated[
        str | None,
        typer.Option(
            help="proportional, proportional_above_minimum, "
            "equal_share_capped or score_share_capped; default: the call's rule."
        ),
    ] = None,
    scope: Annotated[
        str | None,
        typer.Option(help="grant_type allocates each pot alone; call allocates all pots as one."),
    ] = None,
    pot: Annotated[
        list[str] | None,
        typer.Option(help="A pot in kroner, as cluster=200000000; may be repeated."),
    ] = None,
    minimum_average: Annotated[
        str | None, typer.Option(help="Lowest average score, 0 to 10.")
    ] = None,
    minimum_criterion: Annotated[
        str | None, typer.Option(help="Lowest score of each criterion, 0 to 10.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="Weights in per cent, as cluster.A1=25,cluster.B1=50/3.")
    ] = None,
    competition: Annotated[
        str | None, typer.Option(help="Who wins an area: best_mean_in_area or none.")
    ] = None,
    cap_percent: Annotated[
        str | None, typer.Option(help="Cap of an award, in per cent of the amount applied for.")
    ] = None,
    cap_kr: Annotated[str | None, typer.Option(help="Cap of an award, in kroner.")] = None,
    floor_percent: Annotated[
        str | None, typer.Option(help="Floor of an award, in per cent of the amount applied for.")
    ] = None,
    floor_kr: Annotated[str | None, typer.Option(help="Floor of an award, in kroner.")] = None,
    output: Annotated[
        OutputFormat, typer.Option("--format", help="Output format.")
    ] = OutputFormat.table,
    out: Annotated[Path | None, typer.Option(help="Output file; needed for xlsx.")] = None,
) -> None:
    """Score applications and share out a call's pots, with the models of the current release."""
    # these import DuckDB and Arrow
    from klynge.whatif.changes import Changes  # noqa: PLC0415
    from klynge.whatif.what_if import open_what_if  # noqa: PLC0415

    _require_file_for(output, out)
    require_file(file)
    changes = Changes(
        rule=rule,
        scope=scope,
        competition=competition,
        pots=_parse_pots(pot or []),
        minimum_average=_parse_optional("--minimum-average", minimum_average),
        minimum_criterion=_parse_optional("--minimum-criterion", minimum_criterion),
        weights=weights,
        cap_percent=_parse_optional("--cap-percent", cap_percent),
        cap_kr=_parse_optional("--cap-kr", cap_kr),
        floor_percent=_parse_optional("--floor-percent", floor_percent),
        floor_kr=_parse_optional("--floor-kr", floor_kr),
    )
    with open_what_if(open_release(), call) as what_if:
        applications = what_if.read(file)
        _require_no_faults(file, applications)
        outcome = what_if.allocate(applications, changes)
    _warn(outcome)
    _show(outcome, output, out)


def _require_file_for(output: OutputFormat, out: Path | None) -> None:
    if output is OutputFormat.xlsx and out is None:
        raise InputError(message("a workbook needs a file: name it with --out"))
    if output is OutputFormat.table and out is not None:
        raise InputError(message("--out needs --format csv, json or xlsx"))
    require_folder(out)


def _parse_pots(options: list[str]) -> dict[str, Decimal]:
    pots = {}
    for item in options:
        grant, equals, amount = item.partition("=")
        if not equals:
            raise InputError(
                message(
                    "--pot {given!r}: write a grant type and kroner, as cluster=200000000",
                    given=item,
                )
            )
        if grant.strip() in pots:
            raise InputError(
                message(
                    "{option} names {name} twice: name it once", option="--pot", name=grant.strip()
                )
            )
        pots[grant.strip()] = _parse_decimal("--pot", amount)
    return pots


def _parse_optional(option: str, text: str | None) -> Decimal | None:
    return None if text is None else _parse_decimal(option, text)


def _parse_decimal(option: str, text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise InputError(
            message(
                "{option} {text!r} is not a number: write digits, and a point before decimals",
                option=option,
                text=text,
            )
        ) from None


def _require_no_faults(file: Path, applications: "Applications") -> None:
    """Refuse a file with a faulty row, because every award depends on every row."""
    from klynge.intake.rejects import rejected_rows  # noqa: PLC0415 - as above

    faults = applications.checked.rejected
    if not faults.num_rows:
        return
    for line, column, value, reason in rejected_rows(
        faults.slice(0, _NAMED), applications.contract, current_language()
    ):
        said = message(
            "{file}, line {line}, {column}: {value!r}: {reason}",
            file=file.name,
            line=line,
            column=column,
            value=value,
            reason=reason,
        )
        text = "".join(c if c.isprintable() else "␣" for c in shown(said))
        errors.print(text, style="red")
    raise InputError(
        counted(
            "{file} has {count:,} fault. Every award depends on every row, so nothing was shared "
            "out: correct the row and try again",
            "{file} has {count:,} faults. Every award depends on every row, so nothing was shared "
            "out: correct the rows and try again",
            faults.num_rows,
            file=file.name,
        )
    )


def _warn(outcome: "Outcome") -> None:
    from klynge.whatif.calls import nearest  # noqa: PLC0415 - as above

    unknown = outcome.unknown_organisations
    if unknown:
        named = []
        for name in unknown[:_NAMED]:
            near = nearest(name, outcome.organisations)
            named.append(
                message("{name} (did you mean {near}?)", name=name, near=near) if near else name
            )
        more = len(unknown) - _NAMED
        note = message(
            "note: unknown organisations: {names}{more}; a misspelt organisation competes as "
            "another applicant",
            names=named,
            more=message(" and {more:,} more", more=more) if more > 0 else "",
        )
        errors.print(note, style="yellow")
    if outcome.has_unchecked_criteria:
        note = message(
            "note: the file states total scores, so the minimum of each criterion is not checked"
        )
        errors.print(note, style="yellow")


def _show(outcome: "Outcome", output: OutputFormat, out: Path | None) -> None:
    from klynge.whatif import answers  # noqa: PLC0415 - as above

    if output is OutputFormat.table:
        _show_tables(outcome)
        return
    if output is OutputFormat.xlsx:
        content = answers.as_xlsx(outcome)
    else:
        written = answers.as_csv if output is OutputFormat.csv else answers.as_json
        content = written(outcome).encode()
    if out is None:
        print(content.decode(), end="")  # noqa: T201
        return
    write_atomically(out, content)
    console.print(message("wrote {path}", path=str(out)))


def _show_tables(outcome: "Outcome") -> None:
    from klynge.whatif.answers import FORMULAS, lines  # noqa: PLC0415 - as above
    from klynge.whatif.headings import APPLICATION_HEADINGS, in_words  # noqa: PLC0415 - as above

    rows = list(lines(outcome))
    totals = len(outcome.totals)
    left_out = max(len(rows) - totals - _SHOWN, 0)
    listed = rows[:_SHOWN] + rows[-totals:] if left_out else rows
    show_table(
        [APPLICATION_HEADINGS[name] for name in rows[0]],
        [[*in_words(row).values()] for row in listed],
    )
    if left_out:
        console.print(
            counted(
                "… {count:,} application not shown; --format csv lists all",
                "… {count:,} applications not shown; --format csv lists all",
                left_out,
            )
        )
    rule = message(
        "rule {rule}, by {scope}: {formula}",
        rule=outcome.rule,
        scope=POT_SCOPES[outcome.scope],
        formula=FORMULAS[outcome.rule],
    )
    console.print(rule, style="dim")
    for pot in map(in_words, outcome.pots.to_pylist()):
        level = message("no lambda")
        if pot["lambda_numerator"] is not None:
            level = message(
                "lambda = {numerator}/{denominator} = {rounded:f}",
                numerator=str(pot["lambda_numerator"]),
                denominator=str(pot["lambda_denominator"]),
                rounded=pot["lambda_rounded"],
            )
        said = message(
            "pot {pot}: {pot_kr:,.2f} kr., {state}; {given_kr:,.2f} kr. given; {level}",
            pot=pot["pot"],
            pot_kr=pot["pot_kr"],
            state=pot["pot_state"],
            given_kr=pot["given_kr"],
            level=level,
        )
        console.print(said)
