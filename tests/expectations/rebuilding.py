"""Rebuild a build after a change in the raw zone, with the compiled SQL of the release."""

from klynge.lineage.workspace import run_models, workspace
from klynge.releases.models import read_models


def change_print(database, release, figure_id, printed_text):
    """Change the text of a cell and build all tables again; return the number of changed cells."""
    models = read_models(release).values()
    with workspace(database) as connection:
        [(changed,)] = connection.execute(
            "update raw.published_cells set printed_text = $text"
            " where document_id || '#' || cell_id = $figure",
            {"text": printed_text, "figure": figure_id},
        ).fetchall()
        for schema in {model.schema for model in models}:
            connection.execute(f"drop schema {schema} cascade")
        run_models(connection, models)
    return changed
