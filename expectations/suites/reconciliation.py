"""Reconciliation of allocation rules with the print: witnesses, proofs, and the audit's verdict."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import AUDITOR, build_suite

#: A verdict belongs to a scenario, and all rows of the scenario repeat it.
_VERDICTS = """(
            select distinct scenario_id, minimum_unit, verdict
            from allocation.mart_allocation_reconciliation
            where basis = 'published'
        )"""


class WhatCanBeHasAWitness(UnexpectedRowsExpectation):
    description: str = (
        "Where the verdict is that a rule can have given the print, the rule gives every printed "
        "amount for its witness."
    )
    unexpected_rows_query: str = """
        select scenario_id, minimum_unit, organisation_id, witness_id, award_kr,
            recommended_amount_kr
        from {batch}
        where verdict = 'can' and outcome = 'recommended' and gives_print is not true
        order by all
    """


class WhatCannotBeIsShown(UnexpectedRowsExpectation):
    description: str = (
        "A rule has the verdict that it cannot have given the print exactly where a step of its "
        "proof shows an award that is too large or too small."
    )
    unexpected_rows_query: str = f"""
        select v.scenario_id, v.minimum_unit, v.verdict,
            count(p.step_id) filter (p.holds) as contradictions
        from {_VERDICTS} v
        left join {{batch}} p
            on v.scenario_id = p.scenario_id and v.minimum_unit = p.minimum_unit
            and p.step_id in ('share_at_least', 'share_at_most')
        group by v.scenario_id, v.minimum_unit, v.verdict
        having (v.verdict = 'cannot') <> (contradictions > 0)
        order by all
    """


class StepsOfAProofHold(UnexpectedRowsExpectation):
    description: str = (
        "Every step of a proof that derives a bound or the shape of a rule holds, and so does "
        "every step about the witness of a rule that can have given the print."
    )
    unexpected_rows_query: str = f"""
        select scenario_id, step_id, organisation_id, figure_ids, minimum_unit, grant_type_id,
            left_value, relation, right_value
        from {{batch}}
        where holds is not true and (
            argument in ('bound', 'shape')
            or argument = 'witness' and scenario_id in (
                select scenario_id from {_VERDICTS} where verdict = 'can'
            )
        )
        order by all
    """


class AuditAndReconciliationAgree(UnexpectedRowsExpectation):
    """The audit's claims are those on the line where a call words its rule."""

    description: str = (
        "The audit finds the rule that a call prints contradicted exactly where the reconciliation "
        "finds that the rule cannot have given the print."
    )
    unexpected_rows_query: str = """
        select distinct r.scenario_id, r.minimum_unit, c.claim_id, r.verdict,
            c.verdict as verdict_of_the_audit
        from {batch} r
        join core.dim_allocation_scenario s on r.scenario_id = s.scenario_id
        left join audit.mart_claims c
            on s.document_id = c.document_id
            and s.line_number between c.line_number and coalesce(c.last_line_number, c.line_number)
        where r.basis = 'published' and r.is_call_rule
            and s.document_id is not null
            and (c.claim_id is null or (r.verdict = 'cannot') <> (c.verdict = 'contradicted'))
        order by all
    """


class SampleIsDecidedByOneRule(UnexpectedRowsExpectation):
    description: str = (
        "One rule gives, for every applicant of the sample, both the decided and the printed "
        "amount."
    )
    unexpected_rows_query: str = """
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
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """The suites of the reconciliation and its proof."""
    yield build_suite(
        "allocation.mart_allocation_reconciliation",
        [WhatCanBeHasAWitness(), AuditAndReconciliationAgree(), SampleIsDecidedByOneRule()],
        owner=AUDITOR,
    )
    yield build_suite(
        "allocation.mart_allocation_proof",
        [WhatCannotBeIsShown(), StepsOfAProofHold()],
        owner=AUDITOR,
    )
