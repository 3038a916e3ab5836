"""Who may do what: four groups, made by each `migrate`, which also adds what a newer version lets them do.

Researchers read, curators decide on single events, editors keep sources, actors and places and decide in bulk,
administrators give people their roles. For other needs, make groups beside these: permissions given here are given
again by the next `migrate`. Nobody has a permission to delete.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

OURS = ("articles", "timeline")
RESEARCHERS, CURATORS, EDITORS, ADMINISTRATORS = "Researchers", "Curators", "Editors", "Administrators"

# What each role may do beyond the one before it, as permission codenames.
_MORE: dict[str, tuple[str, ...]] = {
    RESEARCHERS: (),  # and to view all of OURS
    CURATORS: ("change_event", "change_report"),
    EDITORS: (
        "decide_in_bulk",
        "add_codingtask",
        *(
            f"{act}_{model}"
            for act in ("add", "change")
            for model in ("source", "feed", "address", "article")
        ),
        *(f"{act}_{model}" for act in ("add", "change") for model in ("actor", "place")),
    ),
    ADMINISTRATORS: ("view_user", "add_user", "change_user", "view_group"),
}


def permissions_of(role: str) -> Q:
    """Which permissions a role holds, those of the roles before it included."""
    upto = list(_MORE)[: list(_MORE).index(role) + 1]
    codenames = [codename for each in upto for codename in _MORE[each]]
    apps = (*OURS, "auth") if role == ADMINISTRATORS else OURS
    return Q(content_type__app_label__in=OURS, codename__startswith="view_") | Q(
        content_type__app_label__in=apps, codename__in=codenames
    )


def make_roles(using: str = "default", **kwargs: Any) -> None:
    """Receiver of post_migrate: make what is missing of the groups and their permissions."""
    for role in _MORE:
        group, _ = Group.objects.using(using).get_or_create(name=role)
        group.permissions.add(*Permission.objects.using(using).filter(permissions_of(role)))
