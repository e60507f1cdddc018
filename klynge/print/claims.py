"""Parse the claims in ``claims.csv``. A claim is a statement about figures.

Each side of a claim is an expression. Terms are separated by blanks and added. ``-`` in front of a
term subtracts the term. ``N*`` in front of a term multiplies the term by ``N``. A single `` / ``
divides the sum on its left by the sum on its right. A term is a number, a cell id or a glob that
matches cell ids. ``document#cell`` is a cell of another document. ``!glob`` leaves out the cells
that the glob matches. Example: ``2*t2.clean.members / t2.*.members !t2.total.members`` is twice the
members of ``clean``, divided by the members of all organisations without the total.

When a claim is read, each glob is replaced by the figures that it matches, so that SQL can evaluate
the claim and a reader can follow it. A term that matches no figure is refused.
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
#: How a claim is evaluated. ``compare`` evaluates the claim as a whole. Every other kind evaluates
#: each figure or organisation separately.
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
#: A token of an expression, such as ``-2*t2.clean.members``. It has a sign, a factor and a term.
_TERM = re.compile(r"^(-?)(?:(\d+(?:\.\d+)?)\*)?(.+)$")

Cells = Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class ClaimTerm:
    """One term of a claim: a printed figure or a literal, with its sign and factor.

    ``role`` is left, right, lower, upper, threshold or ranked. A ranked term is an organisation
    that the prose ranks first or last. ``part`` is numerator or denominator. ``element`` is the
    figure or the organisation for which the claim is evaluated separately. It is None if the claim
    is evaluated as a whole.
    """

    role: str
    part: str
    coefficient: str
    figure_id: str | None
    literal: str | None
    element: str | None


class ClaimError(ValueError):
    """A claim that cannot be evaluated."""


def claim_terms(claim: Mapping[str, str], document_id: str, cells: Cells) -> list[ClaimTerm]:
    """Return the terms of a claim. ``cells`` maps each document id to the cells of the document.

    Raises :class:`ClaimError` for an unknown kind, comparator or term.
    """
    kind, comparator = claim["kind"], claim["comparator"]
    if kind not in KINDS:
        raise ClaimError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
    if kind not in _RANKED and comparator not in COMPARATORS:
        raise ClaimError(f"unknown comparator {comparator!r}; one of {', '.join(COMPARATORS)}")
    reader = _ExpressionReader(document_id, cells)
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
            raise ClaimError("between needs two bounds on the right side")
        terms += reader.expression(bounds[0], "lower")
        return [*terms, *reader.expression(bounds[1], "upper")]
    return [*terms, *reader.expression(claim["right"], "right")]


@dataclass(frozen=True)
class _Place:
    """The position of a term in a claim.

    ``element_wise`` tells whether the term's figures are evaluated separately.
    """

    role: str
    part: str
    element_wise: bool
    by_organisation: bool

    def element(self, figure_id: str, organisation_id: str | None) -> str | None:
        """Return the element of a figure: in a fraction its organisation, otherwise the figure."""
        return organisation_id if self.by_organisation else figure_id


@dataclass(frozen=True)
class _ExpressionReader:
    document_id: str
    cells: Cells

    def expression(
        self, text: str, role: str, *, element_wise: bool = False
    ) -> Sequence[ClaimTerm]:
        tokens = text.split()
        if not tokens or tokens.count("/") > 1 or "/" in (tokens[0], tokens[-1]):
            raise ClaimError(f"{role}: {text!r} is not an expression")
        if "/" not in tokens:
            place = _Place(role, "numerator", element_wise, False)
            return self._sum(tokens, place)
        # a fraction of two sets of figures is evaluated separately for each organisation
        at = tokens.index("/")
        terms = [
            *self._sum(tokens[:at], _Place(role, "numerator", element_wise, True)),
            *self._sum(tokens[at + 1 :], _Place(role, "denominator", element_wise, True)),
        ]
        if element_wise:
            _check_fractions(terms)
        return terms

    def _sum(self, tokens: Sequence[str], place: _Place) -> list[ClaimTerm]:
        """Return the terms of a sum, without the figures that a ``!glob`` leaves out."""
        excluded = tuple(token[1:] for token in tokens if token.startswith("!"))
        for glob in excluded:
            if not any(any(self._matching(document, glob, ())) for document in self.cells):
                raise ClaimError(f"'!{glob}' names no figure to leave out")
        return [
            term
            for token in tokens
            if not token.startswith("!")
            for term in self._term(token, place, excluded)
        ]

    def _term(self, token: str, place: _Place, excluded: tuple[str, ...]) -> Iterable[ClaimTerm]:
        [(sign, factor, name)] = _TERM.findall(token)
        coefficient = f"{sign}{factor or 1}"
        if _NUMBER.fullmatch(name):
            if place.element_wise:
                raise ClaimError(f"{token!r} is a number, but this kind needs figures")
            yield ClaimTerm(place.role, place.part, coefficient, None, name, None)
            return
        document, _, pattern = name.rpartition("#")
        document = document or self.document_id
        figures = list(self._matching(document, pattern, excluded))
        if not figures:
            raise ClaimError(f"{token!r} names no figure of {document}")
        for figure_id, organisation_id in figures:
            element = place.element(figure_id, organisation_id) if place.element_wise else None
            if place.element_wise and element is None:
                continue
            yield ClaimTerm(place.role, place.part, coefficient, figure_id, None, element)

    def _matching(
        self, document: str, pattern: str, excluded: tuple[str, ...]
    ) -> Iterable[tuple[str, str | None]]:
        """Return figure id and organisation of each cell with a value that matches a glob."""
        for cell in self.cells.get(document, ()):
            if cell["number_format"] in WITHOUT_VALUE or cell["repeats_cell_id"]:
                continue
            cell_id = cell["cell_id"]
            if fnmatchcase(cell_id, pattern) and not any(fnmatchcase(cell_id, x) for x in excluded):
                yield f"{document}#{cell_id}", cell["organisation_id"] or None


def _check_fractions(terms: Sequence[ClaimTerm]) -> None:
    """Refuse a fraction in which an organisation has a numerator but no denominator."""
    over, under = (
        {term.element for term in terms if term.part == part and term.element}
        for part in ("numerator", "denominator")
    )
    if missing := sorted(map(str, over - under)):
        raise ClaimError(f"the fraction has no denominator for {', '.join(missing)}")


def check_claims(
    path: Path, claims: Sequence[Mapping[str, str]], document_id: str, lines: int, cells: Cells
) -> None:
    """Raise :class:`InputError` with file, row and remedy if a claim is not valid."""
    ids = [claim["claim_id"] for claim in claims]
    for number, claim in enumerate(claims, start=2):
        at = f"{path}, row {number} (claim {claim['claim_id'] or '?'})"
        if not claim["claim_id"] or ids.count(claim["claim_id"]) > 1:
            raise InputError(f"{at}: claim_id is empty or not unique; give the claim its own id")
        if problem := _line_problem(claim, lines):
            raise InputError(f"{at}: {problem}")
        if not claim["says"]:
            raise InputError(f"{at}: says is empty; state the claim in your own words")
        try:
            _require_figures(claim_terms(claim, document_id, cells))
        except ClaimError as error:
            remedy = "correct the claim, or transcribe the figure"
            raise InputError(f"{at}: {error}; {remedy}") from None


def _require_figures(terms: Sequence[ClaimTerm]) -> None:
    if not any(term.figure_id for term in terms):
        raise ClaimError("no side names a figure, so the claim compares typed numbers")


def _line_problem(claim: Mapping[str, str], lines: int) -> str | None:
    if not (claim["line"].isdigit() and 1 <= int(claim["line"]) <= lines):
        return f"line {claim['line']!r} must be within 1-{lines}"
    first, last = int(claim["line"]), claim["last_line"]
    if last and not (last.isdigit() and first <= int(last) <= lines):
        return f"last_line {last!r} must be within {first}-{lines}"
    return None
