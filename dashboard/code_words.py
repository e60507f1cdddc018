"""Words for the codes that no dimension of the star names."""

from collections.abc import Mapping

from dashboard.view import View
from klynge.messages import Message, message
from klynge.words import SELECTION_REASONS

#: For each column, the query of its codes and names; ``{language}`` is da or en.
_DIMENSIONS = {
    "indicator_id": "select indicator_id, label_{language} from core.dim_indicator",
    "unit": "select unit, label_{language} from core.dim_unit",
    "national_unit": "select unit, label_{language} from core.dim_unit",
    "change_unit": "select unit, label_{language} from core.dim_unit",
    "document_id": "select document_id, title from core.dim_document",
    "breakdown": "select breakdown, label_{language} from core.dim_breakdown",
    "designated_by": "select funder_id, label_{language} from core.dim_funder",
    "funding_source": "select breakdown, label_{language} from core.dim_breakdown "
    "where kind = 'funding_source'",
    "class": "select code, name_{language} from core.dim_code_label where code_list = 'area_class'",
    "other_organisation_id": "select organisation_id, name from core.dim_organisation",
    "better_organisation_id": "select organisation_id, name from core.dim_organisation",
    "changed_organisation_id": "select organisation_id, name from core.dim_organisation",
    "changed_grant_type_id": "select grant_type_id, label_{language} from core.dim_grant_type",
}
_OUTCOMES = {
    "recommended": message("recommended"),
    "rejected_below_minimum": message("rejected: below the minimum"),
    "rejected_competition": message("rejected: another won the area"),
    "designated": message("designated"),
    "no_applicant": message("no applicant"),
    "no_cluster": message("no cluster"),
}
#: The rules of an allocation, as a reader may choose them.
RULES = {
    "rule": {
        "proportional": message("by score times the amount applied for"),
        "proportional_above_minimum": message("by score above the minimum times the amount"),
        "equal_share_capped": message("equal amounts, at most the amount applied for"),
        "score_share_capped": message("amounts by score, at most the amount applied for"),
    },
    "scope": {
        "grant_type": message("each pot alone"),
        "call": message("all pots as one"),
    },
    "competition": {
        "best_mean_in_area": message("the best mean score wins its area"),
        "none": message("all that meet the minimum are selected"),
    },
}
_TOTAL = message("in total")
_WORDS: Mapping[str, Mapping[str, Message]] = {
    "row_kind": {
        "leaf": message("figure"),
        "part": message("part of another row"),
        "total": message("sum of other rows"),
    },
    "gross_or_net": {"gross": message("gross"), "net": message("net")},
    "characteristic": {
        "legal_form": message("Form"),
        "size_band": message("Employees"),
        "startup": message("Age"),
    },
    "category": {
        "under_50": message("under 50 employees"),
        "50_to_249": message("50 to 249 employees"),
        "250_and_over": message("250 employees and over"),
        "unknown": message("unknown number of employees"),
        "established": message("established company"),
        "startup": message("startup"),
        "owner_managed": message("owner-managed company"),
        "private_limited_company": message("private limited company"),
        "public_limited_company": message("public limited company"),
        "foreign_branch": message("branch of a foreign company"),
        "other": message("other form"),
    },
    "institution_type": {
        "university": message("university"),
        "gts": message("technological institute (GTS)"),
        "university_college": message("university college"),
        "business_academy": message("business academy"),
        "arts": message("arts institution"),
        "other": message("other institution"),
        "total": _TOTAL,
    },
    "participation": {
        "participating": message("takes part"),
        "not_participating": message("does not take part"),
    },
    "industry_tie": {
        "core_industry": message("core industry of the area"),
        "supporting_industry": message("supporting industry of the area"),
        "not_tied": message("outside the area"),
        "total": _TOTAL,
    },
    "accumulation": {
        "yearly": message("of the year"),
        "cumulative": message("since the start"),
        "not_stated": message("not stated"),
    },
    "placement": {
        "printed": message("printed so"),
        "proven": message("proven by arithmetic"),
        "inferred": message("inferred"),
        "ambiguous": message("not certain in the print"),
    },
    "outcome": _OUTCOMES,
    "computed_outcome": _OUTCOMES,
    "decided_outcome": _OUTCOMES,
    "reason": SELECTION_REASONS,
    "varied": {"scores": message("scores"), "weights": message("weights")},
    "verdict": {
        "can": message("can have given it"),
        "cannot": message("cannot have given it"),
        "cannot_tell": message("cannot be told"),
    },
    "designated_by": {"minister": message("the minister")},
    "target_qualifier": {"up_to": message("up to")},
    "scheme": {"ecei": message("European Cluster Excellence Initiative")},
    "level": {
        "bronze": message("bronze"),
        "silver": message("silver"),
        "gold": message("gold"),
    },
}


def read_more_names(view: View) -> Mapping[str, Mapping[str, str]]:
    """Return column -> code -> name, for columns whose codes the star does not name."""
    found: dict[str, dict[str, str]] = {
        column: {code: view.text(words) for code, words in codes.items()}
        for column, codes in _WORDS.items()
    }
    for column, query in _DIMENSIONS.items():
        rows = view.connection.execute(query.format(language=view.language.value)).fetchall()
        named = {code: name for code, name in rows if name is not None}
        found[column] = {**found.get(column, {}), **named}
    found["scenario_id"] = dict(name_scenarios(view))
    return found


def name_scenarios(view: View) -> list[tuple[str, str]]:
    """Return the ways to share out a call with their names; the call's own rule is the first."""
    rows = view.connection.execute(
        "select scenario_id, rule, scope, is_call_rule from core.dim_allocation_scenario "
        "where rule is not null order by is_call_rule desc, scenario_id"
    ).fetchall()
    return [(scenario, view.text(_scenario(*described))) for scenario, *described in rows]


def _scenario(rule: str, scope: str, is_call_rule: bool) -> Message:
    names = {
        "rule": RULES["rule"].get(rule, rule),
        "scope": RULES["scope"].get(scope, scope),
    }
    if is_call_rule:
        return message("{rule}; {scope} (the call's own rule)", **names)
    return message("{rule}; {scope}", **names)
