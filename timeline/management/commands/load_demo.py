"""The demonstration corpus, through the real path: store, ring, and a worker reads each dispatch."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

import articles
from articles.models import Article, Source
from timeline import roles
from timeline.recording.pipeline import EXTRACTOR

DEMO = Path(articles.__file__).parent / "demo"
CURATOR = "curator"


class Command(BaseCommand):
    help = (
        "Loads the demonstration corpus and waits until the workers have read it. Run again, it adds nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--patience", type=int, default=300, help="Seconds without progress before it gives up."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for row in json.loads((DEMO / "sources.json").read_text()):
            Source.objects.update_or_create(name=row.pop("name"), defaults={**row, "demo": True})
        call_command("ingest", str(DEMO / "dispatches.jsonl"), stdout=self.stdout, stderr=self.stderr)
        self.wait(options["patience"])
        self.stdout.write(f"A curator's login: {CURATOR} / {self.curator_password()}")

    def wait(self, patience: int) -> None:
        """Watch the workers read, with a bar."""
        demo = Article.objects.filter(source__demo=True)
        total, done, moved = demo.count(), 0, time.monotonic()
        with tqdm(total=total, desc="workers read the demo articles", unit=" articles", disable=None) as bar:
            while done < total:
                now = demo.filter(extracted_with=EXTRACTOR).count()
                if now > done:
                    moved = time.monotonic()
                bar.update(now - done)
                done = now
                unread = demo.exclude(extracted_with=EXTRACTOR)
                if retrying := unread.filter(next_try_at__isnull=False).count():
                    bar.set_postfix_str(f"{retrying} failed and wait for another try")
                if aside := demo.set_aside().first():
                    raise CommandError(f"“{aside}” could not be read:\n{aside.last_error}")
                if time.monotonic() - moved > patience:
                    raise CommandError(
                        f"{total - done} of {total} articles still wait and no worker takes them. "
                        "Start one: celery -A timeline.config worker"
                    )
                time.sleep(0.2)

    def curator_password(self) -> str:
        """Made once, kept beside the data, readable by its owner only."""
        path: Path = settings.DATA_DIR / "demo-curator"
        user, created = User.objects.get_or_create(username=CURATOR, defaults={"is_staff": True})
        if created or not path.exists():
            password = secrets.token_urlsafe(9)
            user.set_password(password)
            user.save()
            user.groups.set([Group.objects.get(name=roles.EDITORS)])  # a curator who may also add articles
            path.touch(mode=0o600)
            path.write_text(password)
        return path.read_text()
