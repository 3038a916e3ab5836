"""Citations: permanent address, revision, day of access and fingerprint, in each style and safely escaped."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.factories import make_article, make_event, make_report
from timeline.curating import curation
from timeline.models import Event
from timeline.takeaway.citations import STYLES, Citation, bibtex, csl_json, evidence_hash, plain, ris

CITED = Citation(
    number=12,
    title="Norvia says it took Arvad & 50% of {Nahr}_1",
    address="https://timeline.example/events/12/",
    revision=datetime(2026, 11, 23, 22, 5, 6, tzinfo=UTC),
    accessed=date(2026, 11, 24),
    evidence="ab" * 32,
    reports=2,
)
NOTE = f"Event 12, revision 2026-11-23T22:05:06Z; 2 reports, SHA-256 {'ab' * 32}"


def test_plain():
    assert plain(CITED) == (
        f"Conflict timeline. “Norvia says it took Arvad & 50% of {{Nahr}}_1.” {NOTE}. "
        "https://timeline.example/events/12/ (accessed 24 November 2026).\n"
    )


def test_bibtex():
    assert bibtex(CITED) == (
        "@misc{conflict-timeline-12,\n"
        "  author = {{Conflict timeline}},\n"
        r"  title = {{Norvia says it took Arvad \& 50\% of \{Nahr\}\_1}}," + "\n"
        "  year = {2026},\n"
        "  month = {11},\n"
        "  url = {https://timeline.example/events/12/},\n"
        "  urldate = {2026-11-24},\n"
        f"  note = {{{NOTE}}},\n"
        "}\n"
    )


@pytest.mark.parametrize("title", ["} @evil{x,", "\\input{/etc/passwd}", "a\\b {c", "~^#$_&%"])
def test_no_title_leaves_its_bibtex_braces(title):

    entry = bibtex(replace(CITED, title=title))
    unescaped = re.sub(r"\\textbackslash\{\}|\\text\w+\{\}|\\[{}]", "", entry)
    assert unescaped.count("{") == unescaped.count("}")
    depth = 0
    for line in unescaped.splitlines()[:-1]:
        depth += line.count("{") - line.count("}")
        assert depth == 1
    assert not re.search(r"\\(?!text|[{}$&%#_])", entry)


def test_ris():
    lines = ris(CITED).split("\r\n")
    assert lines[0] == "TY  - ELEC"
    assert lines[-2:] == ["ER  - ", ""]
    assert {"UR  - https://timeline.example/events/12/", "Y2  - 2026/11/24", "DA  - 2026/11/23"} <= set(lines)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])


def test_csl_json():
    [item] = json.loads(csl_json(CITED))
    assert item == {
        "id": "conflict-timeline-12", "type": "webpage", "title": CITED.title,
        "author": [{"literal": "Conflict timeline"}], "container-title": "Conflict timeline",
        "issued": {"date-parts": [[2026, 11, 23]]}, "accessed": {"date-parts": [[2026, 11, 24]]},
        "URL": CITED.address, "version": "2026-11-23T22:05:06Z", "note": NOTE,
    }  # fmt: skip


def test_the_fingerprint_is_of_each_text_once_whatever_their_order():
    expected = hashlib.sha256(b"aa\nbb\n").hexdigest()
    assert evidence_hash(["bb", "aa", "bb"]) == evidence_hash(["aa", "bb"]) == expected
    assert evidence_hash(["aa"]) != expected


@pytest.fixture
def event(db):
    return make_event(day=date(2024, 3, 1))


@pytest.mark.parametrize("style", STYLES)
def test_the_door(client, event, style):
    response = client.get(f"/events/{event.pk}/cite/{style}?accessed=2026-11-24")
    text = response.content.decode()
    assert response["Content-Type"] == STYLES[style].media_type
    assert f"http://testserver/events/{event.pk}/" in text
    assert evidence_hash([event.reports.get().content_hash]) in text
    assert f"{event.updated_at:%Y-%m-%dT%H:%M:%SZ}" in text
    assert re.search("2026-11-24|2026/11/24|24 November 2026|2026,\\s+11,\\s+24", text)
    assert ("attachment" in response.get("Content-Disposition", "")) is (style != "plain")


def test_the_fingerprint_can_be_computed_from_the_json(client, event):
    make_report(event=event, article=make_article("Shells hit Arvad again. More."))
    [exported] = json.loads(client.get("/events.json").getvalue())["events"]
    hashes = sorted({report["text_sha256"] for report in exported["ledger"]})
    assert len(hashes) == 2
    fingerprint = hashlib.sha256("".join(f"{each}\n" for each in hashes).encode()).hexdigest()
    assert fingerprint in client.get(f"/events/{event.pk}/cite/plain").content.decode()


def test_the_day_of_access_is_today_unless_given(client, event):

    with time_machine.travel(datetime(2027, 5, 6, 12, tzinfo=UTC), tick=False):
        assert b"accessed 6 May 2027" in client.get(f"/events/{event.pk}/cite/plain").content
    assert client.get(f"/events/{event.pk}/cite/plain?accessed=soon").status_code == 400


def test_what_cannot_be_cited(client, event, django_user_model):
    assert client.get(f"/events/{event.pk}/cite/apa").status_code == 404
    assert client.get("/events/999999/cite/plain").status_code == 404
    curator = django_user_model.objects.create_user("curator", is_staff=True)
    curation.review(event, Event.Review.REJECTED, curator, "Not in the text.")
    assert client.get(f"/events/{event.pk}/cite/plain").status_code == 410


def test_a_merged_event_is_cited_where_its_reports_are(client, event, django_user_model):
    other = make_event(article=make_article("Arvad was shelled. Again."), day=date(2024, 3, 1))
    curator = django_user_model.objects.create_user("curator", is_staff=True)
    curation.merge(event, other, curator, "The same.")
    response = client.get(f"/events/{event.pk}/cite/ris?accessed=2026-11-24")
    assert response.status_code == 301
    assert response["Location"] == f"/events/{other.pk}/cite/ris"


def test_the_page_of_an_event_offers_each_style(client, event):
    html = client.get(event.get_absolute_url()).content.decode()
    for style in STYLES:
        assert f'href="/events/{event.pk}/cite/{style}"' in html
