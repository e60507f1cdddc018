"""The pages: each module builds one page, or a page and the pages below it."""

from collections.abc import Callable, Mapping

from starlette.responses import Response

from dashboard.pages import (
    activities,
    allocation,
    applications,
    areas,
    audit,
    certificate,
    clusters,
    data,
    forward,
    funding,
    metric_number,
    model,
    number,
    overview,
    performance,
    quality,
    rows,
    search,
    sources,
    table_files,
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
    "/revision": audit.build,
    "/kilder": sources.build,
    "/kilder/{document_id}": sources.build_document,
    "/data": data.build,
    "/data/{table}": data.build_table,
    "/tabel/{table}": table_files.build,
    "/ordbog": table_files.build_dictionary,
    "/kvalitet": quality.build,
    "/soeg": search.build,
    "/tal/{mart}": rows.build,
    "/tal/{mart}/{column}": number.build,
    "/bevis/{mart}/{column}": certificate.build,
    "/noegletal/{metric}": metric_number.build,
    "/spor": forward.build,
    "/model/{name}": model.build,
}

#: The pages that show nothing but the release: no time of day, no state of the house, no trace.
OF_THE_RELEASE_ALONE = frozenset(
    {
        clusters.build,
        clusters.build_organisation,
        areas.build,
        activities.build,
        funding.build,
        performance.build,
        applications.build,
        allocation.build,
        audit.build,
        sources.build,
        sources.build_document,
        data.build,
        data.build_table,
    }
)
#: The pages that also show the state of the house, such as the age of the release.
OF_THIS_MINUTE = frozenset({overview.build, quality.build})
