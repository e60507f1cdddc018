"""Words for the values that the ledger and the records of runs keep, in both languages."""

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
#: Outcome of a run.
OUTCOMES = {
    "started": message("started"),
    "published": message("published"),
    "refused": message("refused"),
    "failed": message("failed"),
}
