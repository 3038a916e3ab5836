"""/api/: the files of a filter as an OpenAPI 3.1 document, made of the same tables that make the files.

A test checks real answers against it, so that what is documented is what is given.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from timeline.listing.filters import MAX_VALUES, FilterForm
from timeline.models.tolls import Tolls
from timeline.takeaway.exports import FORMATS, site_of
from timeline.takeaway.records import COLUMNS, DATATYPES, LISTS, NOTE, VERSION
from timeline.telling.languages import in_english

OPENAPI = "3.1.0"
REQUIRED = frozenset(
    """id address category type headline start end date_precision date_prec night status said_by denied_by reports
    outlets origins review confidence initiators targets participants mediators sources source_addresses created
    revision""".split()
)
JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean"}
FORMS = {"date": "date", "datetime": "date-time"}

TESTIMONY: dict[str, str] = {
    "id": "integer", "address": "string", "outlet": "string", "title": "string", "original": "string",
    "published": "string", "text_sha256": "string", "quote": "string", "quote_start": "integer",
    "quote_end": "integer", "stance": "string", "modality": "string", "speakers": "array", "type": "string",
    "start": "string", "end": "string", "date_precision": "string", "date_basis": "string",
    "place_key": "string", "place_precision": "string", "background": "boolean", "confidence": "number",
    "rule": "string", "extractor": "string", **dict.fromkeys(Tolls.TOLL_FIELDS, "integer"),
}  # fmt: skip
TESTIMONY_NULL = frozenset({"place_key", "place_precision", "published", *Tolls.TOLL_FIELDS})


def _value(name: str) -> dict[str, Any]:
    """A column's schema; what may be missing may be null, which is "not reported" and never 0."""
    if name in LISTS:
        return {"type": "array", "items": {"type": "string"}}
    datatype = DATATYPES.get(name, "string")
    kind = JSON_TYPES.get(datatype, "string")
    schema: dict[str, Any] = {"type": kind if name in REQUIRED else [kind, "null"]}
    if datatype in FORMS:
        schema["format"] = FORMS[datatype]
    return schema


def record_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {**_value(name), "description": text} for name, text in COLUMNS.items()},
        "required": list(COLUMNS),
        "additionalProperties": True,
    }


def testimony_schema() -> dict[str, Any]:
    def schema(name: str, kind: str) -> dict[str, Any]:
        if kind == "array":
            return {"type": "array", "items": {"type": "string"}}
        return {"type": [kind, "null"] if name in TESTIMONY_NULL else kind}

    return {
        "type": "object",
        "properties": {name: schema(name, kind) for name, kind in TESTIMONY.items()},
        "required": list(TESTIMONY),
    }


def _document(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "version": {"const": VERSION},
            "note": {"type": "string"},
            "filter": {"type": "string", "description": "The filter in words."},
            "as_of": {"type": ["string", "null"], "format": "date-time"},
            "page": {"type": "string", "format": "uri"},
            "made": {"type": "string", "format": "date-time"},
            key: {"type": "array", "items": entry},
            "count": {"type": "integer", "description": "Last in the file: one without it was cut short."},
        },
        "required": ["version", "note", "filter", "page", "made", key, "count"],
    }


