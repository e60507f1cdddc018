"""The documents' claims in ``claims.csv``: what prose says about figures, as terms over cells.

A claim's two sides are expressions: terms separated by blanks are added up, ``-`` subtracts one,
``N*`` multiplies one, one `` / `` divides. A term is a number, a cell id, ``document#cell`` for
another document's, or a glob over cell ids; ``!glob`` leaves cells out. Reading a claim turns its
expressions into terms that name their figures one by one, so that SQL can evaluate them and a
reader can follow; a term that matches no figure is refused.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from klynge.errors import InputError
from klynge.print.numbers import WITHOUT_VALUE

CLAIM_COLUMNS = (
    "claim_id",
    "line",
    "last_line",
    "says",
    "kind",
    "left",
    "comparator",
    "right",
    "unit",
    "note",
)
#: How a claim is evaluated; the last four look at each figure, or organisation, by itself.
KINDS = ("compare", "each", "count_where", "top", "bottom")
COMPARATORS = (
    "equals",
    "about",
    "just_under",
    "just_over",
    "under",
    "over",
    "at_least",
    "up_to",
    "between",
)
_RANKED = ("top", "bottom")

_NUMBER = re.compile(r"\d+(\.\d+)?")
#: Sign, factor and what they apply to: every token of an expression has this shape.
_TERM = re.compile(r"^(-?)(?:(\d+(?:\.\d+)?)\*)?(.+)$")

Cells = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class ClaimTerm:
    """One term of a claim: a printed figure or a literal, with its sign and factor.

    ``role`` is left, right, lower, upper, threshold or, for an organisation that is said to rank
    first or last, ranked; ``part`` is numerator or denominator; ``element`` names the figure or
    organisation that is looked at by itself, or is None.
    """

    role: str
    part: str
    coefficient: str
    figure_id: str | None
    literal: str | None
    element: str | None


class ClaimError(ValueError):
    """A claim that cannot be evaluated as it is written."""


def claim_terms(claim: Mapping[str, str], document_id: str, cells: Cells) -> list[ClaimTerm]:
    """The terms of a claim's sides; ``cells`` are all documents' cells by document id.

    Raises :class:`ClaimError` for a kind, comparator or term that is not known.
    """
    kind, comparator = claim["kind"], claim["comparator"]
    if kind not in KINDS:
        raise ClaimError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
    if kind not in _RANKED and comparator not in COMPARATORS:
        raise ClaimError(f"unknown comparator {comparator!r}; one of {', '.join(COMPARATORS)}")
    reader = _Reader(document_id, cells)
    left, _, threshold = claim["left"].partition(" where ")
    terms = list(reader.expression(left, "left", element_wise=kind != "compare"))
    if kind == "count_where":
        terms += reader.expression(threshold, "threshold")
    if kind in _RANKED:
        named = claim["right"].split()
        return [*terms, *(ClaimTerm("ranked", "numerator", "1", None, None, o) for o in named)]
    if comparator == "between":
        bounds = claim["right"].split()
        if len(bounds) != 2:
            raise ClaimError("between needs two bounds on the right")
        terms += reader.expression(bounds[0], "lower")
        return [*terms, *reader.expression(bounds[1], "upper")]
    return [*terms, *reader.expression(claim["right"], "right")]


@dataclass(frozen=True)
class _Place:
    """Where in a claim a term stands, and how the figures it matches are taken."""

    role: str
    part: str
    element_wise: bool
    by_organisation: bool
    excluded: tuple[str, ...]

    def element(self, figure_id: str, organisation_id: str | None) -> str | None:
        """What the figure is looked at as; None where it has no organisation to stand for."""
        return organisation_id if self.by_organisation else figure_id


@dataclass(frozen=True)
class _Reader:
    document_id: str
    cells: Cells

    def expression(
        self, text: str, role: str, *, element_wise: bool = False
    ) -> Sequence[ClaimTerm]:
        tokens = text.split()
        if not tokens or tokens.count("/") > 1 or "/" in (tokens[0], tokens[-1]):
            raise ClaimError(f"{role}: {text!r} is no expression")
        at = tokens.index("/") if "/" in tokens else len(tokens)
        terms: list[ClaimTerm] = []
        for part, own in (("numerator", tokens[:at]), ("denominator", tokens[at + 1 :])):
            excluded = tuple(t[1:] for t in own if t.startswith("!"))
            # a fraction of two sets of figures is taken organisation by organisation
            place = _Place(role, part, element_wise, at < len(tokens), excluded)
            for token in (t for t in own if not t.startswith("!")):
                terms += self._term(token, place)
            for glob in excluded:
                if not any(any(self._matching(document, glob, ())) for document in self.cells):
                    raise ClaimError(f"'!{glob}' names no figure to leave out")
        if element_wise and at < len(tokens):
            _check_fractions(terms)
        return terms

    def _term(self, token: str, place: _Place) -> Iterable[ClaimTerm]:
        [(sign, factor, name)] = _TERM.findall(token)
        coefficient = f"{sign}{factor or 1}"
        if _NUMBER.fullmatch(name):
            if place.element_wise:
                raise ClaimError(f"{token!r} is no figure that could be looked at by itself")
            yield ClaimTerm(place.role, place.part, coefficient, None, name, None)
            return
        document, _, pattern = name.rpartition("#")
        document = document or self.document_id
        found = list(self._matching(document, pattern, place.excluded))
        if not found:
            raise ClaimError(f"{token!r} names no figure of {document}")
        for figure_id, organisation_id in found:
            element = place.element(figure_id, organisation_id) if place.element_wise else None
            if place.element_wise and element is None:
                continue
            yield ClaimTerm(place.role, place.part, coefficient, figure_id, None, element)

    def _matching(
        self, document: str, pattern: str, excluded: tuple[str, ...]
    ) -> Iterable[tuple[str, str | None]]:
        """Figure and organisation of the document's cells with a value that a glob matches."""
        for cell in self.cells.get(document, ()):
            if cell["number_format"] in WITHOUT_VALUE or cell["repeats_cell_id"]:
                continue
            cell_id = cell["cell_id"]
            if fnmatchcase(cell_id, pattern) and not any(fnmatchcase(cell_id, x) for x in excluded):
                yield f"{document}#{cell_id}", cell["organisation_id"] or None


