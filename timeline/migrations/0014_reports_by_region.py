"""Reports carry the country and region of their place, so that an index finds those near a new one."""

from datetime import timedelta

from django.db import migrations, models

LIVE = models.Q(struck_out=False, superseded_at=None)
LASTING = models.Q(end__gt=models.F("start") + timedelta(days=31))

# Who writes a report need not think of it, and who corrects a place takes its reports along.
CREATE = """
SET LOCAL statement_timeout = 0;

UPDATE timeline_report r SET country = p.country, admin1 = p.admin1
    FROM timeline_place p WHERE p.id = r.place_id;

CREATE FUNCTION timeline_report_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.country := '';
    NEW.admin1 := '';
    IF NEW.place_id IS NOT NULL THEN
        SELECT country, admin1 INTO NEW.country, NEW.admin1 FROM timeline_place WHERE id = NEW.place_id;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER report_region BEFORE INSERT OR UPDATE OF place_id, country, admin1
    ON timeline_report FOR EACH ROW EXECUTE FUNCTION timeline_report_region();

CREATE FUNCTION timeline_place_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE timeline_report SET country = NEW.country, admin1 = NEW.admin1 WHERE place_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER place_region AFTER UPDATE OF country, admin1 ON timeline_place FOR EACH ROW
    WHEN (OLD.country <> NEW.country OR OLD.admin1 <> NEW.admin1)
    EXECUTE FUNCTION timeline_place_region();
"""
DROP = """
DROP TRIGGER place_region ON timeline_place;
DROP FUNCTION timeline_place_region();
DROP TRIGGER report_region ON timeline_report;
DROP FUNCTION timeline_report_region();
"""


class Migration(migrations.Migration):
    atomic = (
        False  # a trigger, and its table's indexes, cannot be made in the transaction that fills the columns
    )
    dependencies = [("articles", "0003_hosts_and_the_pace_of_feeds"), ("timeline", "0013_double_coding")]
    operations = [
        migrations.RemoveIndex("report", "report_near"),
        migrations.RemoveIndex("report", "report_near_lasting"),
        migrations.AddField(
            "report",
            "country",
            models.CharField(
                max_length=2, blank=True, editable=False, help_text="Of the place: the database keeps it so."
            ),
        ),
        migrations.AddField(
            "report",
            "admin1",
            models.CharField(max_length=200, blank=True, editable=False, help_text="Likewise."),
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.AddIndex(
            "report",
            models.Index(
                fields=["type", "country", "admin1", "start", "end"], name="report_cell", condition=LIVE
            ),
        ),
        migrations.AddIndex(
            "report",
            models.Index(
                fields=["type", "country", "admin1", "start"],
                name="report_cell_lasting",
                condition=LIVE & LASTING,
            ),
        ),
        migrations.AddIndex(
            "report",
            models.Index(fields=["type", "start", "end"], name="report_near", condition=LIVE),
        ),
    ]
