"""Words in both languages for the values in the ledger and in the records of runs."""

from klynge.messages import message

#: State of a load.
STATES = {
    "loaded": message("loaded"),
    "held": message("held"),
    "rejected": message("rejected"),
    "set_aside": message("set aside"),
    "withdrawn": message("withdrawn"),
    "erased": message("erased"),
}
#: Note beside a load.
NOTES = {
    "decision": message("decision"),
    "withdrawal": message("withdrawal"),
    "erasure": message("erasure"),
    "acceptance": message("acceptance"),
    "row-erasure": message("erasure of rows"),
}
#: Basis of a load or of a row.
BASES = {
    "published": message("published"),
    "reported": message("reported"),
    "sample": message("sample"),
}
#: Kind of period.
PERIOD_KINDS = {"year": message("year"), "call": message("call")}
#: Kind of reporter.
REPORTER_KINDS = {
    "cluster_organisation": message("cluster_organisation"),
    "agency": message("agency"),
    "sample": message("sample"),
}
#: Why an application is selected or not, as the model of the scores names it.
SELECTION_REASONS = {
    "selected": message("selected"),
    "not_scored": message("not_scored"),
    "incomplete_scores": message("incomplete_scores"),
    "below_minimum": message("below_minimum"),
    "lost_competition": message("lost_competition"),
}
#: Whether each grant type of a call has its own pot, or the whole call has one pot.
POT_SCOPES = {"grant_type": message("grant_type"), "call": message("call")}
#: State of a pot of a call, as the model of the allocation names it.
POT_STATES = {
    "incomplete": message("incomplete"),
    "empty_pot": message("empty_pot"),
    "nobody_eligible": message("nobody_eligible"),
    "floors_exceed_pot": message("floors_exceed_pot"),
    "nothing_weighs": message("nothing_weighs"),
    "everyone_full": message("everyone_full"),
    "spent": message("spent"),
}
#: How the values of a column may be summed. The keys are the codes of ``meta.sum`` in the models.
SUMS = {
    "yes": message("yes"),
    "no": message("no"),
    "leaf_rows": message(
        "only rows with row_kind leaf, of one basis, and either of one period or of single years"
    ),
    "within_basis": message("only within a basis"),
    "within_period": message("only within a period"),
    "within_call": message("only within a call"),
    "within_scenario": message("only within a basis and a scenario"),
    "within_indicator": message("only rows with row_kind leaf, of one basis, year and indicator"),
    "within_organisation": message(
        "only rows with row_kind leaf, of one basis, period and organisation"
    ),
}
#: Units of columns. The keys are the codes of ``meta.unit`` in the models.
UNITS = {
    "application": message("applications"),
    "fraction": message("fraction"),
    "full_time_equivalent": message("full-time equivalents"),
    "kr": message("kroner"),
    "number": message("number"),
    "organisation": message("organisations"),
    "percent": message("per cent"),
    "point": message("points"),
    "seconds": message("seconds"),
    "year": message("years"),
}
#: The schemas with published tables, in the order in which they are shown, and their content.
SCHEMAS = {
    "bi": message("For BI tools: facts that may be summed over everything, and dimensions."),
    "evaluation": message("Marts of the yearly evaluation."),
    "scores": message("Marts about the scores of a call's applications."),
    "allocation": message("Marts about the awards of a call."),
    "audit": message("Marts that test the documents; the history of loads and checks."),
    "core": message("Facts and dimensions from which the marts are computed."),
}
#: Which figures a release has for a subject: the statuses of ``mart_coverage``, and ``sample``.
COVERAGE = {
    "printed": message("printed"),
    "printed_as_picture": message("printed only as a chart"),
    "reported": message("reported"),
    "sample": message("sample"),
    "withheld": message("withheld"),
    "missing": message("not reported"),
}
#: Outcome of a run.
OUTCOMES = {
    "started": message("started"),
    "published": message("published"),
    "refused": message("refused"),
    "failed": message("failed"),
}
