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
#: Outcome of a run.
OUTCOMES = {
    "started": message("started"),
    "published": message("published"),
    "refused": message("refused"),
    "failed": message("failed"),
}
