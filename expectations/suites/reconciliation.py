"""What is said of a rule and the print: shown by a row that holds, and the same as in the audit."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_RECONCILIATION = "allocation.mart_allocation_reconciliation"
_PROOF = "allocation.mart_allocation_proof"

_NO_WITNESS = """
    select scenario_id, minimum_unit, organisation_id, witness_id, award_kr, recommended_amount_kr
    from {batch}
    where verdict = 'can' and outcome = 'recommended' and gives_print is not true
"""

#: A verdict is of a scenario and reads the same in all its rows.
_VERDICTS = """(
    select distinct scenario_id, minimum_unit, verdict, is_call_rule
    from allocation.mart_allocation_reconciliation
    where basis = 'published'
)"""

_NOT_SHOWN = f"""
    select v.scenario_id, v.minimum_unit, v.verdict,
        count(p.step_id) filter (p.holds) as contradictions
    from {_VERDICTS} v
    left join {{batch}} p
        on v.scenario_id = p.scenario_id and v.minimum_unit = p.minimum_unit
        and p.step_id in ('share_at_least', 'share_at_most')
    group by v.scenario_id, v.minimum_unit, v.verdict
    having (v.verdict = 'cannot') <> (contradictions > 0)
"""

_BROKEN_STEPS = f"""
    select p.scenario_id, p.minimum_unit, p.step_id, p.organisation_id, p.grant_type_id,
        p.left_value, p.relation, p.right_value, p.figure_ids
    from {{batch}} p
    where p.holds is not true and (
        p.argument in ('bound', 'shape')
        or p.argument = 'witness' and p.scenario_id in (
            select scenario_id from {_VERDICTS} where verdict = 'can'
        )
    )
"""

#: The audit's claims on the line where a call words its rule; a rule of the print has one.
_AUDIT_DIFFERS = """
    select distinct r.scenario_id, r.minimum_unit, r.verdict, c.claim_id,
        c.verdict as verdict_of_the_audit
    from {batch} r
    join core.dim_allocation_scenario s on r.scenario_id = s.scenario_id
    left join audit.mart_claims c
        on s.document_id = c.document_id
        and s.line_number between c.line_number and coalesce(c.last_line_number, c.line_number)
    where r.basis = 'published' and r.is_call_rule
        and s.document_id is not null
        and (c.claim_id is null or (r.verdict = 'cannot') <> (c.verdict = 'contradicted'))
"""

_SAMPLE = """
    with scenarios as (
        select call_id, scenario_id,
            count(*) filter (gives_print and gives_decision) as given, count(*) as applicants
        from {batch}
        where basis = 'sample' and gives_print is not null
        group by call_id, scenario_id
    )
    select call_id, max(given) as given, max(applicants) as applicants
    from scenarios
    group by call_id
    having max(given) < max(applicants)
"""


def checks() -> Iterable[Check]:
    """Verdicts, steps and witnesses; the audit and the sample beside them."""
    yield no_row_breaks(
        check_id="what_can_be_has_a_witness",
        looks_at=_RECONCILIATION,
        says="A rule that can have given the print gives every printed amount for its witness.",
        broken_by=_NO_WITNESS,
        keys=("scenario_id", "minimum_unit", "organisation_id"),
    )
    yield no_row_breaks(
        check_id="what_cannot_be_is_shown",
        looks_at=_PROOF,
        says="Just the rules that cannot have given the print give too much or too little.",
        broken_by=_NOT_SHOWN,
        keys=("scenario_id", "minimum_unit"),
    )
    yield no_row_breaks(
        check_id="steps_of_a_proof_hold",
        looks_at=_PROOF,
        says="Every bound holds, every step to the shape of a rule, every fact of a witness.",
        broken_by=_BROKEN_STEPS,
        keys=("scenario_id", "step_id", "organisation_id", "figure_ids"),
    )
    yield no_row_breaks(
        check_id="audit_and_reconciliation_agree",
        looks_at=_RECONCILIATION,
        says="The audit contradicts the printed rule where the reconciliation says that it cannot.",
        broken_by=_AUDIT_DIFFERS,
        keys=("scenario_id", "minimum_unit", "claim_id"),
    )
    yield no_row_breaks(
        check_id="sample_is_decided_by_one_rule",
        looks_at=_RECONCILIATION,
        says="Some rule gives for all of the sample what was decided and what is printed.",
        broken_by=_SAMPLE,
        keys=("call_id",),
    )
