"""The pages: each module builds one page, or a page and the pages below it."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from dashboard.pages import (
    activities,
    allocation,
    applications,
    areas,
    certificate,
    clusters,
    forward,
    funding,
    metric_number,
    model,
    number,
    overview,
    performance,
    rows,
)
from dashboard.sections import Page

#: Path -> the function that builds the page from a view and the parts of the path.
PAGES: Mapping[str, Callable[..., Page | Response]] = {
    "/": overview.build,
    "/klynger": clusters.build,
    "/klynger/{organisation_id}": clusters.build_organisation,
    "/omraader": areas.build,
    "/aktiviteter": activities.build,
    "/finansiering": funding.build,
    "/performanceregnskab": performance.build,
    "/ansoegninger": applications.build,
    "/fordeling": allocation.build,
    "/tal/{mart}": rows.build,
    "/tal/{mart}/{column}": number.build,
    "/bevis/{mart}/{column}": certificate.build,
    "/noegletal/{metric}": metric_number.build,
    "/spor": forward.build,
    "/model/{name}": model.build,
}
