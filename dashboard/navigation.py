"""The pages in the order of the menu."""

from klynge.messages import message

#: Path and title of each page in the menu.
NAVIGATION = (
    ("/", message("Overview")),
    ("/klynger", message("Clusters")),
    ("/omraader", message("Areas")),
    ("/aktiviteter", message("Activities and participants")),
    ("/finansiering", message("Funding")),
    ("/performanceregnskab", message("Performance account 2014–2018")),
    ("/ansoegninger", message("Applications and scores")),
    ("/fordeling", message("Allocation")),
    ("/revision", message("Audit")),
    ("/kilder", message("Sources")),
    ("/data", message("Data")),
    ("/kvalitet", message("Quality and loads")),
)
