"""Draw random histories of submissions: the files that were sent, and the outcome of each file."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from zlib import crc32

from klynge.intake.submissions import ExpectedSubmission
from klynge.raw_zone import Load
from tests.completeness.files import (
    AGENCY,
    AREAS,
    ORGANISATIONS,
    OWN_DATASETS,
    REGISTER,
    STRANGER,
    YEARS,
    Row,
    register_rows,
    rows_of,
)

SAMPLE = "sample"
DECISION = {"role": "secretariat", "reason": "a test", "decided_at": "2025-01-01T00:00:00+00:00"}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a submission.

    ``versions`` has the files whose rows count; it is None if the submission does not count.
    ``refused`` is the number of refused rows that no correction has replaced. ``sent`` has
    (version, state, number of refused rows) for each load.
    """

    versions: tuple[str, ...] | None
    sent: tuple[tuple[str, str, int], ...]
    refused: int = 0


OUTCOMES = {
    "in": Outcome(("first",), (("first", "loaded", 0),)),
    "refused_in_part": Outcome(("first",), (("first", "loaded", 2),), refused=2),
    "refused": Outcome(None, (("nothing", "loaded", 3),)),
    "empty": Outcome((), (("nothing", "loaded", 0),)),
    "settled": Outcome(("first", "added"), (("first", "loaded", 1), ("added", "loaded", 0))),
    "settled_in_part": Outcome(
        ("first", "added"), (("first", "loaded", 3), ("added", "loaded", 0)), refused=2
    ),
    "corrected": Outcome(("later",), (("first", "loaded", 4), ("later", "loaded", 0))),
    "correction_held": Outcome(("first",), (("first", "loaded", 0), ("later", "held", 0))),
    "correction_rejected": Outcome(("first",), (("first", "loaded", 0), ("later", "rejected", 0))),
    "correction_withdrawn": Outcome(
        ("first",), (("first", "loaded", 0), ("later", "withdrawn", 5))
    ),
    "correction_erased": Outcome(None, (("first", "loaded", 0), ("later", "erased", 0))),
    "addition_erased": Outcome(None, (("first", "loaded", 0), ("added", "erased", 0))),
    "addition_alone": Outcome(None, (("added", "loaded", 0),)),
    "held": Outcome(None, (("first", "held", 0),)),
    "rejected": Outcome(None, (("first", "rejected", 0),)),
    "withdrawn": Outcome(None, (("first", "withdrawn", 0),)),
    "erased": Outcome(None, (("first", "erased", 0),)),
    "missing": Outcome(None, ()),
}

Slot = tuple[str, str, int]


@dataclass(frozen=True)
class History:
    """All submissions of a history.

    ``outcomes`` has the outcome for each organisation, dataset and year. ``due`` has the years in
    which each organisation is due. ``excused`` has the submissions that an organisation need not
    send. ``registers`` has the areas in the business register of each year. ``agency`` has the
    submissions that the agency sends for an organisation. ``sample`` has the organisations of the
    sample, which reports them in the first years.
    """

    outcomes: dict[Slot, str]
    due: dict[str, tuple[int, ...]]
    registers: dict[int, tuple[str, ...]]
    excused: frozenset[Slot] = frozenset()
    agency: frozenset[Slot] = frozenset()
    sample: tuple[str, ...] = ()
    sample_years: tuple[int, ...] = field(default=YEARS[:3])

    def counted(self, slot: Slot) -> tuple[str, ...] | None:
        """Return the versions that count for an organisation, a dataset and a year.

        Returns None if no file counts.
        """
        return OUTCOMES[self.outcomes.get(slot, "missing")].versions

    def refused(self, slot: Slot) -> int:
        """Return the number of refused rows in the submission that counts."""
        return OUTCOMES[self.outcomes.get(slot, "missing")].refused

    def rows(self, organisation: str, dataset: str, year: int) -> list[Row]:
        """Return the rows of one organisation that count."""
        versions = self.counted((organisation, dataset, year)) or ()
        return [row for v in versions for row in rows_of(dataset, organisation, year, v)]

    def without(self, *slots: Slot) -> "History":
        """Return the same history without the given submissions."""
        outcomes = {slot: one for slot, one in self.outcomes.items() if slot not in slots}
        return replace(self, outcomes=outcomes, agency=self.agency - set(slots))


def whole_history() -> History:
    """Return a history in which every reporter has sent every submission."""
    return History(
        outcomes=dict.fromkeys(every_slot(ORGANISATIONS), "in"),
        due=dict.fromkeys(ORGANISATIONS, YEARS),
        registers=dict.fromkeys(YEARS, tuple(AREAS.values())),
    )


def every_slot(organisations: tuple[str, ...]) -> Iterator[Slot]:
    """Yield each combination of organisation, dataset and year."""
    return ((o, d, y) for o in organisations for d in OWN_DATASETS for y in YEARS)


