"""How much of the print its own arithmetic guards: a fault planted in every numeric cell.

In each cell one digit is changed (a number in words becomes another word), and the audit's rules
and claims, evaluated by :mod:`benchmarks.audit_evaluator`, say whether anything notices. Run it as
``make mutation`` after a nightly run.
"""

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.audit_evaluator import AuditEvaluator, Figure
from klynge.landing.numbers import NumberError, parse
from klynge.releases.reading import open_release

SEEDS = (1, 2, 3, 4, 5)
#: What may catch a fault: landing refuses a text that is no number, or that another cell has at the
#: same place; other figures contradict it; a finding's evidence no longer stands.
CATCHERS = ("number format", "place", "repetition", "rule", "claim", "finding")
#: Those that work it out from other figures; a finding also holds the text of what it explains.
ARITHMETIC = ("repetition", "rule", "claim")
_WORDS = ("to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")


@dataclass(frozen=True)
class Fault:
    """A figure and the text that stands in its place."""

    figure_id: str
    text: str


class Auditor:
    """Says what notices a fault, looking only at what rests on the figure."""

    def __init__(self, evaluator: AuditEvaluator) -> None:
        self.evaluator = evaluator
        figures = evaluator.figures
        self.places = {(*figure.place, figure.printed_text) for figure in figures.values()}
        self.repeated = {figure.repeats for figure in figures.values() if figure.repeats}
        self.rules: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for (rule_id, figure_id), terms in evaluator.rules.items():
            for named in (figure_id, *(str(term["operand_figure_id"]) for term in terms)):
                self.rules[named].add((rule_id, figure_id))
        self.claims: dict[str, set[str]] = defaultdict(set)
        for claim_id, terms in evaluator.claim_terms.items():
            for term in terms:
                self.claims[str(term["figure_id"])].add(claim_id)
        self.texts = {
            (str(piece["key"]), str(piece["expected"]))
            for piece in evaluator.evidence
            if piece["evidence"] == "printed"
        }
        self.pinned = {key for key, _ in self.texts}
        printed = evaluator.printed
        self.rule_verdicts = {k: evaluator.reconciliation(*k, printed) for k in evaluator.rules}
        self.claim_verdicts = {k: evaluator.claim(k, printed) for k in evaluator.claims}

    def caught_by(self, fault: Fault) -> set[str]:
        """Which of :data:`CATCHERS` notice the fault."""
        figure = self.evaluator.figures[fault.figure_id]
        if fault.text == figure.printed_text:
            return set()
        try:
            value = parse(fault.text, figure.number_format)
        except NumberError:
            return {"number format"}
        values = {**self.evaluator.printed, figure.figure_id: Fraction(value or 0)}
        caught = set(self._caught_by(figure.figure_id, values))
        return caught | {"place"} if (*figure.place, fault.text) in self.places else caught

    def _caught_by(self, figure_id: str, values: Mapping[str, Fraction]) -> Iterator[str]:
        if figure_id in self.repeated:
            yield "repetition"
        if figure_id in self.pinned:
            yield "finding"
        for rule in self.rules[figure_id]:
            before, after = self.rule_verdicts[rule], self.evaluator.reconciliation(*rule, values)
            if before != after and "contradicts" in (before, after):
                # a contradiction that is gone takes the evidence of its finding along
                yield "rule" if after == "contradicts" else "finding"
        for claim in self.claims[figure_id]:
            before, after = self.claim_verdicts[claim], self.evaluator.claim(claim, values)
            if before != after:
                yield "claim" if after == "contradicted" else "finding"

    def why_missed(self, figure_id: str) -> str:
        """Why a fault in the figure can go unnoticed."""
        claims = [self.evaluator.claims[claim_id] for claim_id in self.claims[figure_id]]
        if self.rules[figure_id] or any(claim["comparator"] == "equals" for claim in claims):
            return "within the rounding of what follows from it"
        if claims:
            return "only more, less or about is said of it"
        return "free: nothing else printed follows from it"


