"""`manage.py doctor`: what is wrong with this installation, and how to mend it, in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks as django_checks
from django.core.management.base import BaseCommand, CommandError

from operations.health import Check, check_accounts, check_set_aside, checks

LEAST_FREE = 2**30


class Command(BaseCommand):
    help = (
        "Says in plain words what is wrong with this installation and how to mend it; fails when anything is."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*checks(), *self._settings(), self._disk()]
        if all(check.ok for check in found if check.vital):
            found += [check_accounts(), *check_set_aside()]
        for check in found:
            mark = self.style.SUCCESS("well ") if check.ok else self.style.ERROR("wrong")
            self.stdout.write(f"{mark}  {check.name}: {check.said}")
            if check.mend:
                self.stdout.write(f"       {check.mend}")
        wrong = sum(not check.ok for check in found)
        if wrong:
            raise CommandError(f"{wrong} of {len(found)} things are wrong: they are marked above.")
        self.stdout.write(self.style.SUCCESS(f"All {len(found)} things are well."))

    def _settings(self) -> Iterator[Check]:
        if not settings.PRODUCTION:
            yield Check("settings", True, "A local installation: nothing is asked of HTTPS and secrets.")
            return
        warnings = django_checks.run_checks(
            tags=[django_checks.Tags.security], include_deployment_checks=True
        )
        for warning in warnings:
            yield Check(
                "settings", False, f"{warning.id}: {' '.join(warning.msg.split())}", warning.hint or ""
            )
        if not warnings:
            yield Check("settings", True, "Django's deployment checks have nothing to say.")

    def _disk(self) -> Check:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.DATA_DIR).free
        said = f"{free / 2**30:.1f} GB are free at {settings.DATA_DIR}."
        if free < LEAST_FREE:
            return Check("disk", False, said, "Free some: `manage.py prune_snapshots` drops old page copies.")
        return Check("disk", True, said)
