"""``klynge rejects``: write a submission's rejected rows into a file for its reporter."""

from pathlib import Path
from typing import Annotated

import typer

from cli.language import speak_danish_by_default
from cli.loads import LoadId
from cli.output import console, require_folder
from cli.template import Template, format_of
from klynge import checkout, raw_zone
from klynge.errors import InputError
from klynge.home import Home, own_alone, write_atomically
from klynge.intake.contracts import read_contracts
from klynge.messages import counted, current_language, message


def rejects(
    load_id: LoadId,
    out: Annotated[Path, typer.Option(help="The output file.")],
    file_format: Annotated[
        Template | None,
        typer.Option(
            "--format", help="The file format. Default: the ending of --out, or else xlsx."
        ),
    ] = None,
) -> None:
    """Write the line, column, value and reason of every fault into a file."""
    speak_danish_by_default()
    import pyarrow.parquet as pq  # noqa: PLC0415 - few commands need it

    from klynge.intake.rejects import rejected_csv, rejected_xlsx  # noqa: PLC0415

    require_folder(out)
    chosen = format_of(out, file_format)
    home = Home.from_environment()
    load = raw_zone.find_load(home, load_id)
    contract = read_contracts(checkout.CONTRACTS).get(load.dataset)
    if contract is None or load.erased:
        raise InputError(
            message(
                "load {load_id} ({state} {dataset}) has no rejected rows",
                load_id=load.load_id,
                state=load.state_word,
                dataset=load.dataset,
            )
        )
    faults = pq.read_table(raw_zone.folder(home, load.dataset, load.load_id) / raw_zone.REJECTS)
    if not faults.num_rows:
        console.print(
            message(
                "nothing was rejected in load {load_id}; no file is written", load_id=load.load_id
            )
        )
        return
    write = rejected_xlsx if chosen is Template.xlsx else rejected_csv
    sheet = load.about.get("sheet", "")
    write_atomically(out, write(faults, contract, current_language().value, sheet))
    own_alone(out)
    said = message(
        "{faults} in {rows}: {file}",
        faults=counted("{count:,} fault", "{count:,} faults", faults.num_rows),
        rows=counted("{count:,} row", "{count:,} rows", load.rows_rejected),
        file=str(out),
    )
    console.print(said, soft_wrap=True)