def plant(figure: Figure, chance: random.Random) -> Fault:
    """A fault in a figure: one digit changed so that the text is another number."""
    while True:
        text = _spoil(figure, chance)
        try:
            value = parse(text, figure.number_format)
        except NumberError:
            continue
        if value is not None and Fraction(value) != figure.value:
            return Fault(figure.figure_id, text)


def _spoil(figure: Figure, chance: random.Random) -> str:
    text = figure.printed_text
    if figure.number_format == "word":
        return chance.choice(_WORDS)
    place = chance.choice([i for i, c in enumerate(text) if c.isdigit()])
    return text[:place] + chance.choice("0123456789") + text[place + 1 :]


def numeric_cells(evaluator: AuditEvaluator) -> list[Figure]:
    """Every cell with a value that does not repeat another."""
    return [f for f in evaluator.figures.values() if f.value is not None and not f.repeats]


def score(
    auditor: Auditor, cells: Sequence[Figure], seeds: Iterable[int]
) -> dict[str, list[set[str]]]:
    """What noticed each cell's faults, one fault a seed, by figure id."""
    caught: dict[str, list[set[str]]] = defaultdict(list)
    for seed in seeds:
        chance = random.Random(seed)  # noqa: S311 - faults, no secrets
        for figure in cells:
            caught[figure.figure_id].append(auditor.caught_by(plant(figure, chance)))
    return dict(caught)


def _report(cells: Sequence[Figure], caught: Mapping[str, list[set[str]]]) -> Iterator[str]:
    yield f"{'document':25} {'table':24} {'cells':>6} {'faults':>7} {'arithmetic':>11} {'all':>7}"
    tables: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in cells:
        for key in (figure.document_id, figure.table_id), (figure.document_id, ""), ("", ""):
            tables[key].append(figure)
    for (document, table), figures in sorted(tables.items()):
        faults = [fault for figure in figures for fault in caught[figure.figure_id]]
        worked_out = sum(bool(fault & set(ARITHMETIC)) for fault in faults) / len(faults)
        noticed = sum(map(bool, faults)) / len(faults)
        yield (
            f"{document or 'all documents':25} {table or 'all':24} {len(figures):6} "
            f"{len(faults):7} {worked_out:11.1%} {noticed:7.1%}"
        )
    every = [fault for faults in caught.values() for fault in faults]
    notices = Counter(catcher for fault in every for catcher in fault)
    yield "caught by: " + ", ".join(f"{c} {notices[c] / len(every):.1%}" for c in CATCHERS)


def _missed(
    auditor: Auditor, cells: Sequence[Figure], caught: Mapping[str, list[set[str]]]
) -> Iterator[str]:
    """The cells of which a fault went unnoticed, by reason and table."""
    every = sum(map(len, caught.values()))
    missed: dict[str, dict[tuple[str, str], list[Figure]]] = defaultdict(lambda: defaultdict(list))
    faults: Counter[str] = Counter()
    for figure in cells:
        if times := sum(not fault for fault in caught[figure.figure_id]):
            reason = auditor.why_missed(figure.figure_id)
            faults[reason] += times
            missed[reason][figure.document_id, figure.table_id].append(figure)
    for reason, tables in missed.items():
        number = sum(map(len, tables.values()))
        yield f"\nnot caught, {reason}: {number} cells, {faults[reason] / every:.1%} of the faults"
        for (document, table), figures in sorted(tables.items()):
            names = " ".join(f.figure_id.partition("#")[2] for f in figures)
            yield f"  {document} {table} ({len(figures)}): {names}"


def main() -> None:
    """Print the score of the current release, or of the database named."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", type=Path, help="instead of the current release's")
    asked = arguments.parse_args()
    database = asked.database or open_release().whole_database
    auditor = Auditor(AuditEvaluator(database))
    cells = numeric_cells(auditor.evaluator)
    caught = score(auditor, cells, SEEDS)
    print(
        "With the documents at hand, klynge verify-documents catches every changed digit.\n"
        "This is what the audit catches without them; arithmetic: by other figures alone.\n"
    )
    for line in (*_report(cells, caught), *_missed(auditor, cells, caught)):
        print(line)


if __name__ == "__main__":
    main()
