"""A backup is made, the instance is lost, and comes back row for row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article, Snapshot
from tests.admin.desk import fill
from tests.factories import make_article, make_report
from timeline.config import backups, engines
from timeline.curating import curation
from timeline.index import held
from timeline.models import Event

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
AWKWARD = (
    "Shelling hit Arvad.\tA tab, a \\ backslash, \\N,\nlines, "
    "“quotes”, \u202eright to left\u202c and 🚢 said so."
)


@pytest.fixture
def instance(django_user_model):
    """Events with evidence, a decision that can be undone, a snapshot, an account."""
    user = django_user_model.objects.create_user("curator", password="x")
    article = make_article(AWKWARD)
    Snapshot.objects.keep(article, bytes(range(256)) * 10)
    report = make_report(article)
    make_report(make_article("Shelling hit Arvad on Friday, another said so."), event=report.event)
    curation.correct(report.event, {"killed_best": 4}, user, "counted again")
    return report.event


def test_what_was_lost_comes_back_row_for_row(instance, tmp_path):
    path = tmp_path / "backup.zip"
    manifest = backups.write(path)
    assert manifest["tables"]["articles_article"]["rows"] == 2
    call_command("flush", interactive=False, verbosity=0)
    assert not Article.objects.exists()
    backups.restore(path)
    assert backups.write(tmp_path / "again.zip")["tables"] == manifest["tables"]
    assert Article.objects.earliest("pk").text == AWKWARD
    event = Event.objects.get(pk=instance.pk)
    assert event.killed_best == 4
    # New rows do not collide with old ones.
    assert make_article("And the next dispatch came in.").pk > Article.objects.earliest("pk").pk


def picture_of_all_tables() -> dict[str, str]:
    """Every table of the database, whether a model knows it or not, as PostgreSQL prints its rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        names = [name for (name,) in cursor.fetchall()]
        found = {}
        for name in sorted(set(names) - backups.LEFT_OUT - {"django_migrations"}):
            cursor.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)), count(*) FROM \"{name}\" t"
            )
            found[name] = "{1} rows, {0}".format(*cursor.fetchone())
    return found


def test_the_whole_instance_comes_back_table_for_table_and_page_for_page(instance, tmp_path, client):
    fill(2)
    pages = ["/?order=old", instance.get_absolute_url(), "/sources/", "/events.csv"]

    def shown() -> list[str]:
        return [b"".join(client.get(page)).decode() for page in pages]

    before, pages_before = picture_of_all_tables(), shown()
    filled = {name for name, rows in before.items() if not rows.startswith("0 ")}
    assert len(filled) > 20, "an empty table proves nothing"
    backups.write(tmp_path / "backup.zip")
    call_command("flush", interactive=False, verbosity=0)
    assert picture_of_all_tables() != before
    backups.restore(tmp_path / "backup.zip")
    held.forget()
    assert picture_of_all_tables() == before
    assert shown() == pages_before


def test_a_drill_leaves_the_running_instance_alone(instance, tmp_path):
    path = tmp_path / "backup.zip"
    backups.write(path)
    make_article("Something that came in after the backup.")
    database = urlsplit(engines.database_url())._replace(path=f"/{connection.settings_dict['NAME']}")
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", path, "--drill"],
        cwd=engines.REPOSITORY,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database.geturl()},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "The drill went well" in done.stdout, done.stderr
    assert Article.objects.count() == 3


def test_a_database_in_use_is_replaced_only_when_asked(instance, tmp_path):
    path = tmp_path / "backup.zip"
    backups.write(path)
    make_article("Something that came in after the backup.")
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", path)
    assert Article.objects.count() == 3
    call_command("restore", path, "--replace", stdout=StringIO())
    assert Article.objects.count() == 2


def rewrite(path, changes):
    """The archive with some members changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | changes(members)).items():
            archive.writestr(name, data)


def _manifest(members, **changes):
    return {backups.MANIFEST: json.dumps(json.loads(members[backups.MANIFEST]) | changes)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (lambda m: {n: m[n].replace(b"Arvad", b"Brvad") for n in ["articles_article.copy"]}, "refused|differs"),
        (lambda m: {"articles_source.copy": b""}, "refused|differs"),
        (lambda m: _manifest(m, format=9), "format 9"),
        (lambda m: _manifest(m, migrations=[["articles", "9999_of_the_future"]]), "Install that release"),
        (lambda m: {backups.MANIFEST: b"{"}, "no backup of ours"),
    ],
)  # fmt: skip
def test_a_backup_that_is_not_what_it_was_changes_nothing(instance, tmp_path, changes, words):
    path = tmp_path / "backup.zip"
    backups.write(path)
    rewrite(path, changes)
    before = backups.write(tmp_path / "before.zip")["tables"]
    with pytest.raises(backups.BackupError, match=words):
        backups.restore(path, replace=True)
    assert backups.write(tmp_path / "after.zip")["tables"] == before


def test_a_file_cut_short_is_refused(instance, tmp_path):
    path = tmp_path / "backup.zip"
    backups.write(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(backups.BackupError, match="no backup of ours"):
        backups.restore(path, replace=True)


def test_a_backup_is_for_its_owner_only_and_never_half(instance, tmp_path, monkeypatch):
    path = tmp_path / "backup.zip"
    call_command("backup", path, stdout=StringIO())
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", path)
    with pytest.raises(CommandError, match="could not be written"):
        call_command("backup", "/dev/full/backup.zip")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_copy_out", fail)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", tmp_path / "full.zip")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backup.zip"]


def test_old_copies_of_pages_are_dropped_and_the_newest_stays():
    article, other = make_article(), make_article()
    for age in (500, 400, 10):
        Snapshot.objects.keep(article, b"x" * 100)
        Snapshot.objects.filter(pk=Snapshot.objects.earliest("taken_at").pk)
        newest = Snapshot.objects.order_by("-pk").first()
        Snapshot.objects.filter(pk=newest.pk).update(taken_at=timezone.now() - timedelta(days=age))
    old = Snapshot.objects.keep(other, b"y")
    Snapshot.objects.filter(pk=old.pk).update(taken_at=timezone.now() - timedelta(days=900))
    out = StringIO()
    call_command("prune_snapshots", "--dry-run", stdout=out)
    assert "2 copies of pages would be dropped" in out.getvalue()
    assert Snapshot.objects.count() == 4
    call_command("prune_snapshots", stdout=StringIO())
    assert (article.snapshots.count(), other.snapshots.count()) == (1, 1)
    call_command("prune_snapshots", "--all", stdout=StringIO())
    assert other.snapshots.count() == 0
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("prune_snapshots", days=0)
