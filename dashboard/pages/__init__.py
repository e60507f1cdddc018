"""The pages: each module builds one page, or a page and the pages below it."""

from collections.abc import Callable, Mapping

from dashboard.pages import (
    activities,
    allocation,
    applications,
    areas,
    clusters,
    funding,
    overview,
    performance,
)
from dashboard.sections import Page

#: Path -> the function that builds the page from a view and the parts of the path.
PAGES: Mapping[str, Callable[..., Page]] = {
    "/": overview.build,
    "/klynger": clusters.build,
    "/klynger/{organisation_id}": clusters.build_organisation,
    "/omraader": areas.build,
    "/aktiviteter": activities.build,
    "/finansiering": funding.build,
    "/performanceregnskab": performance.build,
    "/ansoegninger": applications.build,
    "/fordeling": allocation.build,
}
