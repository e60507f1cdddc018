"""What the tests of the door share: contracts, registers, valid files, and the check of a file."""

from klynge import checkout
from klynge.intake.checking import check_file, read_registers
from klynge.intake.contracts import read_contracts
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.reference.seeds import shipped_reference

CONTRACTS = read_contracts(checkout.CONTRACTS)
REGISTERS = read_registers(shipped_reference(), CONTRACTS.values())

PARTICIPANTS = (
    "organisation_id;activity_id;participant_id;country;participant_type;institution_type;"
    "size_band;legal_form;industry_code;industry_code_version;startup;persons"
)
COMPANY = "made;2021-0001;12345674;DK;company;;under_50;private_limited_company;620200;DB07;nej;2"
FOREIGN = "made;2021-0002;SE 556-12;SE;company;;unknown;;;;ja;"
UNIVERSITY = "made;2021-0001;29979812;DK;knowledge_institution;university;;;;;;1"
FUNDING = (
    "organisation_id;funding_line_id;funding_source;funder_id;amount_kind;gross_or_net;"
    "price_basis;in_kind;validated;amount_kr"
)
GRANT = "made;2021-01;cluster_grant;ufs;consumed;gross;current;nej;ja;1.234.567,89"
ACTIVITIES = (
    "organisation_id;activity_id;activity_type;title;start_date;end_date;cluster_grant_funded"
)
ACTIVITY = (
    "made;2021-0001;knowledge_matchmaking;Temadag om robotter på øen;2021-03-01;01-03-2021;ja"
)


def check(path, *, period="2021", organisation_id=None, key=SAMPLE_KEY):
    """Check a file against the contract that the name of the file begins with."""
    dataset = path.stem.partition("_20")[0]
    return check_file(
        path,
        CONTRACTS[dataset],
        period=period,
        organisation_id=organisation_id,
        registers=REGISTERS,
        key=key,
    )


def write(folder, name, *lines, encoding="utf-8", end="\n"):
    """Write a file with these lines."""
    path = folder / name
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


def faults(checked):
    """Return (line, column, value) of every fault, in the order of the file."""
    rejected = checked.rejected.to_pylist()
    return [(r["line"], r["column"], r["value"]) for r in rejected]


def told(checked, language="en"):
    """Return the reasons of the faults, in the order of the file."""
    return checked.rejected[f"reason_{language}"].to_pylist()


def conserved(checked):
    """Return whether every record is either accepted or rejected, but not both."""
    accepted = set(checked.rows["source_row"].to_pylist())
    rejected = set(checked.rejected["source_row"].to_pylist())
    return (
        not accepted & rejected
        and accepted | rejected == set(range(1, checked.rows_read + 1))
        and checked.rows_read == checked.rows.num_rows + checked.rows_rejected
    )
