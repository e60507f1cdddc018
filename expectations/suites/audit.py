"""The audit of the print: what does not hold is explained, what cannot be checked says why."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_FIGURES = "audit.mart_figure_reconciliation"
_CLAIMS = "audit.mart_claims"

_CONTRADICTIONS = """
    select figure_id, rule_id, printed_text, recomputed_value, difference, unit, operand_figure_ids
    from {batch}
    where verdict = 'contradicts' and finding_ids is null
"""

_CLAIMS_CONTRADICTED = """
    select claim_id, document_id, line_number, says, computed_value, claimed_value, unit,
        operand_figure_ids
    from {batch}
    where verdict = 'contradicted' and finding_ids is null
"""

_UNREASONED = """
    select figure_id, rule_id, printed_text, operand_figure_ids
    from {batch}
    where verdict = 'not_checkable' and reason is null
"""

_CLAIMS_NOT_EVALUATED = """
    select claim_id, document_id, line_number, says, left_expression, right_expression
    from {batch}
    where verdict not in ('holds', 'contradicted')
"""


def checks() -> Iterable[Check]:
    """Contradictions and their findings."""
    yield no_row_breaks(
        check_id="every_contradiction_is_explained",
        looks_at=_FIGURES,
        says="A printed figure follows from its operands, or a finding explains why it does not.",
        broken_by=_CONTRADICTIONS,
        keys=("figure_id", "rule_id"),
    )
    yield no_row_breaks(
        check_id="every_contradicted_claim_is_explained",
        looks_at=_CLAIMS,
        says="A claim holds, or a finding explains why it does not.",
        broken_by=_CLAIMS_CONTRADICTED,
        keys=("claim_id",),
    )
    yield no_row_breaks(
        check_id="what_cannot_be_checked_says_why",
        looks_at=_FIGURES,
        says="A figure that cannot be recomputed has a reason.",
        broken_by=_UNREASONED,
        keys=("figure_id", "rule_id"),
    )
    yield no_row_breaks(
        check_id="every_claim_is_evaluated",
        looks_at=_CLAIMS,
        says="Each claim is found to hold or to be contradicted.",
        broken_by=_CLAIMS_NOT_EVALUATED,
        keys=("claim_id",),
    )
