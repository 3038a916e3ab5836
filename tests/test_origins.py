"""Reprints of one text are one origin, from the feed to the page: they add outlets and nobody's word."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.ingest import Draft, store
from tests.factories import make_source
from timeline.models import Event
from timeline.recording import pipeline

pytestmark = pytest.mark.django_db

SATURDAY = datetime(2025, 12, 20, 12, tzinfo=UTC)
COPY = (
    "MOSCOW (TASS) - Russian troops captured the town of Siversk in the Donetsk region on Friday, Russia's Defence "
    "Ministry said. The ministry gave no figures for losses on either side. Its briefing named three brigades and "
    "thanked their commanders, and said that engineers had begun to clear the streets of mines."
)
# As outlets print agency copy: whole, cut, with a line of their own before or after it, with words exchanged.
REPRINTS = {
    "Agency": COPY,
    "Morning Post": COPY.replace("gave no figures", "did not give figures"),
    "Evening Post": COPY.rsplit(", and said", 1)[0] + ".",
    "The Mirror": f"{COPY}\nThis report is updated through the day.",
    "City Radio": f"From the wires. {COPY}",
}
OTHER_SIDE = (
    "Ukraine's General Staff confirmed on Saturday that Russian forces had captured Siversk a day earlier. It said "
    "that its soldiers had pulled back to prepared positions west of the town in good order."
)
OWN_VOICE = (
    "Russian forces captured Siversk, a town in Donetsk region, on Friday. Smoke hung over its railway yard, "
    "and the last families were leaving by bus for Sloviansk, with what they could carry."
)


def read(outlet, text, hour=0):
    draft = Draft(
        source=make_source(outlet), text=text, url=f"https://{len(outlet)}.invalid/{outlet.replace(' ', '-')}",
        published=SATURDAY + timedelta(hours=hour),
    )  # fmt: skip
    article = store(draft)[1]
    pipeline.read_article(article.pk)
    return article


def the_capture():
    (event,) = Event.objects.published().filter(type="capture")
    return event


def counts(event):
    return event.report_count, event.outlet_count, event.origin_count


def test_five_reprints_are_five_outlets_and_one_origin_and_corroborate_nothing(client):
    for hour, (outlet, text) in enumerate(REPRINTS.items()):
        read(outlet, text, hour)
        assert (the_capture().status, the_capture().origin_count) == ("claimed", 1)
    event = the_capture()
    assert counts(event) == (5, 5, 1)
    assert "5 outlets, no other origin" in event.status_reason
    page = client.get(event.get_absolute_url()).content.decode()
    assert "5 outlets" in page
    assert "1 independent origin" in page


def test_the_other_sides_word_corroborates_and_is_a_second_origin():
    for outlet, text in REPRINTS.items():
        read(outlet, text)
    read("Northern Herald", OTHER_SIDE, 5)
    event = the_capture()
    assert counts(event) == (6, 6, 2)
    assert event.status == "corroborated"
    assert "General Staff, the other side" in event.status_reason


def test_an_outlets_own_word_is_a_second_origin_but_corroborates_nothing():
    """CODEBOOK: outlets often leave out who told them."""
    for outlet, text in REPRINTS.items():
        read(outlet, text)
    read("Northern Herald", OWN_VOICE, 5)
    event = the_capture()
    assert counts(event) == (6, 6, 2)
    assert event.status == "reported"


def test_a_text_that_shows_two_others_to_be_one_counts_for_what_it_does_not_tell_too():
    """Two cuts of a text share no wording; the whole of it, which comes last, has that of both."""
    capture = COPY.split(" The ministry gave")[0]
    strike = (
        "A Russian drone hit a bus in Kherson on Friday, killing three people, the regional governor said."
    )
    filler = " ".join(
        f"Paragraph {n} repeats what the military has long said of the war in such words as it likes."
        for n in range(12)
    )
    more = " ".join(
        f"Line {n} holds what soldiers and officers of the army think of that." for n in range(12)
    )
    read("Morning Post", f"{strike} {filler}")
    read("Evening Post", f"{strike} {more}", 1)
    (event,) = Event.objects.published().filter(category="strike")
    assert counts(event) == (2, 2, 2)
    read("Agency", f"{capture} {filler} {more}", 2)
    event.refresh_from_db()
    assert counts(event) == (2, 2, 1)
