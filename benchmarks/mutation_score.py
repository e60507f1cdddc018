"""Compute the mutation score of the audit: the share of changed digits that the audit notices.

A fault replaces one digit of a numeric cell by another digit. If the number is printed in words,
the fault replaces the word by another number. All possible faults are tried one by one:
:mod:`benchmarks.audit_evaluator` evaluates the rules and claims with the changed figure. The output
lists each cell that has an unnoticed fault, with the reason. Run it with ``make mutation`` after a
nightly run.
"""

import argparse
import sys
from collections import ChainMap, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.audit_evaluator import AuditEvaluator, Figure
from klynge.print.numbers import NumberError, parse
from klynge.releases.reading import open_release

#: What can notice a fault. ``number format``: the text is not a number. ``place``: another cell
#: already has the text at the same place. ``repetition``, ``rule``, ``claim``: other figures
#: contradict the fault. ``finding``: the evidence of a finding no longer holds.
CATCHERS = ("number format", "place", "repetition", "rule", "claim", "finding")
#: The catchers that compare the fault with other figures. ``finding`` is not one of these catchers,
#: because its evidence can name the printed text itself.
ARITHMETIC = ("repetition", "rule", "claim")
_WORDS = ("to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv")

NO_REASON = "WITHOUT A REASON"
ROUNDED = "what follows from it holds for any value within rounding"
BOUNDED = "only a bound, a place in an order or a step is printed for it"
DENIED = "what follows from it contradicts the print as it is"


@dataclass(frozen=True)
class Fault:
    """A figure, with a wrong text in place of its printed text."""

    figure_id: str
    text: str


class Auditor:
    """Finds the catchers of a fault.

    Only the rules and claims that use the figure are evaluated.
    """

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
        self.printed = dict(evaluator.printed)
        self.rule_verdicts = {
            k: evaluator.reconciliation(*k, self.printed) for k in evaluator.rules
        }
        self.claim_verdicts = {k: evaluator.claim(k, self.printed) for k in evaluator.claims}

    def caught_by(self, fault: Fault) -> set[str]:
        """Return the entries of :data:`CATCHERS` that notice the fault."""
        figure = self.evaluator.figures[fault.figure_id]
        if fault.text == figure.printed_text:
            return set()
        try:
            value = parse(fault.text, figure.number_format)
        except NumberError:
            return {"number format"}
        values = ChainMap({figure.figure_id: Fraction(value or 0)}, self.printed)
        caught = set(self._caught_by(figure.figure_id, values))
        return caught | {"place"} if (*figure.place, fault.text) in self.places else caught

    def _caught_by(self, figure_id: str, values: Mapping[str, Fraction]) -> Iterator[str]:
        if figure_id in self.repeated:
            yield "repetition"
        if figure_id in self.pinned:
            yield "finding"
        for rule in self.rules[figure_id]:
            before, after = self.rule_verdicts[rule], self.evaluator.reconciliation(*rule, values)
            if before != after and not {before, after} <= {"agrees", "agrees_after_rounding"}:
                # a finding explained the old verdict; its evidence no longer holds
                yield "finding" if before == "contradicts" else "rule"
        for claim in self.claims[figure_id]:
            before, after = self.claim_verdicts[claim], self.evaluator.claim(claim, values)
            if before != after:
                yield "finding" if before == "contradicted" else "claim"

    def why_missed(self, figure_id: str) -> str:
        """Return why nothing catches a fault in the figure, or :data:`NO_REASON`."""
        rules, claims = self.rules[figure_id], self.claims[figure_id]
        exact = [
            *(self.rule_verdicts[rule] for rule in rules if self.evaluator.is_exact_rule(rule)),
            *(self.claim_verdicts[c] for c in claims if self.evaluator.is_exact_claim(c)),
        ]
        if {"agrees", "agrees_after_rounding", "holds"} & {*exact}:
            return ROUNDED
        if figure_id in self.evaluator.unchecked:
            return self.evaluator.unchecked[figure_id]
        if exact:
            return DENIED
        return BOUNDED if rules or claims else NO_REASON


