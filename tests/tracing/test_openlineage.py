"""OpenLineage events follow the specification, have every column, and name no machine."""

import json
import re
import uuid
from datetime import datetime

import pytest

from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.tracing.openlineage import NAMESPACE, events
from tests.conftest import klynge

#: The subtypes that https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json allows.
SUBTYPES = {
    "DIRECT": {None, "IDENTITY", "TRANSFORMATION", "AGGREGATION"},
    "INDIRECT": {"JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"},
}
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")


@pytest.fixture(scope="module")
def release(published):
    return open_release(home=published)


@pytest.fixture(scope="module")
def told(release):
    return list(events(release))


def facets_of(event):
    yield from event["run"]["facets"].values()
    yield from event["job"]["facets"].values()
    for dataset in (*event["inputs"], *event["outputs"]):
        yield from dataset["facets"].values()


def test_each_model_has_one_event_with_all_that_is_required(told, release):
    assert [event["job"]["name"] for event in told] == list(read_models(release))
    for event in told:
        assert event["eventType"] == "COMPLETE"
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert URI.fullmatch(event["producer"])
        assert event["schemaURL"].endswith("OpenLineage.json#/$defs/RunEvent")
        uuid.UUID(event["run"]["runId"])
        uuid.UUID(event["run"]["facets"]["parent"]["run"]["runId"])
        for named in (event["job"], *event["inputs"], *event["outputs"]):
            assert named["namespace"] == NAMESPACE
            assert re.fullmatch(r"\w+\.\w+", named["name"])
        for facet in facets_of(event):
            assert URI.fullmatch(facet["_producer"])
            assert URI.fullmatch(facet["_schemaURL"])
    runs = {event["run"]["runId"] for event in told}
    assert len(runs) == len(told)


def test_every_column_has_its_fields_and_they_are_of_the_inputs(told, release):
    models = read_models(release)
    for event in told:
        inputs = {dataset["name"] for dataset in event["inputs"]}
        [output] = event["outputs"]
        columns = {field["name"] for field in output["facets"]["schema"]["fields"]}
        fields = output["facets"]["columnLineage"]["fields"]
        # the lineage lists the columns of restricted tables, although analysts cannot read these
        # tables
        assert fields.keys() == (columns or fields.keys())
        assert fields.keys() >= models[output["name"]].columns.keys()
        for column in fields.values():
            for source in column["inputFields"]:
                assert source["namespace"] == NAMESPACE
                assert source["name"] in inputs
                assert source["field"]
                assert source["transformations"]
                for one in source["transformations"]:
                    assert one.get("subtype") in SUBTYPES[one["type"]]


def test_a_share_comes_from_its_amounts_and_by_joins(told):
    [event] = [e for e in told if e["job"]["name"] == "evaluation.mart_funding_mix"]
    fields = event["outputs"][0]["facets"]["columnLineage"]["fields"]
    ways = {
        (source["name"], source["field"], one["type"], one.get("subtype"))
        for source in fields["share_percent"]["inputFields"]
        for one in source["transformations"]
    }
    assert any(field == "amount_kr" and kind == "DIRECT" for _, field, kind, _ in ways)
    assert {"JOIN", "FILTER"} <= {subtype for *_, subtype in ways}


def test_it_is_exported_without_a_path_of_the_machine(published, tmp_path):
    out = tmp_path / "lineage.jsonl"
    done = klynge(published, "lineage", "export", "--format", "openlineage", "--out", str(out))
    assert done.returncode == 0, done.stderr
    text = out.read_text(encoding="utf-8")
    assert str(published.root) not in text
    assert not re.search(r"(?<![:/\w])/(tmp|home|work|Users|root|var)/", text)
    assert len([json.loads(line) for line in text.splitlines()]) > 100
