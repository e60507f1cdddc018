"""What can be searched for in a release: organisations, indicators, metrics, tables, documents."""

from collections.abc import Iterator
from functools import lru_cache

from dashboard.navigation import NAVIGATION
from dashboard.search_index import Entry
from dashboard.view import View
from klynge.messages import Language, Message, message, shown
from klynge.releases.descriptions import TableDescription, read_descriptions
from klynge.releases.dictionary import find_search_words
from klynge.releases.reading import RESTRICTED

#: The kinds of entries in the order in which hits are shown.
KINDS = {
    "page": message("Page"),
    "organisation": message("Organisation"),
    "indicator": message("Indicator"),
    "metric": message("Metric"),
    "document": message("Document"),
    "table": message("Table"),
    "column": message("Column"),
}


def entries_of(view: View) -> list[Entry]:
    """Return the entries of the view's release; they are read once for each language."""
    kept = _kept(str(view.release.path), view.language.value)
    if not kept:
        kept.extend(
            [
                *_pages(view),
                *_organisations(view),
                *_indicators(view),
                *_metrics(view),
                *_documents(view),
                *_tables(view),
            ]
        )
    return kept


@lru_cache(maxsize=4)
def _kept(_path: str, _language: str) -> list[Entry]:
    return []


def _pages(view: View) -> Iterator[Entry]:
    for path, title in NAVIGATION:
        yield Entry("page", view.text(title), path, texts=_both(title))


def _organisations(view: View) -> Iterator[Entry]:
    found = view.connection.execute(
        "select o.organisation_id, o.name, o.short_name, o.kind, "
        "list(distinct a.alias) filter (a.alias is not null) "
        "from core.dim_organisation o left join core.dim_organisation_alias a "
        "using (organisation_id) group by all order by all"
    ).fetchall()
    for organisation, name, short, kind, aliases in found:
        texts = tuple(one for one in (short, organisation, *(aliases or ())) if one)
        if kind == "cluster_organisation":
            yield Entry("organisation", name, f"/klynger/{organisation}", (), short or "", texts)
        else:
            key = (("organisation_id", organisation),)
            yield Entry("organisation", name, "/tal/bi.organisation", key, short or "", texts)


def _indicators(view: View) -> Iterator[Entry]:
    found = view.connection.execute(
        "select indicator_id, label_da, label_en from core.dim_indicator order by all"
    ).fetchall()
    for indicator, danish, english in found:
        key = (("indicator_id", indicator),)
        title = danish if view.language is Language.da else english
        texts = (danish, english, indicator)
        yield Entry("indicator", title, "/data/core.fct_published_figures", key, "", texts)


def _metrics(view: View) -> Iterator[Entry]:
    for name, one in view.release.catalogue.metrics.items():
        yield Entry(
            "metric",
            one.label(view.language),
            f"/noegletal/{name}",
            (("by", "period"),) if "period" in view.release.catalogue.dimensions(one) else (),
            one.description(view.language),
            (name, one.label_da, one.label_en, *one.words),
        )


def _documents(view: View) -> Iterator[Entry]:
    found = view.connection.execute(
        "select d.document_id, d.title, d.publisher, "
        "list(struct_pack(id := t.table_id, title := t.title) order by t.first_line) "
        "from core.dim_document d join core.dim_document_table t using (document_id) "
        "group by all order by all"
    ).fetchall()
    for document, title, publisher, tables in found:
        path = f"/kilder/{document}"
        yield Entry("document", title, path, (), publisher, (document, publisher))
        for table in tables:
            key = (("afsnit", table["id"]),)
            yield Entry("document", table["title"], path, key, title, (table["id"],))


def _tables(view: View) -> Iterator[Entry]:
    described = read_descriptions(view.release.path)
    for one in view.release.manifest["tables"]:
        name = f"{one['schema']}.{one['table']}"
        if one["edition"] == RESTRICTED or name not in described:
            continue
        yield from _table(view, described[name])


def _table(view: View, table: TableDescription) -> Iterator[Entry]:
    is_danish = view.language is Language.da
    label = (table.label_da if is_danish else table.label_en) or table.name
    short = table.name.partition(".")[2]
    other = find_search_words(short, table.label_da, table.label_en)
    texts = (short, table.label_da, table.label_en, *other)
    yield Entry("table", label, f"/data/{table.name}", (), table.name, texts)
    for column, described in table.columns.items():
        title = (described.label_da if is_danish else described.label_en) or column
        texts = (column, described.label_da, described.label_en)
        about = f"{label} ({short}.{column})"
        yield Entry("column", title, f"/data/{table.name}", (), about, texts)


def _both(text: Message) -> tuple[str, ...]:
    return tuple(str(shown(text, language)) for language in Language)