def faults(figure: Figure) -> Iterator[Fault]:
    """List all faults of a figure: one digit is replaced, or the word is replaced."""
    text = figure.printed_text
    if figure.number_format == "word":
        spoilt = [word for word in _WORDS if parse(word, "word") != figure.value]
    else:
        spoilt = [
            text[:place] + digit + text[place + 1 :]
            for place, old in enumerate(text)
            if old.isdigit()
            for digit in "0123456789"
            if digit != old
        ]
    return (Fault(figure.figure_id, other) for other in spoilt)


def numeric_cells(evaluator: AuditEvaluator) -> list[Figure]:
    """Return all cells that have a value and do not repeat another cell."""
    return [f for f in evaluator.figures.values() if f.value is not None and not f.repeats]


def score(auditor: Auditor, cells: Sequence[Figure]) -> dict[str, list[set[str]]]:
    """Return figure id -> for each fault of the figure, the set of its catchers."""
    return {f.figure_id: [auditor.caught_by(fault) for fault in faults(f)] for f in cells}


def rate(caught: Sequence[Sequence[set[str]]], catchers: Sequence[str] = CATCHERS) -> float:
    """Average the share of caught faults over the cells.

    Each cell counts equally, so long numbers weigh no more than short ones.
    """
    shares = [sum(bool(fault & {*catchers}) for fault in own) / len(own) for own in caught]
    return sum(shares) / len(shares)


def _report(cells: Sequence[Figure], caught: Mapping[str, list[set[str]]]) -> Iterator[str]:
    yield f"{'document':25} {'table':24} {'cells':>6} {'faults':>7} {'arithmetic':>11} {'all':>7}"
    tables: dict[tuple[str, str], list[list[set[str]]]] = defaultdict(list)
    for figure in cells:
        for key in (figure.document_id, figure.table_id), (figure.document_id, ""), ("", ""):
            tables[key].append(caught[figure.figure_id])
    for (document, table), own in sorted(tables.items()):
        yield (
            f"{document or 'all documents':25} {table or 'all':24} {len(own):6} "
            f"{sum(map(len, own)):7} {rate(own, ARITHMETIC):11.1%} {rate(own):7.1%}"
        )
    every = list(caught.values())
    yield "caught by: " + ", ".join(f"{c} {rate(every, [c]):.1%}" for c in CATCHERS)
    whole = sum(all(own) for own in every)
    yield f"{whole} of {len(every)} cells: every fault is caught"


def missed(
    auditor: Auditor, cells: Sequence[Figure], caught: Mapping[str, list[set[str]]]
) -> dict[str, list[Figure]]:
    """Return reason -> the cells with a fault that nothing catches."""
    reasons: dict[str, list[Figure]] = defaultdict(list)
    for figure in cells:
        if not all(caught[figure.figure_id]):
            reasons[auditor.why_missed(figure.figure_id)].append(figure)
    return dict(reasons)


def _list_missed(
    reasons: Mapping[str, list[Figure]], caught: Mapping[str, list[set[str]]]
) -> Iterator[str]:
    for reason, figures in sorted(reasons.items(), key=lambda item: (-len(item[1]), item[0])):
        lost = sum(1 - rate([caught[f.figure_id]]) for f in figures) / len(caught)
        yield f"\nnot caught, {reason}: {len(figures)} cells, {lost:.1%} of the score"
        tables: dict[tuple[str, str], list[str]] = defaultdict(list)
        for f in figures:
            tables[f.document_id, f.table_id].append(f.figure_id.partition("#")[2])
        for (document, table), names in sorted(tables.items()):
            yield f"  {document} {table} ({len(names)}): {' '.join(names)}"
    yield f"\nnot caught and without a reason: {len(reasons.get(NO_REASON, []))} cells"


def main() -> None:
    """Print the score of the current release or a named database.

    Exits with code 1 if a fault is neither caught nor explained by a reason.
    """
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", type=Path, help="instead of the current release's")
    asked = arguments.parse_args()
    database = asked.database or open_release().whole_database
    auditor = Auditor(AuditEvaluator(database))
    cells = numeric_cells(auditor.evaluator)
    caught = score(auditor, cells)
    reasons = missed(auditor, cells, caught)
    print(
        "With the documents at hand, klynge verify-documents catches every changed digit.\n"
        "This is what the audit catches without them; arithmetic: by other figures alone.\n"
    )
    for line in (*_report(cells, caught), *_list_missed(reasons, caught)):
        print(line)
    sys.exit(NO_REASON in reasons)


if __name__ == "__main__":
    main()
