"""The search: hits by kind, each with the address of the page that shows it."""

from collections.abc import Sequence

from dashboard.search_entries import KINDS, entries_of
from dashboard.search_index import Entry, find, nearest_words
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.messages import counted, message

#: The parameter with the words.
QUERY = "q"
#: At most this many hits of a kind are listed, and this many characters of a query are read.
LISTED, LONGEST = 15, 200


def build(view: View) -> Page:
    """Build the page of hits for the words that a parameter gives."""
    query = view.parameter(QUERY).strip()[:LONGEST]
    entries = entries_of(view)
    hits = find(entries, query)
    sections = []
    for kind in KINDS:
        of_kind = [one for one in hits if one.kind == kind]
        if of_kind:
            sections.append(_section(view, kind, of_kind))
    lead = counted(
        "{count:,} hit for “{query}”", "{count:,} hits for “{query}”", len(hits), query=query
    )
    if not query:
        lead = message("Write a word, or a part of one, in Danish or in English.")
    near = [] if hits or not query else nearest_words(entries, query)
    return Page(
        title=view.text(message("Search")),
        lead=view.text(lead),
        sections=sections,
        template="search.html",
        extra={
            "message": message,
            "query": query,
            "near": [(word, view.address("/soeg", **{QUERY: word})) for word in near],
            "is_empty": bool(query) and not hits,
        },
    )


def _section(view: View, kind: str, hits: Sequence[Entry]) -> Section:
    rows = [
        [
            Cell(one.title, href=view.address(one.path, **dict(one.parameters))),
            Cell(one.about),
        ]
        for one in hits[:LISTED]
    ]
    columns = [
        Column("title", view.text(KINDS[kind])),
        Column("about", view.text(message("About"))),
    ]
    more = len(hits) - LISTED
    notes = [view.text(message("… and {more:,} more", more=more))] if more > 0 else []
    return Section(kind, view.text(KINDS[kind]), table=Table(columns, rows), notes=notes)