SCHEMAS: dict[str, Any] = {
    "Event": record_schema(),
    "Testimony": testimony_schema(),
    "FullEvent": {
        "allOf": [
            {"$ref": "#/components/schemas/Event"},
            {
                "type": "object",
                "properties": {
                    "ledger": {"type": "array", "items": {"$ref": "#/components/schemas/Testimony"}}
                },
                "required": ["ledger"],
            },
        ]
    },
    "Feature": {
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "integer"},
            "geometry": {
                "type": ["object", "null"],
                "properties": {
                    "type": {"const": "Point"},
                    "coordinates": {
                        "type": "array",
                        "items": {"type": "number"},
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            },
            "properties": {"$ref": "#/components/schemas/Event"},
        },
        "required": ["type", "id", "geometry", "properties"],
    },
    "Events": _document("events", {"$ref": "#/components/schemas/FullEvent"}),
    "Features": _document("features", {"$ref": "#/components/schemas/Feature"}),
    "Errors": {
        "type": "object",
        "properties": {"errors": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
        "required": ["errors"],
    },
}
_EVENT = ("id", "address", "headline", "category", "type", "start", "end", "status", "review")
SCHEMAS["Change"] = {
    "type": "object",
    "description": "What a webhook of a saved search posts, signed as Standard Webhooks 1.0 says.",
    "properties": {
        "type": {"const": "event.changed"},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it changed."},
        "data": {
            "type": "object",
            "properties": {
                "change": {"type": "string", "description": "In words, such as “killed 7 → 8 (an outlet)”."},
                "search": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "address": {"type": "string", "format": "uri"},
                    },
                    "required": ["name", "address"],
                },
                "event": {
                    "type": "object",
                    "description": "As it was when the message was made.",
                    "properties": {name: _value(name) for name in _EVENT},
                    "required": list(_EVENT),
                },
            },
            "required": ["change", "search", "event"],
        },
    },
    "required": ["type", "timestamp", "data"],
}
CONTENT = {"json": "Events", "geojson": "Features"}


def _parameter(name: str, field: forms.Field) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string"}
    if isinstance(field, forms.ModelMultipleChoiceField | forms.IntegerField):
        one = {"type": "integer", "minimum": 0}
    elif isinstance(field, forms.DateField):
        one["format"] = "date"
    elif choices := [str(value) for value, _label in getattr(field, "choices", [])]:
        one["enum"] = choices
    many = name in FilterForm.MULTIPLE
    return {
        "name": FilterForm.URL_NAMES.get(name, name),
        "in": "query",
        "description": str(
            field.label or "Where to go on: the last event's start and id, such as 2024-03-01.12"
        ),
        "schema": {"type": "array", "items": one, "maxItems": MAX_VALUES} if many else one,
        **({"style": "form", "explode": True} if many else {}),
    }


def _webhook() -> dict[str, Any]:
    names = {
        "webhook-id": "Of the change: the same over all attempts.",
        "webhook-timestamp": "Of the attempt, in Unix seconds.",
        "webhook-signature": "v1, and HMAC-SHA256 of id.timestamp.body in base64.",
    }
    return {
        "post": {
            "summary": "A change of an event of a saved search",
            "parameters": [
                {
                    "name": name,
                    "in": "header",
                    "required": True,
                    "description": text,
                    "schema": {"type": "string"},
                }
                for name, text in names.items()
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
            },
            "responses": {
                "2XX": {"description": "Taken."},
                "410": {"description": "Not wanted any more: the webhook is stopped."},
                "default": {"description": "Tried again later."},
            },
        }
    }


def document(site: str) -> dict[str, Any]:
    """The description of the site at `site`."""
    parameters = {name: _parameter(name, field) for name, field in FilterForm.base_fields.items()}
    paths = {}
    for name, kind in FORMATS.items():
        schema = {"$ref": f"#/components/schemas/{CONTENT[name]}"} if name in CONTENT else {"type": "string"}
        refusal = (
            {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}
            if kind.is_json
            else {"text/plain": {"schema": {"type": "string"}}}
        )
        paths[reverse("export", args=[name])] = {
            "get": {
                "operationId": f"events_{name.replace('.', '_')}",
                "summary": f"The events of a filter as {kind.label}",
                "parameters": [{"$ref": f"#/components/parameters/{field}"} for field in parameters],
                "responses": {
                    "200": {
                        "description": "The events, streamed.",
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {kind.media_type.partition(";")[0]: {"schema": schema}},
                    },
                    "304": {"description": "Not changed since the ETag in If-None-Match."},
                    "400": {"description": "A wrong filter: the reasons, and no file.", "content": refusal},
                },
            }
        }
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Conflict timeline",
            "version": str(VERSION),
            "description": NOTE,
            "license": {"name": "Quotes remain their outlets'; GeoNames is CC BY 4.0"},
        },
        "servers": [{"url": site}],
        "paths": paths,
        "webhooks": {"event.changed": _webhook()},
        "components": {"parameters": parameters, "schemas": SCHEMAS},
    }


@require_safe
@in_english
def api(request: HttpRequest) -> JsonResponse:
    return JsonResponse(document(site_of(request)), json_dumps_params={"ensure_ascii": False})
