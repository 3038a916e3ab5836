"""No report without its quote: the database itself compares it with the text that was read."""

from django.db import migrations

CREATE = """
CREATE FUNCTION timeline_check_quote() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    body text;
    span jsonb;
BEGIN
    SELECT text INTO body FROM articles_article
        WHERE id = NEW.article_id AND content_hash = NEW.content_hash;
    IF body IS NULL THEN
        SELECT text INTO body FROM articles_articleversion
            WHERE article_id = NEW.article_id AND content_hash = NEW.content_hash LIMIT 1;
    END IF;
    IF body IS NULL THEN
        RAISE EXCEPTION 'article % has no text with hash %', NEW.article_id, NEW.content_hash
            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_quote_is_verbatim';
    END IF;
    IF NEW.quote_end > length(body)
       OR substring(body FROM NEW.quote_start + 1 FOR NEW.quote_end - NEW.quote_start) <> NEW.quote THEN
        RAISE EXCEPTION 'the quote is not the text of article % at %..%',
            NEW.article_id, NEW.quote_start, NEW.quote_end
            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_quote_is_verbatim';
    END IF;
    FOR span IN SELECT * FROM jsonb_array_elements(NEW.more_evidence) LOOP
        IF (span->>0)::int < 0 OR (span->>0)::int >= (span->>1)::int OR (span->>1)::int > length(body) THEN
            RAISE EXCEPTION 'evidence % lies outside the text of article %', span, NEW.article_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'report_evidence_inside_text';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER report_quote_is_verbatim
    BEFORE INSERT OR UPDATE OF article_id, content_hash, quote_start, quote_end, quote, more_evidence
    ON timeline_report FOR EACH ROW EXECUTE FUNCTION timeline_check_quote();
"""

DROP = """
DROP TRIGGER report_quote_is_verbatim ON timeline_report;
DROP FUNCTION timeline_check_quote();
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial"), ("articles", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
