"""Amendments as JSON lines that another instance can replay, as timeline.curating.decision_log does with decisions.

Rows name an actor or a source by its name as it was then, a place by its key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from articles.models import Source
from timeline.curating import catalogue
from timeline.models import Actor, Amendment, Place

Kind = Amendment.Kind
MODELS: dict[str, type[catalogue.Row]] = {"actor": Actor, "place": Place, "source": Source}
POINTERS = ("parent", "merged_into")


class NotHere(Exception):
    """This instance does not hold the row that an amendment is about (yet)."""


def exported_amendments(amendments: QuerySet[Amendment]) -> Iterator[dict[str, Any]]:
    """In the order in which they were made."""
    rows = amendments.select_related("actor", "place", "source", "editor", "undoes").order_by("pk")
    for amendment in rows.iterator(chunk_size=500):
        yield _row(amendment)


def _row(amendment: Amendment) -> dict[str, Any]:
    model = type(amendment.row)
    return {
        "uid": str(amendment.uid),
        "amends": model._meta.model_name,
        "kind": amendment.kind,
        "curator": amendment.editor.get_username(),
        "at": amendment.made_at.isoformat(),
        "reason": amendment.reason,
        "row": amendment.before.get("name") if model is not Place else amendment.row.key,  # type: ignore[union-attr]
        "before": _state(model, amendment.before),
        "after": _state(model, amendment.after),
        "undoes": str(amendment.undoes.uid) if amendment.undoes else None,
    }


def _state(model: type[catalogue.Row], state: dict[str, Any]) -> dict[str, Any]:
    """With the rows that it points to by their names."""
    told = {name: value for name, value in state.items() if name != "moved"}
    for name in POINTERS:
        if told.get(name):
            told[name] = _name(model._default_manager.get(pk=told[name]))
    return told


def _name(row: Any) -> str:
    return str(row.key if isinstance(row, Place) else row.name)


def _find(model: type[catalogue.Row], name: str) -> Any:
    by = {"key": name} if model is Place else {"name": name}
    row = model._default_manager.filter(**by).first()
    if row is None:
        raise NotHere(f"There is no {model._meta.model_name} “{name}” here.")
    return row


def replay(row: dict[str, Any], editor: User) -> Amendment | None:
    """Make it again. None where it is known or so already; NotHere or ValidationError where it cannot be."""
    uid = UUID(row["uid"])
    if Amendment.objects.filter(uid=uid).exists():
        return None
    amendment = _again(row, editor)
    if amendment is not None:
        Amendment.objects.filter(pk=amendment.pk).update(uid=uid, made_at=parse_datetime(row["at"]))
    return amendment


def _again(row: dict[str, Any], editor: User) -> Amendment | None:
    model = MODELS[row["amends"]]
    kind = Kind(row["kind"])
    if kind == Kind.UNDO:
        undone = Amendment.objects.filter(uid=UUID(row["undoes"])).first()
        if undone is None:
            raise NotHere("The amendment that it undoes is not here: import that one first.")
        return catalogue.undo(undone, editor, row["reason"])
    found = _find(model, row["row"])
    if kind == Kind.MERGE:
        return catalogue.merge(found, _find(model, row["after"]["merged_into"]), editor, row["reason"])
    changes = {
        name: row["after"][name]
        for name in catalogue.FIELDS[model]
        if name in row["after"] and row["after"][name] != row["before"].get(name)
    }
    if changes.get("parent"):
        changes["parent"] = _find(model, changes["parent"])
    return catalogue.edit(found, changes, editor, row["reason"])
