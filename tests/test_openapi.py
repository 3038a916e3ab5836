"""The description is valid OpenAPI, and real files are what it says."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.factories import make_event, make_place, make_report
from timeline.listing.filters import FilterForm
from timeline.models import Event
from timeline.takeaway.exports import FORMATS

pytestmark = pytest.mark.django_db


@pytest.fixture
def described(client) -> dict:
    response = client.get("/api/")
    assert response.status_code == 200
    return response.json()


@pytest.fixture
def events() -> None:
    """One with everything, one with as little as may be."""
    full = make_report(
        attributed_to=["Norvia"], speakers=[["Norvia", "state", "NO"]], killed_low=1, killed_best=2, killed_high=3,
        parties=[("Norvia", "initiator", "state", "NO"), ("Karsk", "target", "state", "KA")], weapon="shells",
    ).event  # fmt: skip
    make_report(event=full, stance="denies", modality="denied", speakers=[["Karsk", "state", "KA"]])
    bare = make_event(
        type="talks",
        place=make_place("Sea", kind="area", admin1="", country="", latitude=None, longitude=None),
    )
    bare.reports.update(place=None, place_precision="")
    Event.objects.filter(pk=bare.pk).update(place=None, place_precision="")


def validator(described: dict, schema: str) -> Draft202012Validator:
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": described["components"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def test_the_description_is_valid(described):
    assert [str(error) for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_described_with_its_type(client, described, events, name):
    answers = described["paths"][f"/events.{name}"]["get"]["responses"]
    (media_type,) = answers["200"]["content"]
    assert client.get(f"/events.{name}")["Content-Type"].partition(";")[0] == media_type
    (refusal,) = answers["400"]["content"]
    assert client.get(f"/events.{name}?from=soon")["Content-Type"].partition(";")[0] == refusal


@pytest.mark.parametrize(
    ("name", "schema", "key"), [("json", "Events", "events"), ("geojson", "Features", "features")]
)
def test_a_real_file_is_what_is_described(client, described, events, name, schema, key):
    document = json.loads(client.get(f"/events.{name}").getvalue())
    assert len(document[key]) == 2
    check = validator(described, schema)
    assert [error.message for error in check.iter_errors(document)] == []
    described_properties = described["components"]["schemas"]["Event"]["properties"].keys()
    first = document[key][0]
    given = first["properties"] if name == "geojson" else first
    assert given.keys() - {"ledger"} == described_properties


def test_the_ledger_has_the_described_columns_and_no_others(client, described, events):
    document = json.loads(client.get("/events.json").getvalue())
    (columns,) = {tuple(row) for event in document["events"] for row in event["ledger"]}
    assert set(columns) == described["components"]["schemas"]["Testimony"]["properties"].keys()


def test_a_file_that_is_wrong_is_told_from_the_description(client, described, events):
    document = json.loads(client.get("/events.json").getvalue())
    check = validator(described, "Events")
    del document["count"]
    document["events"][0]["killed_best"] = "two"
    document["events"][1]["id"] = None
    assert len(list(check.iter_errors(document))) == 3


def test_an_error_is_what_is_described(client, described):
    answer = client.get("/events.json?from=soon")
    assert answer.status_code == 400
    assert list(validator(described, "Errors").iter_errors(answer.json())) == []


def test_every_filter_is_described_by_its_name_in_the_address(described):
    names = {parameter["name"] for parameter in described["components"]["parameters"].values()}
    assert names == {FilterForm.URL_NAMES.get(name, name) for name in FilterForm.base_fields}
    assert {"from", "to", "not", "box"} <= names