def _check_fractions(terms: Sequence[ClaimTerm]) -> None:
    """Refuse a fraction by organisation in which one has nothing to be divided by."""
    over, under = (
        {term.element for term in terms if term.part == part and term.element}
        for part in ("numerator", "denominator")
    )
    if missing := sorted(map(str, over - under)):
        raise ClaimError(f"the fraction has no figure below the bar for {', '.join(missing)}")


def check_claims(
    path: Path, claims: Sequence[Mapping[str, str]], document_id: str, lines: int, cells: Cells
) -> None:
    """Raise :class:`InputError` naming file, row and remedy for claims that say what cannot be."""
    ids = [claim["claim_id"] for claim in claims]
    for number, claim in enumerate(claims, start=2):
        at = f"{path}, row {number} (claim {claim['claim_id'] or '?'})"
        if not claim["claim_id"] or ids.count(claim["claim_id"]) > 1:
            raise InputError(f"{at}: claim_id is empty or stands twice; give it one of its own")
        if not (claim["line"].isdigit() and 1 <= int(claim["line"]) <= lines):
            raise InputError(f"{at}: line {claim['line']!r} must lie within 1-{lines}")
        last, first = claim["last_line"], int(claim["line"])
        if last and not (last.isdigit() and first <= int(last) <= lines):
            raise InputError(f"{at}: last_line {last!r} must lie within {first}-{lines}")
        if not claim["says"]:
            raise InputError(f"{at}: says is empty; say in own words what is claimed")
        try:
            if not any(term.figure_id for term in claim_terms(claim, document_id, cells)):
                raise ClaimError("no side names a figure: numbers that are typed in prove nothing")
        except ClaimError as error:
            remedy = "correct the claim, or transcribe the figure"
            raise InputError(f"{at}: {error}; {remedy}") from None