def draw_history(chance: Random) -> History:
    """Draw a random history.

    In half of the histories, nearly every submission counts.
    """
    share_in = chance.choice([0.5, 0.9, 0.97, 1.0])
    soft = ["in", "refused_in_part", "settled", "settled_in_part", "corrected", "correction_held",
            "correction_rejected", "correction_withdrawn"]  # fmt: skip

    def outcome() -> str:
        if chance.random() < share_in:
            return chance.choice(soft)
        return chance.choice(list(OUTCOMES))

    due = dict.fromkeys(ORGANISATIONS, YEARS)
    if chance.random() < 0.3:
        first, last = sorted(chance.choices(YEARS, k=2))
        due[chance.choice(ORGANISATIONS)] = tuple(y for y in YEARS if first <= y <= last)
    outcomes = {(o, d, y): outcome() for o, d, y in every_slot(ORGANISATIONS) if y in due[o]}
    excused = {slot for slot in outcomes if chance.random() < 0.01}
    outcomes = {slot: one for slot, one in outcomes.items() if slot not in excused}
    agency = {s for s in outcomes if outcomes[s] == "in" and chance.random() < 0.03}
    if chance.random() < 0.2:
        stray = (STRANGER, chance.choice(OWN_DATASETS), chance.choice(YEARS))
        outcomes[stray] = "in"
        agency.add(stray)
    return History(
        outcomes=outcomes,
        due=due,
        registers={
            y: tuple(area for area in AREAS.values() if chance.random() < 0.8)
            for y in YEARS
            if chance.random() < 0.8
        },
        excused=frozenset(excused),
        agency=frozenset(agency),
        sample=tuple(chance.sample(ORGANISATIONS, 2)) if chance.random() < 0.3 else (),
    )


def expected_of(history: History) -> list[ExpectedSubmission]:
    """List the submissions that the history's calendar expects."""
    own = [
        ExpectedSubmission(
            dataset, str(year), organisation, organisation, date(year + 1, 3, 1), is_due=True
        )
        for organisation, years in history.due.items()
        for dataset in OWN_DATASETS
        for year in years
        if (organisation, dataset, year) not in history.excused
    ]
    registers = [
        ExpectedSubmission(REGISTER, str(year), AGENCY, None, None, is_due=False) for year in YEARS
    ]
    return own + registers


def loads_of(history: History) -> Iterator[tuple[Load, list[Row]]]:
    """Yield the loads of a history in order of arrival, each with the rows of its file."""
    for (organisation, dataset, year), name in history.outcomes.items():
        if (organisation, dataset, year) in history.agency:
            continue
        for number, (version, state, refused) in enumerate(OUTCOMES[name].sent):
            rows = [] if version == "nothing" else rows_of(dataset, organisation, year, version)
            yield _load(dataset, organisation, year, number, rows, (version, state, refused)), rows
    for dataset, year in sorted({(d, y) for _, d, y in history.agency}):
        senders = sorted(o for o, d, y in history.agency if (d, y) == (dataset, year))
        rows = [row for o in senders for row in rows_of(dataset, o, year, "first")]
        yield _load(dataset, AGENCY, year, 0, rows, ("first", "loaded", 0)), rows
    for year, areas in history.registers.items():
        rows = [row for area in areas for row in register_rows(area, year)]
        yield _load(REGISTER, AGENCY, year, 0, rows, ("first", "loaded", 0)), rows
    if history.sample:
        yield from _sample_loads(history)


def _sample_loads(history: History) -> Iterator[tuple[Load, list[Row]]]:
    for year in history.sample_years:
        organisations = [{"organisation_id": o, "name": o} for o in history.sample]
        for dataset in ("organisations", *OWN_DATASETS):
            rows = organisations if dataset == "organisations" else [
                row for o in history.sample for row in rows_of(dataset, o, year, "first")
            ]  # fmt: skip
            load = _load(dataset, SAMPLE, year, 0, rows, ("first", "loaded", 0))
            yield replace(load, basis=SAMPLE), rows


def _load(
    dataset: str,
    reporter: str,
    year: int,
    number: int,
    rows: list[Row],
    sent: tuple[str, str, int],
) -> Load:
    version, state, refused = sent
    accepted = state in ("loaded", "withdrawn", "erased")
    about: dict[str, object] = {"objections": []}
    if state == "rejected":
        about["decision"] = DECISION | {"accepted": False}
    if state in ("withdrawn", "erased"):
        about["withdrawal" if state == "withdrawn" else "erasure"] = DECISION
    return Load(
        load_id=f"{reporter}-{dataset}-{year}-{number}-{version}-{crc32(repr(rows).encode())}",
        dataset=dataset,
        reporter=reporter,
        period=str(year),
        correction_no=number,
        basis="reported",
        contract_version="1.0.0",
        files={},
        rows_read=len(rows) + refused,
        rows_loaded=len(rows) if accepted else 0,
        rows_rejected=refused,
        rows_held=0 if accepted else len(rows),
        received_at=f"{year + 1}-02-01T00:00:0{number}+00:00",
        accepted_by="door" if accepted else None,
        accepted_because="a test" if accepted else None,
        about=about,
        partial=version == "added",
    )
